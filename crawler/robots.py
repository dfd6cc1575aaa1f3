"""What robots.txt allows: read strictly, and asked for through our own handler, so that it is archived.

RFC 9309, stricter where an answer is no answer: a refusal, a server error or an HTML page in place of rules
means that the host is left alone tonight. Scrapy's own middleware takes all of these for "everything allowed".
"""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.model import Context, Role
from crawler.capture import reason
from crawler.urls import host_of

AGENT = "NianbaoArchiveBot"  # the product token of the user agent
LONGEST_DELAY = 60.0  # seconds; a Crawl-delay above it would spend the night on a handful of pages


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host's robots.txt says to us."""

    stay_away: str | None = None  # why nothing at all may be asked there tonight
    silent: bool = False  # the host did not answer at all
    parsed: Any = None  # a Protego; None where everything is allowed

    def forbids(self, url: str) -> bool:
        """Says whether the rules close a URL to us."""
        return self.parsed is not None and not self.parsed.can_fetch(url, AGENT)

    @property
    def delay(self) -> float:
        """Gives the Crawl-delay in seconds, 0 where there is none."""
        return float((self.parsed.crawl_delay(AGENT) or 0) if self.parsed is not None else 0)


def rules(status: int, media_type: str, body: bytes) -> Rules:
    """Gives what an answer to GET /robots.txt means.

    404 and 410: allowed. 2xx with text: obey. Anything else, and HTML in place of text: stay away tonight.
    """
    if status in (404, 410):
        return Rules()
    if not 200 <= status < 300:
        return Rules(f"robots.txt was answered with status {status}")
    if "html" in media_type.lower() or body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return Rules("robots.txt was answered with an HTML page")
    parsed = Protego.parse(body.decode("utf-8", errors="replace"))
    found = Rules(parsed=parsed)
    if found.delay > LONGEST_DELAY:
        return replace(found, stay_away=f"robots.txt asks for {found.delay:.0f} s between requests")
    return found


class RobotsMiddleware:
    """Asks each host for its rules once a process, and lets no request pass that they close."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._hosts: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Gives the middleware of a portal's crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Lets a request pass. Raises IgnoreRequest; tells the spider to stop where the host is closed."""
        spider: Any = self._crawler.spider
        if request.meta["context"].role is Role.ROBOTS:
            return
        parts = urlsplit(request.url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._hosts:
            self._hosts[host] = asyncio.ensure_future(self._ask(host, request))
        found = await asyncio.shield(self._hosts[host])
        if found.stay_away:
            if host_of(request.url) in spider.portal.hosts:
                spider.block(f"{found.stay_away}: {host}/robots.txt", "failed" if found.silent else "blocked")
            raise IgnoreRequest(found.stay_away)
        if found.forbids(request.url):
            raise ForbiddenByRobotsError("robots.txt closes this address")
        spider.spacing = max(spider.spacing, found.delay)
        self._slow_down(request, found.delay)

    async def _ask(self, host: str, request: Request) -> Rules:
        context = Context(portal=request.meta["context"].portal, role=Role.ROBOTS)
        ask = Request(
            f"{host}/robots.txt", callback=NO_CALLBACK, meta={"context": context}, dont_filter=True, priority=1000
        )
        try:
            answer: Response = await self._crawler.engine.download_async(ask)
        except Exception as error:  # noqa: BLE001 – whatever kept the rules from us, we do not know them
            return Rules(f"the host does not answer ({reason(error)})", silent=not isinstance(error, IgnoreRequest))
        media_type = (answer.headers.get("Content-Type") or b"").decode("latin-1")
        return rules(answer.status, media_type, answer.body)

    def _slow_down(self, request: Request, delay: float) -> None:
        downloader = self._crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        if slot is not None and slot.delay < delay:
            slot.delay = delay


class ForbiddenByRobotsError(IgnoreRequest):
    """One address is closed by robots.txt; others of the host are not."""
