"""How a crawl of a portal ended: complete, incomplete, blocked or failed, and why, with a sample address.

Nothing found is never a success: a portal that silently yields nothing is the complaint every such project hears.
"""

from archive.ingest import Outcome, Tally


def ending(stop: Outcome | None, tally: Tally, min_items: int) -> Outcome:
    """Gives the state of a portal from what stopped its crawl, if anything did, and what it saw."""
    sample = f", for instance {tally.failure[0]}: {tally.failure[1]}" if tally.failure else ""
    if stop and stop.state in ("blocked", "failed"):
        return stop
    if stop and tally.waiting:
        return Outcome(stop.state, f"{stop.reason}; {tally.waiting} addresses were left for another night")
    if not tally.lists_read:
        refused = tally.failure is not None and tally.failure[1].startswith("robots.txt")
        return Outcome("blocked" if refused else "failed", f"no list page could be read{sample}")
    if not tally.reports_listed:
        return Outcome("failed", f"the lists name no annual report ({tally.lists_read} list pages read){sample}")
    if not tally.answered and not tally.resting:
        return Outcome("failed", f"none of the addresses on the lists answered{sample}")
    if tally.failed:
        what = f"{tally.lists_failed} list pages" if tally.lists_failed else f"{tally.failed} addresses"
        return Outcome("incomplete", f"{what} could not be fetched{sample}")
    if tally.flaw:
        return Outcome("incomplete", f"{tally.flaw[1]}: {tally.flaw[0]}")
    if tally.reports_listed < min_items:
        return Outcome(
            "incomplete", f"the lists name {tally.reports_listed} reports, at least {min_items} are expected"
        )
    return Outcome("complete")
