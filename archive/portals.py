"""Portals (门户): what a portal file says, checked when it is loaded. No network, no Scrapy.

The file is described, key by key, in docs/add-a-portal.md.
"""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from archive import divisions
from archive.divisions import Table
from archive.errors import PortalFileError
from archive.portal_files import Where, build, parse

STATUSES = ("draft", "active", "paused", "blocked", "retired")
ROLES = ("annual-report", "index-of-columns")
FOLLOW = ("year-links", "agency-links", "iframe")
DEEPEST = 3
FAMILIES = (
    "auto",
    "hanweb_jpage",
    "hanweb_jpaas",
    "gkmlpt",
    "cmspro_pc",
    "cmspro",
    "trs",
    "lonsun",
    "vsb",
    "aspnet",
    "json",
    "listing",
)
FROM_TITLE = "from-title"
LEAST_PUBLIC_DELAY = 1.0  # seconds between two requests to a real portal; no file may ask for less

_YEARS = re.compile(r"(\d{4})(-(\d{4})?)?")
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_WINDOW = re.compile(rf"({_CLOCK})-({_CLOCK})")


@dataclass(frozen=True, slots=True)
class Politeness:
    """How gently a portal is asked; times in seconds, the window in China Standard Time."""

    delay: float = 4.0
    jitter: float = 0.5  # part of the delay by which it varies to both sides
    nightly_requests: int = 150
    timeout: float = 30.0
    window: str | None = None  # "01:00-05:30"; None: at any hour


@dataclass(frozen=True, slots=True)
class Identify:
    """Regular expressions over titles without spaces, beside the built-in rules; `exclude` wins."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expect:
    """What a complete crawl finds; fewer is told as incomplete."""

    reports: int | None = None
    min_items: int = 1


@dataclass(frozen=True, slots=True)
class Override:
    """CSS selectors for pages that the family misreads; `@name` at the end takes an attribute, not the text."""

    item: str | None = None  # one list row
    link: str | None = None  # inside the row: the link, "a" unless told
    title: str | None = None  # inside the row
    date: str | None = None  # inside the row
    next: str | None = None  # the link to the next list page
    article: str | None = None  # the report's text on its page
    attachments: str | None = None  # links to files on the report's page


@dataclass(frozen=True, slots=True)
class Expand:
    """Which lists hang below the column's page: folders of years, lists of agencies, frames. They are lists as well."""

    follow: tuple[str, ...] = ()
    depth: int = 1  # how many steps below the column's page
    text: str | None = None  # a regular expression over the links' text, in place of the built-in ones


@dataclass(frozen=True, slots=True)
class Fields:
    """Where a row of an API has what a list row shows."""

    url: str
    title: str
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Api:
    """The JSON API from which a page's script draws the list, as the portal file declares it.

    Paths name what lies deeper with dots: `data.results`, `0.total`; an empty one is the whole answer. A field is such
    a path inside a row, or a pattern with paths in braces: `/show/{id}.html`.
    """

    url: str
    rows: str  # path to the array
    fields: Fields
    method: str = "GET"
    body: str = ""  # of a POST: a form, urlencoded, or JSON
    page_param: str | None = None  # of the body (a path, where that is JSON) or the address; None: one page only
    page_start: int = 1
    page_size: int | None = None  # rows of a full page, where that is known; else the list ends with an empty page
    total: str | None = None  # path to the number of rows of the whole list


@dataclass(frozen=True, slots=True)
class Column:
    """One column (栏目) of a portal that lists reports."""

    key: str
    url: str
    role: str = ROLES[0]
    family: str = "auto"
    agency: str = FROM_TITLE  # or the one agency whose reports stand here
    years: str = "2008-"  # "2008-", "2019-2023" or "2020": report years wanted
    max_pages: int = 60
    expand: Expand = Expand()
    override: Override = Override()
    api: Api | None = None

    @property
    def fixed_agency(self) -> str | None:
        """Gives the agency that the column fixes, None where each title names its own."""
        return None if self.agency == FROM_TITLE else self.agency

    def covers(self, year: int) -> bool:
        """Gives whether a report year is wanted from this column."""
        found = _YEARS.fullmatch(self.years)
        assert found  # load() let no other through
        first, dash, last = int(found[1]), found[2], found[3]
        return first <= year <= (int(last) if last else 9999 if dash else first)


@dataclass(frozen=True, slots=True)
class Portal:
    """One government site as its portal file describes it."""

    schema: int
    id: str
    name: str
    division: str  # GB/T 2260, six digits
    base: str
    hosts: tuple[str, ...]  # host or host:port, the only ones asked for pages
    status: str
    path: Path
    attachment_hosts: tuple[str, ...] = ()  # further ones, for files only
    politeness: Politeness = Politeness()
    identify: Identify = Identify()
    expect: Expect = Expect()
    columns: tuple[Column, ...] = field(default=(), metadata={"key": "column"})


