"""`nianbao crawl` and `nianbao runs`: the operator's commands."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from archive.cli.output import json_option, print_json, print_table, printable, say
from archive.cli.portals import chosen_portals
from archive.config import Config
from archive.errors import UsageError

if TYPE_CHECKING:
    from archive.reading import Summary
    from archive.records.nights import Stored
    from archive.records.runs import Run

COUNTS = ("expected", "found", "new", "changed", "unchanged", "withdrawn", "failed")


@click.command()
@click.argument("portals", nargs=-1)
@json_option
@click.pass_obj
def crawl(config: Config, portals: tuple[str, ...], as_json: bool) -> int:
    """Crawl PORTALS, by default all active ones that are not paused; read what is new; print what changed.

    A crawl that was interrupted goes on when the same command is given again. Exit code 3 says that a portal failed,
    was blocked or is incomplete.

    \b
    Examples:
      nianbao crawl
      nianbao crawl 990101-qinghe --json
    """
    from archive.operate.crawl import crawl as run_crawl

    chosen, errors = chosen_portals(config, portals)
    for error in errors:
        say(str(error))
    run, summary = run_crawl(config, chosen, Teller(), even_paused=bool(portals))
    upload_sealed(config)
    return told(run, summary, as_json) or (3 if errors else 0)


@click.command()
@click.argument("portals", nargs=-1)
@json_option
@click.pass_obj
def retry(config: Config, portals: tuple[str, ...], as_json: bool) -> int:
    """Ask again for what failed in the last crawl, at PORTALS or everywhere; a portal that blocked us is left alone.

    The last crawl goes on with it, so its counts change. Exit code 3 says that something failed again.

    \b
    Examples:
      nianbao retry
      nianbao retry 990101-qinghe
    """
    from archive.operate.crawl import retry as run_retry

    chosen, _ = chosen_portals(config, portals)
    done = run_retry(config, chosen, Teller())
    if done is None:
        say("nothing failed in the last crawl that could be asked again")
        return 0
    upload_sealed(config)
    return told(*done, as_json)


def upload_sealed(config: Config) -> None:
    """Brings what was sealed into the object store, if there is one; says what went wrong: it waits then."""
    from archive.operate.uploads import after_crawl
    from archive.records.session import open_engine

    with open_engine(config.home, config.database_url) as engine:
        for issue in after_crawl(engine, config):
            say(issue)


def told(run: "Run", summary: "Summary", as_json: bool) -> int:
    """Prints what a crawl did; gives the exit code."""
    from archive.reading import elsewhere_text, waiting_text

    print_run(run, as_json)
    if summary.waiting_for is not None:
        say(waiting_text(summary))
        return 3
    if summary.away:
        say(f"not all was read: {summary.away}")
        return 3
    if summary.elsewhere:
        say(elsewhere_text(summary.elsewhere))
        return 3
    return 3 if any(portal.state != "complete" for portal in run.portals) else 0


class Teller:
    """Tells how far a crawl is, on stderr: a line for each doubling of what is done."""

    def __init__(self) -> None:
        self.next: dict[str, int] = {}

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Says a line where enough has happened since the last one."""
        if done >= self.next.get(what, 1) or done == total:
            self.next[what] = max(2 * done, 1)
            say(f"{what}: {done}" + (f" of {total}" if total else " pages"))


def portals_json(run: "Run") -> list[dict[str, Any]]:
    """Gives the rows of a run, one a portal."""
    return [asdict(portal) for portal in run.portals]


def print_run(run: "Run", as_json: bool) -> None:
    """Prints what a crawl did."""
    if as_json:
        print_json({"run": run.id, "portals": portals_json(run)})
        return
    print_portals(run)
    totals = {name: sum(getattr(portal, name) or 0 for portal in run.portals) for name in COUNTS}
    states = [portal.state for portal in run.portals]
    bad = ", ".join(
        f"{states.count(state)} {state}" for state in ("incomplete", "blocked", "failed") if state in states
    )
    click.echo(
        f"{len(run.portals)} portals: {totals['new']} new, {totals['changed']} changed, "
        f"{totals['unchanged']} unchanged, {totals['withdrawn']} withdrawn{', ' + bad if bad else ''} (run {run.id})"
    )


