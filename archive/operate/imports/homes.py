"""The portal to which something imported belongs: the one that a person names, else by its host, else none."""

from collections.abc import Iterable, Sequence

from archive.errors import UsageError
from archive.portals import Portal, host_of
from archive.records.crawls import Place
from archive.urls import alike, key_of

NOBODYS = Place("000000-imported", "imported", "000000", "")
"""Where what belongs to no known portal is filed; its agencies are looked for in the whole country."""


class Homes:
    """Finds the portals of addresses. Raises UsageError for a portal that no usable file has."""

    def __init__(self, portals: Sequence[Portal], chosen: str | None, named: Iterable[str]) -> None:
        self._portals = {portal.id: portal for portal in portals}
        for wanted in (*([chosen] if chosen else []), *sorted(named)):
            if wanted not in self._portals:
                raise UsageError(f"no portal {wanted!r}; there are: {', '.join(self._portals) or 'none'}")
        self.places = {p.id: Place(p.id, p.name, p.division, p.base) for p in portals} | {NOBODYS.id: NOBODYS}
        self._chosen = chosen
        self._hosts = {host: portal.id for portal in portals for host in (*portal.attachment_hosts, *portal.hosts)}

    def of(self, url: str, named: str | None = None) -> Place:
        """Gives the portal of an address."""
        known = named or self._chosen
        if known is None and not url.startswith("file:"):
            known = self._hosts.get(host_of(url))
        return self.places[known or NOBODYS.id]

    def key(self, url: str, place: Place) -> str:
        """Gives the name of an address as a source: scheme and www as the portal's own."""
        return alike(url, place.base) if place.base and not url.startswith("file:") else key_of(url)
