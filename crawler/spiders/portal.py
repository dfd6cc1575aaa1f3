"""PortalSpider: column → list → report → attachments, at one portal, from the frontier in PostgreSQL and back to it.

It yields nothing from its callbacks: what a page leads to is written to the frontier in the transaction that
settles the page, and comes back as a lease.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from twisted.python.failure import Failure

from archive.errors import PortalError
from archive.file_names import named
from archive.ingest import Captured, Committer, Done, Entry, Frontier, Lease, Outcome, PageRead, Source
from archive.model import Context, Exchange, Hints, Payload, Role
from archive.pages import is_page, text_of
from archive.portals import Column, Portal
from crawler.attachments import file_entries, files_of
from crawler.budget import Budget
from crawler.capture import reason
from crawler.ending import ending
from crawler.families import Asked
from crawler.frontier import PortalFrontier, context_of
from crawler.hosts import HostTurns
from crawler.lists import NOTHING, Listed, seed, take_apart
from crawler.middlewares import LeftError
from crawler.progress import Progress, tell
from crawler.proof import Chain, flaw, repeats, row_key, split
from crawler.recognise import classify, confirm
from crawler.standins import StandIn, StandIns
from crawler.text import visible_text
from crawler.urls import canonical
from crawler.window import is_open

log = logging.getLogger(__name__)

GONE = (404, 410)
WHOLE_HOST = (503, 521)  # statuses with which a firewall closes a host, not an address
CHALLENGES = 3  # of addresses or columns, until the host is left alone
SILENCES = 3  # addresses in a row without an answer, each asked three times, until the host is left alone
PAUSE_DELAYS = 15  # the usual delay so many times is a pause
LEAST_DELAY = 0.2
TRIES = 3
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
OUT_PER_TURN = 4  # leases out for each request that may be made at a time; a silent host is asked for all of them


@dataclass(slots=True)
class Crawl:
    """What the spiders of one process share."""

    id: int
    committer: Committer
    hosts: HostTurns
    progress: Progress
    together: int = 1
    budget: Budget = field(default_factory=Budget)
    season: date | None = None  # known addresses are asked as the season of this day asks; None: all of them
    ended: dict[str, str] = field(default_factory=dict)  # portal → state, of those that came to their end
    shut_down: bool = False


class TooFastError(Exception):
    """A host answers with a list what was asked for in haste; the address is to be asked again later."""


class PortalSpider(scrapy.Spider):
    """Crawls one portal."""

    name = "portal"

    def __init__(self, portal: Portal, crawl: Crawl) -> None:
        super().__init__()
        self.portal = portal
        self.crawl = crawl
        self.hosts = crawl.hosts
        self.archive = Frontier(crawl.committer, crawl.id, portal.id)
        self.frontier = PortalFrontier(self.archive, OUT_PER_TURN * crawl.together)
        self.columns = {column.key: column for column in portal.columns}
        self.chains: dict[str, Chain] = defaultdict(Chain)  # list → what was seen of it in this crawl
        self.standins = StandIns(self.probe)
        self.hasty: Counter[str] = Counter()  # address → how often something else came in its place
        self.challenges = 0
        self.silences = 0  # addresses in a row that got no answer
        self.heard = False  # whether any page was answered in this process
        self.spacing = max(portal.politeness.delay, LEAST_DELAY)  # seconds; robots.txt may ask for more
        self.stop: Outcome | None = None
        self.pages_all = True
        self.requests = 0
        self.done = 0

    # ── what is asked ────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> AsyncIterator[Request]:
        """Gives requests as long as the frontier has leases; then writes how it ended."""
        seeds = [seed(self.portal, column) for column in self.portal.columns]
        self.requests, self.pages_all = await self.frontier.open(seeds, self.crawl.season)
        for page in await self.frontier.pages_read():
            if page.crawl_id == self.crawl.id:
                self.chains[page.chain].take(split(page.keys), NOTHING)
            else:
                self.chains[page.chain].before.append(page)
        async for lease in self.frontier.leases(self.allowed):
            yield self.request(lease)
        outcome = ending(self.stop, await self.frontier.tally(), self.portal.expect.min_items)
        await self.frontier.finish(outcome)
        self.crawl.ended[self.portal.id] = outcome.state
        tell(
            event="portal_finished",
            portal=self.portal.id,
            done=self.done,
            state=outcome.state,
            reason=outcome.reason,
        )

    def request(self, lease: Lease) -> Request:
        """Gives the request of a leased address, coming from the page that linked there."""
        context = context_of(lease.entry)
        return Request(
            lease.entry.url,
            callback=self.answered,
            errback=self.failed,
            **asking(context.via, lease.entry.context.get("form")),
            meta={"lease": lease, "context": context},
            priority=10 if context.role is Role.LIST else 0,
            dont_filter=True,  # the frontier knows every address once
        )

    def allowed(self) -> int:
        """Gives how many more addresses may be leased."""
        if self.stopped(datetime.now(UTC)):
            return 0
        return max(1, self.portal.politeness.nightly_requests - self.requests - self.frontier.out)

    def stopped(self, now: datetime) -> bool:
        """Says whether nothing more may be asked tonight, and remembers why."""
        if self.stop is None:
            politeness = self.portal.politeness
            if self.requests >= politeness.nightly_requests:
                self.stop = Outcome("incomplete", f"the night's {politeness.nightly_requests} requests are used up")
            elif not is_open(politeness.window, now):
                self.stop = Outcome("incomplete", f"night window over ({politeness.window} China Standard Time)")
            elif spent := self.crawl.budget.spent(now):
                self.stop = Outcome("incomplete", spent)
        return self.stop is not None

    def block(self, why: str, state: str = "blocked") -> None:
        """Leaves the portal alone for the night."""
        self.stop = self.stop or Outcome(state, why)

    def challenged(self, why: str, response: Response) -> None:
        """Leaves the portal alone for the night where a challenge is not of one address or column only."""
        self.challenges += 1
        if response.status in WHOLE_HOST or self.challenges == CHALLENGES:
            self.block(f"{why}: {response.url}")
        self.hosts.hold(response.url, self.pause)

    @property
    def pause(self) -> float:
        """Gives the seconds to leave a host alone that has shown that it wants it."""
        return PAUSE_DELAYS * self.spacing

    async def keep(self, exchange: Exchange, request: Request) -> Captured:
        """Has an exchange written durably. Raises StorageFailedError or DatabaseUnavailableError."""
        self.requests += 1
        self.crawl.budget.made += 1
        lease = request.meta.get("lease")
        held = lease.held if lease is not None and exchange.validator_sent else None
        want = exchange.context.role is Role.LIST
        captured = await asyncio.wrap_future(self.archive.keep(exchange, held, want))
        request.meta["captured"] = captured
        request.meta["heard"] = bool(exchange.response) and exchange.truncated != "time"
        return captured

    def closed(self, reason: str) -> None:
        """Remembers that Scrapy was told to stop."""
        self.crawl.shut_down = self.crawl.shut_down or reason == "shutdown"

    # ── what came of it ──────────────────────────────────────────────────────────────────────────────

    async def answered(self, response: Response) -> None:
        """Settles a lease with its answer."""
        self.silences, self.heard = 0, True
        lease: Lease = response.meta["lease"]
        captured: Captured = response.meta["captured"]
        try:
            done = await self.done_with(lease, captured, response)
        except TooFastError:
            await self.frontier.release(lease)
            return
        except PortalError as error:
            done = failure(lease, str(error), captured.at)
        except Exception as error:  # a page we cannot take apart must not hold up the others
            log.exception("%s could not be taken apart", response.url)
            done = failure(lease, f"could not be taken apart: {type(error).__name__}: {error}", captured.at)
        await self.settle(done)

    async def done_with(self, lease: Lease, captured: Captured, response: Response) -> Done:
        """Gives what an answer means for the leased address."""
        role = Role(lease.entry.role)
        if captured.status in GONE and role is not Role.LIST:
            return Done(lease, "done", captured.at, last={"gone": captured.status})
        if captured.not_modified and role is not Role.LIST:
            return Done(lease, "done", captured.at, not_modified=True)
        if captured.status != 200 and not captured.not_modified:
            return failure(lease, f"status {captured.status}", captured.at)
        if not captured.payload:
            return failure(lease, "the answer is empty", captured.at)
        if role is Role.LIST:
            return await self.list_page(lease, captured, response)
        if led_home(response):
            if lease.held:  # moved or taken down: what is held stays, and what stands elsewhere is listed there
                return Done(lease, "done", captured.at, last={"gone": "leads to the home page"})
            return failure(lease, "leads to the portal's home page", captured.at)
        if role is Role.ATTACHMENT:
            return self.attachment(lease, captured, response)
        payload, claims = Payload(captured.payload), hints(captured, response)
        if not is_page(payload, claims):  # a file in the place of a page
            return self.settled(lease, captured, response, source=source(lease, response))
        html = text_of(payload, claims)
        if why := await self.in_place(lease, html, response):
            return failure(lease, why, captured.at)
        return self.report(lease, captured, response, html)

    async def in_place(self, lease: Lease, html: str, response: Response) -> str | None:
        """Gives what a page is in place of the one asked for, None where it is that page. Raises TooFastError."""
        found = await self.standins.find(html, response.url, lease.entry.context.get("title"))
        if found is StandIn.ERROR:
            return "what the site says of addresses that cannot exist (soft 404)"
        if found is None:
            return None
        self.hasty[lease.entry.url_key] += 1
        tries = self.hasty[lease.entry.url_key]
        if tries > TRIES:
            return "the list stands in place of the page, however long we wait (soft 404)"
        self.hosts.hold(response.url, self.pause * 2 ** (tries - 1))
        self.hosts.slow_down(response.url, 2 * self.spacing)
        raise TooFastError

    async def probe(self, url: str) -> str:
        """Gives the page at an address, empty where it is answered as an error should be, or not at all."""
        context = Context(portal=self.portal.id, role=Role.PROBE)
        ask = Request(url, callback=NO_CALLBACK, meta={"context": context}, dont_filter=True, priority=1000)
        assert self.crawler.engine
        try:
            answer: Response = await self.crawler.engine.download_async(ask)
        except Exception as error:  # noqa: BLE001 – then nothing is known, and a strange page stays what it is
            log.info("%s could not be asked for: %s", url, error)
            return ""
        return text_of(Payload(answer.body), Hints()) if answer.status == 200 else ""

    async def list_page(self, lease: Lease, captured: Captured, response: Response) -> Done:
        """Gives a list page settled: its reports, and the page after it unless all here was known."""
        column: Column = self.columns[lease.entry.context["column"]]
        html = text_of(Payload(captured.payload), hints(captured, response))
        said = {"chain": lease.entry.url_key, **lease.entry.context}
        self.standins.add_list(html)
        asked = Asked(html, response.url, said["page"], said.get("form"), column.override, column.api)
        found = take_apart(self.portal, column, asked, said)
        keys = frozenset(map(row_key, found.keys))
        chain = self.chains[said["chain"]]
        stands = found.next is not None and not self.pages_all and chain.stands(found.page, keys)
        goes_on = found.next is not None and not stands and not repeats(chain, keys)
        resting = [entry for entry in found.below if self.rests(entry)]
        unread = [page for entry in resting for page in self.chains[entry.url_key].after(0)]
        unread += chain.after(asked.number) if stands else []
        last = self.counts(found, keys, unread) | ({} if stands or goes_on else {"ends": True})
        why = found.page.trouble if stands else flaw(chain, asked.number, found.page, keys, goes_on)
        if why := why or next((one.flaw for one in unread if one.flaw), None):
            last["flaw"] = why
        elif found.cut:
            last["flaw"] = f"the portal file asks for {column.max_pages} pages (max_pages), the list goes on"
        left = set(split(said.get("last", {}).get("keys", ""))) - keys - chain.seen
        chain.take(keys, found.page)
        links = (*found.entries, *found.files, *(entry for entry in found.below if entry not in resting))
        links = (*links, found.next) if found.next and goes_on else links
        return self.settled(lease, captured, response, last=last, links=links, wake=tuple(left))

    def counts(self, found: Listed, keys: frozenset[str], unread: list[PageRead]) -> dict[str, Any]:
        """Gives what the frontier keeps of a list page; what was found on pages that need no reading still counts."""
        years = {entry.context["year"] for entry in found.entries if "year" in entry.context}
        kept = {"crawl": self.crawl.id, "keys": "".join(sorted(keys)), "years": sorted(years)}
        carried = {"carried": sum(one.reports for one in unread)} if unread else {}
        return {**found.counts, **kept, **carried, "total": found.page.total_rows}

    def rests(self, below: Entry) -> bool:
        """Tells whether a list below the one in hand need not be asked tonight."""
        season = None if self.pages_all else self.crawl.season
        return season is not None and self.chains[below.url_key].rests(season)

    def report(self, lease: Lease, captured: Captured, response: Response, html: str) -> Done:
        """Gives a report's page settled; what may be none has to show it in its text."""
        said = lease.entry.context
        column = self.columns.get(said.get("column", ""))
        found_files = files_of(Payload(captured.payload), hints(captured, response), html, column)
        links, foreign = file_entries(self.portal, lease.entry, response.url, found_files)
        last: dict[str, Any] = {"foreign": foreign} if foreign else {}
        moved = lease.held is not None and lease.held.sha256 != captured.sha256
        wake = tuple(row_key(link.url_key) for link in links) if moved else ()
        if said.get("verdict"):
            found = confirm(visible_text(html), said.get("year"))
            if not found.confirmed:
                links = tuple(e for e in links if classify(e.context.get("title") or "").kind == "report")
                last["unconfirmed"] = "; ".join(found.reasons)
                return self.settled(lease, captured, response, last=last, links=links)
        found_at = source(lease, response)
        return self.settled(lease, captured, response, last=last, links=links, wake=wake, source=found_at)

    def attachment(self, lease: Lease, captured: Captured, response: Response) -> Done:
        """Gives a file settled; its bytes decide whether it is one."""
        if is_page(Payload(captured.payload), hints(captured, response)):
            return failure(lease, "an HTML page where a file was expected", captured.at)
        return self.settled(lease, captured, response, source=source(lease, response))

    def settled(self, lease: Lease, captured: Captured, response: Response, **found: Any) -> Done:
        """Gives a lease that was answered with a body, or with the word that the held one is current."""
        moved = "redirect_urls" in response.meta
        return Done(
            lease,
            "done",
            captured.at,
            capture_id=None if moved or captured.not_modified else captured.capture_id,
            etag=captured.header("ETag"),
            last_modified=captured.header("Last-Modified"),
            not_modified=captured.not_modified,
            **found,
        )

    async def failed(self, trouble: Failure) -> None:
        """Settles a lease that got no answer, or gives it back where the portal is left for the night."""
        request: Request = trouble.request  # type: ignore[attr-defined]
        lease: Lease = request.meta["lease"]
        if self.stop or isinstance(trouble.value, LeftError):
            await self.frontier.release(lease)
            return
        assert isinstance(trouble.value, Exception)
        why = reason(trouble.value)
        await self.settle(failure(lease, why, None))
        if request.meta.get("heard"):  # something unusable, but in time: the host is there
            self.silences = 0
        elif not isinstance(trouble.value, IgnoreRequest):
            self.silent(f"{lease.entry.url}: {why}")

    def silent(self, last: str) -> None:
        """Leaves the portal for the night where its host does not answer any more; `last` is where, and why."""
        self.silences += 1
        if self.silences == SILENCES:
            why = f"the host does not answer any more, {SILENCES} addresses in a row, the last {last}"
            self.block(why, "incomplete" if self.heard else "failed")

    async def settle(self, done: Done) -> None:
        """Writes what came of a lease."""
        await self.frontier.settle(done)
        self.done += 1
        self.crawl.progress.page(self.portal.id, self.done)


