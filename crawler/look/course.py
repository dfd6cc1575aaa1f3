"""The course of a look: to the list, its family, its second page, one report and its file."""

from dataclasses import dataclass, field, replace
from heapq import heappop, heappush

from archive.errors import PortalError
from archive.ingest import Entry
from archive.model import Role
from archive.portals import Column, Expand, Portal
from crawler.attachments import files_of
from crawler.expand import below, leads_on
from crawler.families import FAMILIES, Asked, ListRow, detect_family
from crawler.lists import Listed, take_apart
from crawler.look.finding import FileSeen, Finding, PageSeen, RowSeen, Sample
from crawler.look.page import Page, columns_alike, is_report, names_reports, site_code, site_names, ways
from crawler.look.spider import LookSpider
from crawler.proof import Chain, flaw, repeats, row_key
from crawler.recognise import classify, confirm
from crawler.standins import shows
from crawler.text import visible_text
from crawler.urls import canonical, host_of

PAGES = 6  # asked for on the way to the list
LISTS = 3  # of those that a column's page leads to, until one has reports
ROWS = 5  # told of the list
MANY = 3  # reports on a page that does not call itself their column
FOLDERS = 2  # links to years that make a folder each


@dataclass(frozen=True, slots=True)
class Turned:
    """A page of the list and what it holds."""

    page: Page
    listed: Listed


@dataclass(slots=True)
class Seen:
    """The list so far: what proves it, and the reports on it, each once."""

    chain: Chain = field(default_factory=Chain)
    reports: set[str] = field(default_factory=set)


async def look(site: LookSpider) -> None:
    """Fills the spider's finding. Raises PortalError where it ends before there is a list of reports."""
    column = await find_list(site)
    first = await describe(site, column)
    seen = Seen()
    turn(site, seen, first, 1)
    await second(site, seen, first)
    reckon(site, seen)
    await sample(site, first)


async def find_list(site: LookSpider) -> Page:
    """Gives the page of the column: the one asked for, or one that it leads to by the texts of its links."""
    finding, hosts = site.finding, site.portal.hosts
    waiting: list[tuple[int, int, str, str | None]] = [(0, 0, finding.url, None)]
    met: set[str] = {canonical(finding.url)}
    asked, spare = 0, None
    while waiting and asked < PAGES:
        _, _, target, via = heappop(waiting)
        asked += 1
        try:
            page = await site.get(target, via=via)
        except PortalError:
            if asked == 1 or site.stop:
                raise
            continue
        learn(site, page)
        kind, trouble = kind_of(page, site.portal)
        finding.kind = finding.kind or kind
        if trouble and names_reports(page):
            finding.unread = finding.unread or f"{page.address}: {trouble}"
        if kind == "list":
            return page
        spare = spare or (page if kind == "mixed" else None)
        onward = leads_on(page.text, page.url)
        for rank, link in [(0, onward)] if onward else ways(page, hosts, kind == "report"):
            if canonical(link) not in met and host_of(link) in hosts:
                met.add(canonical(link))
                heappush(waiting, (rank, len(met), link, page.url))
    if spare:
        return spare
    raise PortalError(lost(finding))


def lost(finding: Finding) -> str:
    """Gives why there is no list, for people."""
    if finding.unread:
        return finding.unread
    if finding.kind == "file":
        return f"{finding.url}: a file, not a page; look at the page that links to it"
    stands = "a report, and no list that it hangs on" if finding.kind == "report" else "no list of annual reports"
    return f"{finding.url}: {stands}, nor a link to one (政府信息公开年报); find the column in a browser"


def learn(site: LookSpider, page: Page) -> None:
    """Notes how the site calls itself."""
    finding = site.finding
    finding.names += [name for name in site_names(page) if name not in finding.names]
    finding.site_code = finding.site_code or site_code(page)


def kind_of(page: Page, portal: Portal) -> tuple[str, str]:
    """Gives what a page is, as Finding has it, and why it could not be read as a list where it could not.

    A home page may show new reports among its news; where it links to their column, that is the list.
    """
    if page.is_file:
        return "file", ""
    try:
        listed, trouble = take_apart(portal, column_at(page), asked_of(page), first_of(page)), ""
    except PortalError as error:
        listed, trouble = None, str(error)
    count = listed.counts["reports"] if listed else 0
    if is_report(page, count):
        return "report", ""
    beyond = min((rank for rank, _ in ways(page, portal.hosts, from_report=False)), default=None)
    framed = bool(listed and listed.page.lists)
    if names_reports(page):
        return ("list" if count or framed or folders(page, portal) else "page"), trouble
    if count >= MANY:
        return ("mixed" if beyond == 0 else "list"), ""
    return ("list" if framed and beyond is None else "page"), trouble


async def describe(site: LookSpider, page: Page) -> Turned:
    """Notes column, family and the lists below it; gives the list that has reports, the page's own if it can be."""
    finding, portal = site.finding, site.portal
    finding.column = page.address
    if (name := detect_family(page.text)) in FAMILIES:
        finding.family, finding.signal = name, FAMILIES[name].detect(page.text)
    finding.others = columns_alike(page, portal.hosts)
    listed = take_apart(portal, column_at(page), asked_of(page), first_of(page))
    if not listed.page.lists and (follow := folders(page, portal)):
        finding.follow = follow
        listed = take_apart(portal, column_at(page, follow), asked_of(page), first_of(page))
    finding.lists = [entry.url for entry in listed.below]
    return Turned(page, listed) if listed.counts["reports"] else await lower(site, listed)


