"""What is concluded where WARC files have no notes, being older than those or of a crawl that broke off.

Their captures say which addresses were fetched as reports and attachments, and what the lists said of them. What only
the crawler knew stays unknown; a page counts as a report where it shows one itself, or hands out files.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

from archive.file_names import named
from archive.portals import Portal
from archive.records import Connection, imports, rebuilding, runs
from archive.records.imports import Report
from archive.sections import confirm
from archive.urls import key_of

REASON = "rebuilt from WARC files without notes: how it ended is not known"


@dataclass(frozen=True, slots=True)
class Fetched:
    """An address that was asked for, and where a redirect led from it."""

    row: Any
    end: Any


def conclude(connection: Connection, portals: Iterable[Portal]) -> Iterator[str]:
    """Makes sources and addresses of what runs without notes fetched; gives what a person should know is missing."""
    fetched = [each for each in followed(rebuilding.shown_unnoted(connection)) if not each.row.known]
    rebuilding.add_addresses(connection, [address(each.row) for each in fetched])
    imports.add_reports(connection, [report(each) for each in fetched if not is_home(each)])
    rebuilding.end_unnoted(connection, REASON)
    for crawl_id in sorted({crawl_id for crawl_id, _ in rebuilding.unnoted_crawls(connection)}):
        yield f"run {crawl_id} has no notes: its reports are concluded from what was fetched, its end is not known"
    for crawl_id in rebuilding.unnoted_imports(connection):
        yield f"import {crawl_id} has no notes: import the same files again, so that its reports are found"
    yield from name_portals(connection, {portal.id: portal for portal in portals})


def doubt(connection: Connection) -> Iterator[str]:
    """Leaves out of what was concluded the pages that show no report in themselves and hand none out; says so."""
    shown: dict[int, bool] = {}
    urls: dict[int, str] = {}
    for row in rebuilding.doubtful(connection):
        urls[row.id] = row.url
        shown[row.id] = shown.get(row.id) or row.has_forms or confirm(row.body, row.year).confirmed
    if left_out := [source for source, is_report in shown.items() if not is_report]:
        rebuilding.forget_sources(connection, left_out)
        yield f"{len(left_out)} pages of runs without notes show no report, for instance {urls[left_out[0]]}: left out"


def count(connection: Connection) -> None:
    """Counts what the crawls without notes found, now that it is read."""
    for crawl_id, portal_id in rebuilding.unnoted_crawls(connection):
        runs.count_documents(connection, crawl_id, portal_id)


def followed(rows: Iterable[Any]) -> Iterator[Fetched]:
    """Gives the addresses that showed something, each once, by the first one of a chain of redirects."""
    leads: dict[tuple[str, str], Any] = {}  # where a redirect leads → what was asked for
    shown: dict[tuple[str, str], Fetched] = {}
    for row in rows:
        key = (row.portal_id, row.url_key)
        if row.status is not None and 300 <= row.status < 400 and (target := location(row)):
            leads[row.portal_id, target] = leads.pop(key, row)
        elif row.status in (200, 304):
            first = leads.pop(key, row)
            shown.setdefault((first.portal_id, first.url_key), Fetched(first, row))
    yield from shown.values()


def location(row: Any) -> str | None:
    """Gives the canonical URL to which a redirect leads, None where it leads to no web address."""
    found = header(row.headers, "location")
    try:
        return key_of(urljoin(row.url, found)) if found else None
    except ValueError:
        return None


def header(headers: Iterable[tuple[str, str]] | None, wanted: str) -> str | None:
    """Gives the first value of a header."""
    return next((value for name, value in headers or () if name.lower() == wanted), None)


def is_home(fetched: Fetched) -> bool:
    """Tells whether a redirect led to a host's root: there portals send what they no longer have."""
    parts = urlsplit(fetched.end.url)
    return fetched.end is not fetched.row and parts.path in ("", "/") and not parts.query


def address(row: Any) -> dict[str, Any]:
    """Gives an address as the frontier takes it."""
    return {name: getattr(row, name) for name in ("portal_id", "url_key", "url", "role", "context")}


def report(fetched: Fetched) -> Report:
    """Gives the source that an address is taken for."""
    row, end = fetched.row, fetched.end
    said: Mapping[str, Any] = row.context
    published = said.get("published")
    return Report(
        row.portal_id,
        row.url_key,
        row.url,
        row.role,
        said.get("title") or named(header(end.headers, "content-disposition")),
        date.fromisoformat(published) if published else None,
        end.url_key if end.url_key != row.url_key else None,
    )


def name_portals(connection: Connection, portals: Mapping[str, Portal]) -> Iterator[str]:
    """Writes what portal files say of portals without a note; gives those that have no file either."""
    for portal_id in rebuilding.unnoted_portals(connection):
        if portal := portals.get(portal_id):
            rebuilding.set_portal(connection, portal_id, portal.name, portal.division, portal.base)
        elif not portal_id.startswith("000000-"):
            yield f"portal {portal_id} has neither notes nor a portal file: its division is taken from its name"
