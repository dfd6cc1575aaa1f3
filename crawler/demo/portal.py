"""What a demo portal is: an address, a portal file, an answer to every request, and the truth about itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crawler.demo.pages.resource import Resource, Site


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the portal sees it.

    `target` is path and query as sent, `base` the portal's own base URL. `visit` counts the requests of this target
    since the portal was started, this one included. `memory` is what the portal remembers between requests: tokens it
    gave out, when it was asked last; it is emptied when another night begins.
    """

    method: str
    target: str
    headers: Mapping[str, str]  # lower-case names
    form: bytes
    night: int
    visit: int
    base: str
    memory: dict[str, Any]

    @property
    def path(self) -> str:
        """Gives the path without the query, as sent."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """Gives the parameters of the query."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def posted(self) -> dict[str, str]:
        """Gives the fields of the form."""
        return dict(parse_qsl(self.form.decode("ascii", "replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Truth:
    """What the archive must hold of a portal after a night, and how the crawl of that night must end.

    `documents` are (agency, year) as the archive names them; `reason` is part of what is said of the end.
    """

    documents: frozenset[tuple[str, int]]
    state: str = "complete"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DemoPortal:
    """A portal on its own loopback address; None from `answer` is its 404. Its file is `portals/<id>.toml`."""

    id: str
    name: str
    address: str
    answer: Callable[[Request], Resource | None]
    truth: Callable[[int], Truth]
    charset: str = "utf-8"
    zipping: bool = False  # compresses text for clients that accept gzip


def static(site: Callable[[int], Site]) -> Callable[[Request], Resource | None]:
    """Gives the answer of a portal that answers every path alike, whoever asks."""
    return lambda request: site(request.night).get(request.target)
