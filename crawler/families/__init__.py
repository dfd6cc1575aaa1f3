"""CMS families: how a site lists and pages. Pure functions of a page's text; adding one: portals.md §3, §8."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from archive.errors import PortalError
from crawler.families import listing, trs
from crawler.families.listed import Ask, Asked, ListPage
from crawler.families.rows import TEMPLATE, ListRow

__all__ = ["FAMILIES", "Ask", "Asked", "Family", "ListPage", "ListRow", "choose", "detect_family"]


@dataclass(frozen=True, slots=True)
class Family:
    """Whether a page shows that this family made it, and what a list page of the family holds."""

    detect: Callable[[str], bool]
    read: Callable[[Asked], ListPage]


FAMILIES = {  # in the order in which they are tried
    "trs": Family(trs.detect, trs.read),
    "listing": Family(listing.detect, listing.read),
}

# Signals of families that are not written yet, in the order of portals.md §8.1.
_UNSUPPORTED = {
    "hanweb_jpage": re.compile(r"<datastore\b", re.IGNORECASE),
    "hanweb_jpaas": re.compile(r"unitbuild\.js", re.IGNORECASE),
    "gkmlpt": re.compile(r"\b_CONFIG\s*=\s*\{|/gkmlpt/api/"),
    "cmspro_pc": re.compile(r"\barticleList[\"']?\s*[:=]\s*\["),
    "cmspro": re.compile(r"createPageHTML\(\s*[\"']", re.IGNORECASE),
}
_POSTBACK = re.compile(r"href\s*=\s*[\"']?\s*javascript:\s*__doPostBack\(", re.IGNORECASE)


def detect_family(html: str) -> str | None:
    """Gives the name of the family that made a list page, supported or not; None where nothing tells."""
    for name, signal in _UNSUPPORTED.items():
        if signal.search(html):
            return name
    if trs.detect(html):
        return "trs"
    if _POSTBACK.search(html):
        return "aspnet"
    if listing.detect(html):
        return "listing"
    return "needs_api" if TEMPLATE.search(html) else None


def choose(name: str, html: str) -> Family:
    """Gives the family of a column: the one its file names, or for `auto` the one its first page shows.

    Raises PortalError where that family is not supported or the page shows none.
    """
    found = detect_family(html) if name == "auto" else name
    if found in FAMILIES:
        return FAMILIES[found]
    if found == "needs_api":
        raise PortalError("the list is drawn by a script from an API (needs_api); its rows are not in the page")
    if found is None:
        raise PortalError("no family recognises this list page; name one with 'family' and give overrides")
    raise PortalError(f"family {found} is not supported yet; supported: {', '.join(FAMILIES)}")