def asking(via: str | None, form: str | None) -> dict[str, Any]:
    """Gives how an address is asked for: from which page, and with which form or JSON, if it is to be posted."""
    headers = {"Referer": via} if via else {}
    if form is None:
        return {"headers": headers}
    return {"method": "POST", "body": form, "headers": headers | {"Content-Type": JSON if form[:1] == "{" else FORM}}


def failure(lease: Lease, why: str, at: datetime | None) -> Done:
    """Gives a lease that did not get what it was for."""
    return Done(lease, "failed", at, last={"failure": why})


def source(lease: Lease, response: Response) -> Source:
    """Gives the rendition of a report at a leased address; where a redirect led on, its end is an alias."""
    context = context_of(lease.entry)
    key = canonical(response.url)
    captured: Captured = response.meta["captured"]
    title = context.title or named(captured.header("Content-Disposition"))
    return Source(title, context.published, (key,) if key != lease.entry.url_key else ())


def led_home(response: Response) -> bool:
    """Says whether a redirect ended at a host's root: where portals send what they no longer have."""
    parts = urlsplit(response.url)
    return "redirect_urls" in response.meta and parts.path in ("", "/") and not parts.query


def hints(captured: Captured, response: Response) -> Hints:
    """Gives what the server claims of a body."""
    claim = captured.header("Content-Type") or ""
    media_type, _, rest = claim.partition(";")
    charset = rest.partition("charset=")[2].strip(" \"';") or None
    return Hints(url=response.url, media_type=media_type.strip().lower() or None, charset=charset)