def load(path: Path, *, profile: str = "public", table: Table | None = None) -> Portal:
    """Gives the portal of a file. Raises PortalFileError, whose lines each name file, line and key.

    Profile "public" takes hosts under gov.cn only, "test" loopback hosts only, and the demo's divisions 99xxxx. `table`
    has the divisions there are; those of the operator's own file are known only where it is given.
    """
    file = parse(path)
    portal: Portal | None = build(Portal, file.table, (), file, path=path)
    if portal:
        problems = _division(portal, profile, table or divisions.load())
        for where, message in (*_identity(portal), *problems, *_addresses(portal, profile), *_wording(portal, profile)):
            file.complain(where, message)
    file.settle()
    assert portal  # a portal that could not be built has left a problem
    return portal


def load_all(
    folders: Sequence[Path], *, profile: str = "public", table: Table | None = None
) -> tuple[list[Portal], list[PortalFileError]]:
    """Gives every usable portal of the folders by id, and what is wrong with the other files.

    Of two files with one id the first stays and the second is an error.
    """
    portals: dict[str, Portal] = {}
    errors: list[PortalFileError] = []
    for folder in folders:
        if not folder.is_dir():
            errors.append(PortalFileError(f"{folder}: not a folder; portal files are looked for here"))
            continue
        for path in sorted(folder.glob("*.toml")):
            try:
                portal = load(path, profile=profile, table=table)
            except PortalFileError as error:
                errors.append(error)
                continue
            first = portals.setdefault(portal.id, portal)
            if first is not portal:
                line = parse(path).lines[("id",)]
                errors.append(PortalFileError(f"{path}:{line}: id '{portal.id}' is taken by {first.path}"))
    return sorted(portals.values(), key=lambda portal: portal.id), errors


def host_of(url: str) -> str:
    """Gives a URL's host as `hosts` writes it: lower case, `:port` only where it is not the scheme's own.

    Raises ValueError for a port that is no port.
    """
    parts = urlsplit(url)
    name = (parts.hostname or "").rstrip(".")
    name = f"[{name}]" if ":" in name else name
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return name if parts.port in (None, default) else f"{name}:{parts.port}"


def selector(text: str) -> tuple[str, str | None]:
    """Gives the CSS selector and the attribute, if one is named, of an override such as `a@title`."""
    css, at, attribute = text.rpartition("@")
    return (css, attribute) if at and re.fullmatch(r"[\w-]+", attribute) else (text, None)


def _identity(portal: Portal) -> Iterator[tuple[Where, str]]:
    if portal.schema != 1:
        yield ("schema",), f"'schema' must be 1, not {portal.schema}"
    if not re.fullmatch(r"\d{6}", portal.division):
        yield ("division",), f"'division' must be six digits (GB/T 2260), not '{portal.division}'"
    if not re.fullmatch(rf"{re.escape(portal.division)}-[a-z0-9]+(-[a-z0-9]+)*", portal.id):
        yield ("id",), f"'id' must be the division and a short name, as '{portal.division}-zhangshu'"
    if portal.id != portal.path.stem:
        yield ("id",), f"'id' is '{portal.id}' but the file is named '{portal.path.name}'; they must agree"
    if not portal.name.strip():
        yield ("name",), "'name' is empty"
    yield from _choice(("status",), portal.status, STATUSES)
    if not portal.columns:
        yield (), "no [[column]]: there is nothing to crawl"
    keys = [column.key for column in portal.columns]
    for number, key in enumerate(keys):
        if not re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", key):
            yield ("column", number, "key"), f"'key' must be a-z, 0-9 and hyphens, not '{key}'"
        if key in keys[:number]:
            yield ("column", number, "key"), f"'key' '{key}' is used by an earlier column"


def _division(portal: Portal, profile: str, table: Table) -> Iterator[tuple[Where, str]]:
    demo = profile == "test" and portal.division.startswith("99")
    if re.fullmatch(r"\d{6}", portal.division) and not demo and not divisions.named(table, portal.division):
        where = "the list and divisions.toml have none such (docs/divisions.md)"
        yield ("division",), f"'division' {portal.division} is no division code; {where}"


def _addresses(portal: Portal, profile: str) -> Iterator[tuple[Where, str]]:
    if not portal.hosts:
        yield ("hosts",), "'hosts' is empty"
    for key, hosts in (("hosts", portal.hosts), ("attachment_hosts", portal.attachment_hosts)):
        for host in hosts:
            if trouble := _host_trouble(host, profile):
                yield (key,), f"'{key}' has '{host}': {trouble}"
    yield from _url(("base",), portal.base, portal.hosts)
    for number, column in enumerate(portal.columns):
        yield from _url(("column", number, "url"), column.url, portal.hosts)
        if column.api:
            yield from _url(("column", number, "api", "url"), column.api.url, portal.hosts)