async def lower(site: LookSpider, listed: Listed) -> Turned:
    """Gives the first list with reports of those that a column's page leads to. Raises PortalError where none has."""
    for entry in listed.below[:LISTS]:
        found = await fetched(site, entry)
        site.finding.lists.remove(entry.url)  # what is left was not looked at
        if found.listed.counts["reports"]:
            return found
    beside = f", nor do {len(listed.below)} lists below it" if listed.below else ""
    raise PortalError(f"{site.finding.column}: the list shows no report{beside}")


async def fetched(site: LookSpider, entry: Entry) -> Turned:
    """Gives a list page that another led to."""
    said = entry.context
    page = await site.get(entry.url, via=said.get("via"), form=said.get("form"))
    learn(site, page)
    asked = Asked(page.text, page.url, said["page"], said.get("form"))
    return Turned(page, take_apart(site.portal, column_at(page), asked, {"chain": entry.url_key, **said}))


def turn(site: LookSpider, seen: Seen, turned: Turned, number: int) -> None:
    """Notes a page of the list and what it proves."""
    finding, chain, listed = site.finding, seen.chain, turned.listed
    keys = frozenset(map(row_key, listed.keys))
    goes_on = listed.next is not None and not repeats(chain, keys)
    finding.flaw = flaw(chain, number, listed.page, keys, goes_on)
    reports = {entry.url_key for entry in listed.entries} - seen.reports
    finding.pages.append(PageSeen(turned.page.url, listed.counts["rows"], len(reports), len(keys - chain.seen)))
    finding.rows += [row_seen(row) for row in listed.page.rows[: ROWS - len(finding.rows)]]
    chain.take(keys, listed.page)
    seen.reports |= reports
    finding.total_rows, finding.total_pages = chain.total_rows, chain.total_pages
    finding.ended = not goes_on


def row_seen(row: ListRow) -> RowSeen:
    """Gives a row with what its title says it is."""
    return RowSeen(row.title, row.url, row.date.isoformat() if row.date else None, classify(row.title).kind)


async def second(site: LookSpider, seen: Seen, first: Turned) -> None:
    """Turns to the second page, where there is one."""
    if first.listed.next is None:
        return
    try:
        found = await fetched(site, first.listed.next)
    except PortalError as error:
        site.finding.flaw = f"the second page could not be read: {error}"
        return
    turn(site, seen, found, 2)
    if not site.finding.pages[-1].new:
        site.finding.flaw = site.finding.flaw or "the second page shows no new row"


def reckon(site: LookSpider, seen: Seen) -> None:
    """Notes how many reports a crawl would count: as seen where the list ended, else by their share of the rows.

    Of lists that were not looked at nothing is known, and nothing is reckoned.
    """
    finding, reports = site.finding, len(seen.reports)
    rows = sum(page.rows for page in finding.pages)
    if finding.lists or not rows:
        return
    if finding.ended and not finding.flaw:
        finding.expected, finding.exact = reports, True
    elif finding.total_rows:
        finding.expected = round(reports / rows * finding.total_rows)
    elif finding.total_pages:
        finding.expected = round(reports / len(finding.pages) * finding.total_pages)


async def sample(site: LookSpider, first: Turned) -> None:
    """Notes what one report of the list is; whatever is wrong with it does not unmake the list."""
    entries = sorted(first.listed.entries, key=lambda entry: entry.context.get("verdict") is not None)
    if not entries:
        return
    entry = entries[0]
    title = entry.context.get("title") or ""
    try:
        page = await site.get(entry.url, Role.REPORT, via=entry.context.get("via"))
    except PortalError as error:
        site.finding.sample = Sample(entry.url, title, None, trouble=str(error))
        return
    if page.is_file:
        site.finding.sample = Sample(entry.url, title, None)
        return
    learn(site, page)
    text = visible_text(page.text)
    links = files_of(page.payload, page.claims, page.text, None)
    files = [FileSeen(link.url, link.text) for link in links]
    own = next((number for number, file in enumerate(files) if host_of(file.url) in site.portal.hosts), None)
    if own is not None:
        files[own] = await asked_for(site, files[own], page.url)
    sections = confirm(text, entry.context.get("year")).sections
    odd = None if sections or files or shows(text, title) else "the page shows neither the row's title nor a report"
    site.finding.sample = Sample(entry.url, title, sections, tuple(files), odd)


async def asked_for(site: LookSpider, file: FileSeen, via: str) -> FileSeen:
    """Gives a file with what its answer claims and holds."""
    try:
        answer = await site.get(file.url, Role.ATTACHMENT, via=via)
    except PortalError as error:
        return replace(file, trouble=str(error))
    trouble = None if answer.is_file else "an HTML page where a file was expected"
    return replace(file, media_type=answer.claims.media_type, size=len(answer.payload.data), trouble=trouble)


def folders(page: Page, portal: Portal) -> list[str]:
    """Gives which links below the page make lists of their own: years, where several stand there."""
    found = below(page.text, page.url, Expand(("year-links",)), portal.hosts)
    return ["year-links"] if len(found) >= FOLDERS and names_reports(page) else []


def column_at(page: Page, follow: list[str] | None = None) -> Column:
    """Gives a page as a column that nothing is known of."""
    return Column("nb", page.address, expand=Expand(tuple(follow or ())))


def asked_of(page: Page) -> Asked:
    """Gives a page as the first of a list."""
    return Asked(page.text, page.url)


def first_of(page: Page) -> dict[str, object]:
    """Gives what the frontier would say of a column's first page."""
    return {"page": 1, "chain": canonical(page.url)}
