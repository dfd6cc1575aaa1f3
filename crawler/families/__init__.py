"""CMS families: how a site lists and pages. Pure functions of a page's text; adding one: portals.md §3, §8."""

from collections.abc import Callable
from dataclasses import dataclass

from archive.errors import PortalError
from crawler.families import (
    api,
    aspnet,
    cmspro,
    cmspro_pc,
    gkmlpt,
    hanweb_jpaas,
    hanweb_jpage,
    listing,
    lonsun,
    trs,
    vsb,
)
from crawler.families.listed import Ask, Asked, ListPage
from crawler.families.rows import TEMPLATE, ListRow

__all__ = ["FAMILIES", "Ask", "Asked", "Family", "ListPage", "ListRow", "choose", "detect_family"]


@dataclass(frozen=True, slots=True)
class Family:
    """What in a page shows that this family made it, if anything, and what a list page of the family holds."""

    detect: Callable[[str], str | None]
    read: Callable[[Asked], ListPage]


FAMILIES = {  # in the order in which they are tried
    "hanweb_jpage": Family(hanweb_jpage.detect, hanweb_jpage.read),
    "hanweb_jpaas": Family(hanweb_jpaas.detect, hanweb_jpaas.read),
    "gkmlpt": Family(gkmlpt.detect, gkmlpt.read),
    "cmspro_pc": Family(cmspro_pc.detect, cmspro_pc.read),
    "cmspro": Family(cmspro.detect, cmspro.read),
    "trs": Family(trs.detect, trs.read),
    "lonsun": Family(lonsun.detect, lonsun.read),
    "vsb": Family(vsb.detect, vsb.read),
    "aspnet": Family(aspnet.detect, aspnet.read),
    "json": Family(api.detect, api.read),
    "listing": Family(listing.detect, listing.read),
}


def detect_family(html: str) -> str | None:
    """Gives the name of the family that made a list page; None where nothing tells."""
    for name, family in FAMILIES.items():
        if family.detect(html):
            return name
    return "needs_api" if TEMPLATE.search(html) else None


def choose(name: str, html: str) -> str:
    """Gives the family of a column: the one its file names, or for `auto` the one its first page shows.

    Raises PortalError where the page shows none.
    """
    found = detect_family(html) if name == "auto" else name
    if found == "needs_api":
        raise PortalError("the list is drawn by a script from an API (needs_api); its rows are not in the page")
    if found is None:
        raise PortalError("no family recognises this list page; name one with 'family' and give overrides")
    return found
