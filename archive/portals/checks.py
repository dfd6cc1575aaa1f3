"""What must hold in a portal file beside its keys and their kinds."""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from archive import divisions
from archive.divisions import Table
from archive.portal_files import Where
from archive.portals.portal import (
    FROM_TITLE,
    ROLES,
    YEARS,
    Column,
    Expand,
    Override,
    Politeness,
    Portal,
    host_of,
    selector,
)

STATUSES = ("draft", "active", "paused", "blocked", "retired")
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
LEAST_PUBLIC_DELAY = 1.0  # seconds between two requests to a real portal; no file may ask for less

_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_WINDOW = re.compile(rf"({_CLOCK})-({_CLOCK})")


def problems(portal: Portal, profile: str, table: Table) -> Iterator[tuple[Where, str]]:
    """Gives what is wrong with a portal and where in its file that stands."""
    yield from _identity(portal)
    yield from _division(portal, profile, table)
    yield from _addresses(portal, profile)
    yield from _wording(portal, profile)


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
    if re.fullmatch(r"\d{6}", portal.division) and not is_division(portal.division, profile, table):
        where = "the list and divisions.toml have none such (docs/divisions.md)"
        yield ("division",), f"'division' {portal.division} is no division code; {where}"


def is_division(code: str, profile: str, table: Table) -> bool:
    """Tells whether a portal may have a code of six digits: a division has it, or in the test profile a demo's."""
    return (profile == "test" and code.startswith("99")) or divisions.named(table, code) is not None


def _addresses(portal: Portal, profile: str) -> Iterator[tuple[Where, str]]:
    if not portal.hosts:
        yield ("hosts",), "'hosts' is empty"
    for key, hosts in (("hosts", portal.hosts), ("attachment_hosts", portal.attachment_hosts)):
        for host in hosts:
            if trouble := host_trouble(host, profile):
                yield (key,), f"'{key}' has '{host}': {trouble}"
    yield from _url(("base",), portal.base, portal.hosts)
    for number, column in enumerate(portal.columns):
        yield from _url(("column", number, "url"), column.url, portal.hosts)
        if column.api:
            yield from _url(("column", number, "api", "url"), column.api.url, portal.hosts)


def host_trouble(host: str, profile: str) -> str | None:
    """Gives why a host, as `hosts` writes it, is none that a portal may have; None where it may."""
    try:
        plain = host_of(f"http://{host}") == host
    except ValueError:
        plain = False
    if not plain or not re.fullmatch(r"[a-z0-9.\-]+(:\d+)?|\[[0-9a-f:]+\](:\d+)?", host):
        return "write a bare host in small letters, as 'www.zhangshu.gov.cn'"
    name = urlsplit(f"http://{host}").hostname or ""
    if profile == "test":
        here = _is_loopback(name) or name.endswith(".invalid")  # the one kind of name that leads nowhere (RFC 6761)
        return None if here else "the test profile takes loopback hosts only"
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
    found = YEARS.fullmatch(column.years)
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