def print_portals(run: "Run") -> None:
    """Prints a table of portals, and why a portal is not complete."""
    columns = ["portal", *COUNTS, "requests", "bytes", "state"]
    rows = [
        [p.portal, *(getattr(p, name) for name in COUNTS), p.requests, f"{p.bytes:,}", p.state] for p in run.portals
    ]
    if any(portal.worker for portal in run.portals):
        columns.append("worker")
        rows = [[*row, portal.worker] for row, portal in zip(rows, run.portals, strict=True)]
    print_table(columns, rows, right=columns[1 : columns.index("state")])
    for portal in run.portals:
        if portal.reason:
            click.echo(f"{portal.portal}: {portal.state}: {portal.reason}")


@click.group()
def runs() -> None:
    """Past crawls and what they did.

    \b
    Examples:
      nianbao runs list
      nianbao runs show 12 --json
    """


@runs.command("list")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@json_option
@click.pass_obj
def list_runs(config: Config, limit: int, as_json: bool) -> int:
    """List crawls, the latest first."""
    from archive.records.runs import runs as ask
    from archive.records.session import open_engine

    with open_engine(config.home, config.database_url) as engine, engine.connect() as connection:
        found = ask(connection, limit=limit)
    if as_json:
        for run in found:
            print_json(run_json(run))
        return 0
    rows = [
        (
            run.id,
            f"{run.started_at:%Y-%m-%d %H:%M:%S}Z",
            "interrupted" if run.finished_at is None else lasted((run.finished_at - run.started_at).total_seconds()),
            len(run.portals),
            sum(p.new for p in run.portals),
            sum(p.changed for p in run.portals),
            sum(p.withdrawn for p in run.portals),
            ", ".join(sorted({p.state for p in run.portals})),
        )
        for run in found
    ]
    columns = ("run", "started", "took", "portals", "new", "changed", "withdrawn", "states")
    print_table(columns, rows, right=("run", "took", "portals", "new", "changed", "withdrawn"))
    return 0


@runs.command("show")
@click.argument("run", type=int)
@json_option
@click.pass_obj
def show_run(config: Config, run: int, as_json: bool) -> int:
    """Show what the crawl RUN did at each portal, what failed and why, and what its night had to tell."""
    from archive.records.nights import of_crawl
    from archive.records.runs import failures
    from archive.records.runs import runs as ask
    from archive.records.session import open_engine

    with open_engine(config.home, config.database_url) as engine, engine.connect() as connection:
        found = ask(connection, crawl_id=run)
        night, failed = of_crawl(connection, run), failures(connection, run)
    if not found:
        raise UsageError(f"there is no run {run}; `nianbao runs list` lists them")
    if as_json:
        more = {"failures": [asdict(one) for one in failed], "night": night and night.digest}
        print_json(run_json(found[0]) | more)
        return 0
    print_head(found[0], night)
    print_portals(found[0])
    for one in failed:
        click.echo(f"{one.portal}: {one.addresses} failed: {printable(one.cause)}, for instance {printable(one.url)}")
    for issue in night.digest["issues"] if night else ():
        click.echo(f"issue: {printable(issue)}")
    return 0


def print_head(run: "Run", night: "Stored | None") -> None:
    """Prints when a crawl was, how long it took, and what was loud about its night."""
    took = "interrupted" if run.finished_at is None else lasted((run.finished_at - run.started_at).total_seconds())
    told = f", exit code {night.exit_code}" if night else ""
    click.echo(f"run {run.id}, {'a night' if night else 'a crawl'}: {run.started_at:%Y-%m-%d %H:%M}Z, {took}{told}")
    for one in night.digest["loud"] if night else ():
        click.echo(printable(f"!! {one['portal']}: {one['message']}" if one["portal"] else f"!! {one['message']}"))


def lasted(seconds: float) -> str:
    """Gives a time in seconds, minutes or hours."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def run_json(run: "Run") -> dict[str, Any]:
    """Gives a run with its times and portals."""
    from archive.plain import time_text

    return {
        "run": run.id,
        "started": time_text(run.started_at),
        "finished": time_text(run.finished_at),
        "portals": portals_json(run),
    }
