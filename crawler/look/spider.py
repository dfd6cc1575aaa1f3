"""The spider of a look: asks for one page after the other with a crawl's own conduct, and keeps none of it."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import scrapy
from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.config import Config
from archive.errors import PortalError
from archive.ingest import Captured, Outcome
from archive.model import Context, Exchange, Payload, Role
from archive.pages import unkept
from archive.portals import Politeness, Portal, host_of
from crawler.capture import reason
from crawler.hosts import HostTurns
from crawler.look.finding import Finding, Step
from crawler.look.page import Page
from crawler.middlewares import RefusedError
from crawler.progress import tell
from crawler.spiders.portal import asking, hints

REQUESTS = 12  # robots.txt and redirects counted
NO_REQUESTS: tuple[Request, ...] = ()
POLITENESS = {"public": Politeness(), "test": Politeness(delay=0.0, timeout=5.0)}


def place(url: str, config: Config) -> Portal:
    """Gives the site of an address as far as it is known before the look."""
    host = host_of(url)
    return Portal(1, "look", host, "", url, (host,), "draft", Path(), politeness=POLITENESS[config.profile])


class LookSpider(scrapy.Spider):
    """Takes one look; what it has found is told at its end, whatever ended it."""

    name = "look"

    def __init__(self, portal: Portal, course: Any) -> None:
        super().__init__()
        self.portal = portal
        self.course = course
        self.finding = Finding(portal.base)
        self.hosts = HostTurns()
        self.spacing = portal.politeness.delay
        self.stop: Outcome | None = None
        self._leads_to: str | None = None  # where the last answer redirected

    async def start(self) -> AsyncIterator[Request]:
        """Takes the look; the engine's own queue gets no request."""
        await self.take()
        for request in NO_REQUESTS:
            yield request

    async def take(self) -> None:
        """Takes the look and tells what it found."""
        try:
            await self.course(self)
        except PortalError as error:
            self.finding.trouble = str(error)
        except Exception as error:  # noqa: BLE001 – the command must hear of it, in words
            tell(event="error", code=1, message=f"the look failed: {type(error).__name__}: {error}")
            return
        self.finding.delay = self.spacing
        tell(event="looked", finding=asdict(self.finding))

    async def get(self, url: str, role: Role = Role.LIST, via: str | None = None, form: str | None = None) -> Page:
        """Gives a page that answered. Raises PortalError, in words, where none did."""
        request = Request(
            url,
            callback=NO_CALLBACK,
            **asking(via, form),
            meta={"context": Context(self.portal.id, role, via=via)},
            dont_filter=True,
        )
        self._leads_to = None
        assert self.crawler.engine
        try:
            response: Response = await self.crawler.engine.download_async(request)
        except Exception as error:
            why = self._why(error)
            raise PortalError(why if url in why else f"{url}: {why}") from error
        if response.status != 200:
            raise PortalError(f"{url}: status {response.status}")
        if not response.body:
            raise PortalError(f"{url}: the answer is empty")
        claims = hints(response.meta["captured"], response)
        return Page(url, response.url, Payload(response.body), claims)

    def _why(self, error: Exception) -> str:
        if isinstance(error, RefusedError) and self._leads_to:
            return f"leads to another host, {self._leads_to}; look there if that is the site"
        if self.stop:
            return self.stop.reason or self.stop.state
        return reason(error)

    # ── what the capture and the middlewares ask of a spider ─────────────────────────────────────────

    async def keep(self, exchange: Exchange, request: Request) -> Captured:
        """Gives an exchange taken apart, and keeps nothing of it."""
        captured = unkept(exchange)
        request.meta["captured"] = captured
        step = Step(exchange.url, captured.status, captured.error)
        self.finding.steps.append(step)
        self._leads_to = captured.header("Location")
        tell(event="asked", portal=self.portal.name, **asdict(step))
        return captured

    def stopped(self, _: datetime) -> bool:
        """Says whether nothing more may be asked."""
        if self.stop is None and len(self.finding.steps) >= REQUESTS:
            self.stop = Outcome("incomplete", f"the {REQUESTS} requests of a look are made")
        return self.stop is not None

    def block(self, why: str, state: str = "blocked") -> None:
        """Ends the look: the host wants to be left alone, or does not answer."""
        self.stop = self.stop or Outcome(state, why)

    def challenged(self, why: str, response: Response) -> None:
        """Ends the look: a challenge is never solved."""
        self.block(f"{why}: {response.url}")