def _host_trouble(host: str, profile: str) -> str | None:
    try:
        plain = host_of(f"http://{host}") == host
    except ValueError:
        plain = False
    if not plain or not re.fullmatch(r"[a-z0-9.\-]+(:\d+)?|\[[0-9a-f:]+\](:\d+)?", host):
        return "write a bare host in small letters, as 'www.zhangshu.gov.cn'"
    name = urlsplit(f"http://{host}").hostname or ""
    if profile == "test":
        return None if _is_loopback(name) else "the test profile takes loopback hosts only"
    return None if name.endswith(".gov.cn") else "only hosts under gov.cn are crawled"


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _url(where: Where, url: str, hosts: Sequence[str]) -> Iterator[tuple[Where, str]]:
    key = where[-1]
    try:
        host = host_of(url)
    except ValueError as error:
        yield where, f"'{key}' is not a URL: {error}"
        return
    if urlsplit(url).scheme not in ("http", "https") or not host:
        yield where, f"'{key}' must begin with http:// or https:// and a host, not '{url}'"
    elif host not in hosts:
        yield where, f"'{key}' is at host '{host}', which is not in 'hosts' ({', '.join(hosts)})"


def _wording(portal: Portal, profile: str) -> Iterator[tuple[Where, str]]:
    yield from _politeness(portal.politeness, profile)
    for key, patterns in (("include", portal.identify.include), ("exclude", portal.identify.exclude)):
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                yield ("identify", key), f"'{key}' has a bad regular expression '{pattern}': {error}"
    for key, value in (("reports", portal.expect.reports), ("min_items", portal.expect.min_items)):
        if value is not None and value < 0:
            yield ("expect", key), f"'{key}' cannot be negative"
    for number, column in enumerate(portal.columns):
        yield from _column(("column", number), column)


def _politeness(politeness: Politeness, profile: str) -> Iterator[tuple[Where, str]]:
    least = LEAST_PUBLIC_DELAY if profile == "public" else 0.0
    if politeness.delay < least:
        yield ("politeness", "delay"), f"'delay' must be at least {least:g} seconds"
    if not 0 <= politeness.jitter <= 1:
        yield ("politeness", "jitter"), "'jitter' must be between 0 and 1"
    if politeness.nightly_requests < 1:
        yield ("politeness", "nightly_requests"), "'nightly_requests' must be at least 1"
    if politeness.timeout <= 0:
        yield ("politeness", "timeout"), "'timeout' must be more than 0 seconds"
    if politeness.window is not None:
        found = _WINDOW.fullmatch(politeness.window)
        if not found or found[1] == found[2]:
            yield ("politeness", "window"), f"'window' must be as '01:00-05:30', not '{politeness.window}'"


def _column(where: Where, column: Column) -> Iterator[tuple[Where, str]]:
    yield from _choice((*where, "role"), column.role, ROLES)
    yield from _choice((*where, "family"), column.family, FAMILIES)
    found = _YEARS.fullmatch(column.years)
    if not found or (found[3] and found[3] < found[1]):
        yield (*where, "years"), f"'years' must be as '2008-', '2019-2023' or '2020', not '{column.years}'"
    if not column.agency.strip():
        yield (*where, "agency"), f"'agency' is empty; leave it out or write '{FROM_TITLE}'"
    if column.max_pages < 1:
        yield (*where, "max_pages"), "'max_pages' must be at least 1"
    yield from _expand((*where, "expand"), column.expand)
    if (column.family == "json") != (column.api is not None):
        yield (*where, "api"), "family 'json' and [column.api] go together: the one needs the other"
    if column.api:
        yield from _choice((*where, "api", "method"), column.api.method, ("GET", "POST"))
    for key in Override.__slots__:
        text = getattr(column.override, key)
        if text is not None and not _is_css(selector(text)[0]):
            yield (*where, "override", key), f"'{key}' is not a CSS selector: '{text}'"
        if key in ("link", "title", "date") and text is not None and column.override.item is None:
            yield (*where, "override", key), f"'{key}' is looked for inside a row: give 'item' too"


def _expand(where: Where, expand: Expand) -> Iterator[tuple[Where, str]]:
    for name in expand.follow:
        yield from _choice((*where, "follow"), name, FOLLOW)
    if not 1 <= expand.depth <= DEEPEST:
        yield (*where, "depth"), f"'depth' must be from 1 to {DEEPEST}"
    if expand.text is not None:
        try:
            re.compile(expand.text)
        except re.error as error:
            yield (*where, "text"), f"'text' has a bad regular expression '{expand.text}': {error}"


def _choice(where: Where, value: str, possible: Sequence[str]) -> Iterator[tuple[Where, str]]:
    if value not in possible:
        yield where, f"'{where[-1]}' is '{value}'; possible: {', '.join(possible)}"


def _is_css(text: str) -> bool:
    try:
        LexborHTMLParser("<p>").css(text)
    except SelectolaxError:
        return False
    return True
