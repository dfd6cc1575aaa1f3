"""The frontier: every URL to fetch, one row each, leased by a crawl, settled with what came of it.

One crawl at a time works on a portal (the caller holds the portal's advisory lock), so a lease that is found at
the start of a crawl belongs to a dead one and is due again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from archive.model import Location, Original
from archive.records.captures import Held
from archive.records.rows import as_json

FULL_FETCH_AFTER = 6  # conditional requests in a row; the seventh night is full, for many CMS send wrong ETags


@dataclass(frozen=True, slots=True)
class Entry:
    """A URL that a page or the portal file names."""

    portal_id: str
    url_key: str
    url: str
    role: str
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lease:
    """A URL that this crawl has taken on itself; `held` is the payload a 304 would stand for."""

    id: int
    entry: Entry
    etag: str | None = None
    last_modified: str | None = None
    streak: int = 0
    held: Held | None = None

    @property
    def validators(self) -> dict[str, str]:
        """Gives the conditional headers to send: none without a held payload, none on the seventh night."""
        if self.held is None or self.streak >= FULL_FETCH_AFTER:
            return {}
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Source:
    """A rendition of a report found at the leased URL, and other addresses that lead to it."""

    title: str | None = None
    published: date | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a lease."""

    lease: Lease
    state: str  # done | failed
    at: datetime | None = None  # when it answered; None: it did not
    capture_id: int | None = None  # the capture with a body, where a new one came from this very URL
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False
    last: dict[str, Any] = field(default_factory=dict)  # kept with the row: counts of a list, cause of a failure
    source: Source | None = None
    links: tuple[Entry, ...] = ()
    wake: tuple[str, ...] = ()  # row keys of known addresses to which something has happened: they are asked, too


@dataclass(frozen=True, slots=True)
class PageRead:
    """A list page as it was read last: its list, its number from 1, the crawl, and what it held."""

    chain: str
    number: int
    crawl_id: int
    keys: str  # of its rows, without anything between them
    reports: int
    years: tuple[int, ...]  # report years that its rows name
    total: int | None  # rows of the whole list, as the site counts them
    flaw: str | None
    ends: bool  # the list, as far as could be told
    row: int  # of the frontier
    checked: date | None  # in China


@dataclass(frozen=True, slots=True)
class Tally:
    """What a crawl has seen at a portal so far, across interruptions."""

    lists_read: int
    lists_failed: int
    reports_listed: int
    answered: int
    failed: int
    resting: int  # known addresses that it has not asked
    waiting: int
    failure: tuple[str, str] | None  # URL and cause of one failure, lists first
    flaw: tuple[str, str] | None = None  # URL of a list page and why its list is not proved to be whole


WAKES = (
    "frontier.role = EXCLUDED.role AND (EXCLUDED.role = 'list' OR EXCLUDED.context ? 'fleeting')"
    " AND NOT (frontier.crawl_id IS NOT DISTINCT FROM :crawl AND frontier.state IN ('leased', 'done', 'failed'))"
)
# A list that names a report anew, under another title or date, says that something happened to it.
RENEWED = (
    "frontier.role = 'report' AND EXCLUDED.role = 'report' AND frontier.state = 'done'"
    " AND frontier.crawl_id IS DISTINCT FROM :crawl"
    " AND (frontier.context -> 'title', frontier.context -> 'published')"
    "   IS DISTINCT FROM (EXCLUDED.context -> 'title', EXCLUDED.context -> 'published')"
)
ADD = text(
    "INSERT INTO frontier (portal_id, url_key, url, role, context, crawl_id)"
    " SELECT portal_id, url_key, url, role, context,"
    "   CASE WHEN role = 'list' OR context ? 'fleeting' THEN CAST(:crawl AS bigint) END"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
    "   AS r(portal_id text, url_key text, url text, role text, context jsonb)"
    " ON CONFLICT (portal_id, url_key) DO UPDATE SET"
    "   context = EXCLUDED.context || jsonb_strip_nulls(jsonb_build_object('last', frontier.context -> 'last')),"
    f"   url = CASE WHEN {WAKES} THEN EXCLUDED.url ELSE frontier.url END,"
    f"   state = CASE WHEN {WAKES} OR {RENEWED} THEN 'due' ELSE frontier.state END,"
    f"   crawl_id = CASE WHEN {WAKES} THEN :crawl ELSE frontier.crawl_id END"
    f" WHERE ({WAKES}) OR (frontier.role = EXCLUDED.role AND frontier.role <> 'list'"
    "   AND frontier.context - 'last' IS DISTINCT FROM EXCLUDED.context)"
)

LEASE = text(
    "WITH next AS ("
    "   SELECT id FROM frontier WHERE portal_id = :portal AND state = 'due'"
    "   ORDER BY role <> 'list', checked_at NULLS FIRST, id LIMIT :count FOR UPDATE SKIP LOCKED),"
    " leased AS ("
    "   UPDATE frontier f SET state = 'leased', leased_at = now(), crawl_id = :crawl"
    "   FROM next WHERE f.id = next.id RETURNING f.*)"
    " SELECT l.id, l.portal_id, l.url_key, l.url, l.role, l.context, l.etag, l.last_modified,"
    "   l.conditional_streak, p.sha256, o.record_id, o.url AS original_url, o.captured_at, o.payload_digest,"
    "   w.name, o.warc_offset, o.warc_length"
    " FROM leased l LEFT JOIN captures c ON c.id = l.capture_id LEFT JOIN payloads p ON p.id = c.payload_id"
    " LEFT JOIN LATERAL (SELECT * FROM captures WHERE payload_id = p.id AND kind = 'response'"
    "   ORDER BY id LIMIT 1) o ON true LEFT JOIN warc_files w ON w.id = o.warc_file_id"
    " ORDER BY l.role <> 'list', l.checked_at NULLS FIRST, l.id"
)

SETTLE = text(
    "UPDATE frontier f SET state = r.state, leased_at = NULL, checked_at = coalesce(r.at, f.checked_at),"
    "   etag = CASE WHEN r.capture_id IS NULL THEN f.etag ELSE r.etag END,"
    "   last_modified = CASE WHEN r.capture_id IS NULL THEN f.last_modified ELSE r.last_modified END,"
    "   capture_id = coalesce(r.capture_id, f.capture_id),"
    "   conditional_streak = CASE WHEN r.not_modified THEN f.conditional_streak + 1"
    "     WHEN r.state = 'done' THEN 0 ELSE f.conditional_streak END,"
    "   failures = CASE WHEN r.state = 'failed' THEN f.failures + 1 ELSE 0 END,"
    "   context = (f.context - 'last') || r.last"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id bigint, state text, at timestamptz,"
    "   capture_id bigint, etag text, last_modified text, not_modified boolean, last jsonb)"
    " WHERE f.id = r.id"
)

ADD_SOURCES = text(
    "INSERT INTO sources (portal_id, url_key, url, role, title, published)"
    " SELECT portal_id, url_key, url, role, title, published FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
    "   AS r(portal_id text, url_key text, url text, role text, title text, published date)"
    " ON CONFLICT (portal_id, url_key, place) DO UPDATE SET"
    "   title = coalesce(EXCLUDED.title, sources.title), published = coalesce(EXCLUDED.published, sources.published)"
    " WHERE (coalesce(EXCLUDED.title, sources.title), coalesce(EXCLUDED.published, sources.published))"
    "   IS DISTINCT FROM (sources.title, sources.published)"
)

ADD_ALIASES = text(
    "INSERT INTO source_aliases (portal_id, url_key, source_id) SELECT r.portal_id, r.alias, s.id"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(portal_id text, url_key text, alias text)"
    " JOIN sources s ON s.portal_id = r.portal_id AND s.url_key = r.url_key AND s.place = ''"
    " WHERE NOT EXISTS (SELECT FROM sources o WHERE o.portal_id = r.portal_id AND o.url_key = r.alias)"
    " ON CONFLICT DO NOTHING"
)

# Rows that have left a list page, and files of a page that has changed; the lists hold no more of an address than this.
WAKE = text(
    "UPDATE frontier SET state = 'due' WHERE portal_id = :portal AND role <> 'list' AND state = 'done'"
    "   AND crawl_id IS DISTINCT FROM :crawl AND NOT context ? 'fleeting'"
    "   AND left(encode(sha256(convert_to(url_key, 'UTF8')), 'hex'), :digits) = ANY(:keys)"
)

# The files of a page that has gone.
WAKE_FILES = text(
    "UPDATE frontier SET state = 'due' WHERE portal_id = :portal AND role = 'attachment' AND state = 'done'"
    "   AND crawl_id IS DISTINCT FROM :crawl AND NOT context ? 'fleeting' AND context ->> 'via' = :page"
)

PAGES_READ = text(
    "SELECT coalesce(context ->> 'chain', url_key) AS chain, CAST(context ->> 'page' AS integer) AS number,"
    "   coalesce(CAST(context #>> '{last,crawl}' AS bigint), 0) AS crawl_id, context #>> '{last,keys}' AS keys,"
    "   coalesce(CAST(context #>> '{last,reports}' AS integer), 0) AS reports,"
    "   context #> '{last,years}' AS years, CAST(context #>> '{last,total}' AS integer) AS total,"
    "   context #>> '{last,flaw}' AS flaw, context #> '{last,ends}' IS NOT NULL AS ends, id AS row,"
    "   date(checked_at AT TIME ZONE 'Asia/Shanghai') AS checked"
    " FROM frontier WHERE portal_id = :portal AND role = 'list' AND context #> '{last,keys}' IS NOT NULL"
    " ORDER BY number, id"
)

TALLY = text(
    "SELECT count(*) FILTER (WHERE role = 'list' AND state = 'done') AS lists_read,"
    "   count(*) FILTER (WHERE role = 'list' AND state = 'failed') AS lists_failed,"
    "   coalesce(sum(CAST(context #>> '{last,reports}' AS integer)"
    "     + coalesce(CAST(context #>> '{last,carried}' AS integer), 0))"
    "     FILTER (WHERE role = 'list' AND state = 'done'), 0) AS reports_listed,"
    "   count(*) FILTER (WHERE role <> 'list' AND state = 'done') AS answered,"
    "   count(*) FILTER (WHERE state = 'failed') AS failed"
    " FROM frontier WHERE portal_id = :portal AND crawl_id = :crawl"
)

UNASKED = text(
    "SELECT count(*) FILTER (WHERE state IN ('due', 'leased')) AS waiting,"
    "   count(*) FILTER (WHERE state = 'done' AND role <> 'list' AND crawl_id <> :crawl) AS resting"
    " FROM frontier WHERE portal_id = :portal"
)

FLAW = text(
    "SELECT url, context #>> '{last,flaw}' AS why FROM frontier WHERE portal_id = :portal AND crawl_id = :crawl"
    " AND role = 'list' AND state = 'done' AND context #>> '{last,flaw}' IS NOT NULL ORDER BY id LIMIT 1"
)

FAILURE = text(
    "SELECT url, coalesce(context #>> '{last,failure}', 'no cause was kept') AS cause FROM frontier"
    " WHERE portal_id = :portal AND crawl_id = :crawl AND state = 'failed' ORDER BY role <> 'list', id LIMIT 1"
)


def add(connection: Connection, crawl_id: int, entries: Iterable[Entry]) -> None:
    """Puts URLs into the frontier; of a known one only what its link said is renewed. Lists become due."""
    unique: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        unique.setdefault((entry.portal_id, entry.url_key), entry)
    if unique:
        rows = [
            {"portal_id": e.portal_id, "url_key": e.url_key, "url": e.url, "role": e.role, "context": e.context}
            for e in unique.values()
        ]
        connection.execute(ADD, {"rows": as_json(rows), "crawl": crawl_id})


def lease(connection: Connection, crawl_id: int, portal_id: str, count: int) -> list[Lease]:
    """Gives at most `count` due URLs: lists first, then what was never asked for, then the longest unchecked."""
    rows = connection.execute(LEASE, {"portal": portal_id, "crawl": crawl_id, "count": count})
    return [as_lease(row) for row in rows]


def as_lease(row: Any) -> Lease:
    """Gives a row of LEASE as a Lease."""
    original = None
    if row.record_id is not None:
        original = Held(
            row.sha256,
            Original(row.record_id, row.original_url, row.captured_at, row.payload_digest, row.sha256),
            Location(row.name, row.warc_offset, row.warc_length),
        )
    return Lease(
        row.id,
        Entry(row.portal_id, row.url_key, row.url, row.role, row.context),
        row.etag,
        row.last_modified,
        row.conditional_streak,
        original,
    )


def release(connection: Connection, leases: Iterable[Lease]) -> None:
    """Makes leased URLs due again that were not asked for after all."""
    statement = text("UPDATE frontier SET state = 'due', leased_at = NULL WHERE id = ANY(:ids) AND state = 'leased'")
    connection.execute(statement, {"ids": [item.id for item in leases]})


def settle(connection: Connection, crawl_id: int, items: list[Done]) -> None:
    """Writes what came of leases: their state, the sources found there, and the URLs that they led to."""
    connection.execute(SETTLE, {"rows": as_json([settled(item) for item in items])})
    found = [(item.lease.entry, item.source) for item in items if item.source]
    if found:
        connection.execute(ADD_SOURCES, {"rows": as_json([source_row(entry, s) for entry, s in found])})
    aliases = [
        {"portal_id": entry.portal_id, "url_key": entry.url_key, "alias": alias}
        for entry, source in found
        for alias in source.aliases
    ]
    if aliases:
        connection.execute(ADD_ALIASES, {"rows": as_json(aliases)})
    add(connection, crawl_id, (link for item in items for link in item.links))
    for item in items:
        asked = {"portal": item.lease.entry.portal_id, "crawl": crawl_id}
        if item.wake:
            connection.execute(WAKE, asked | {"keys": list(item.wake), "digits": len(item.wake[0])})
        if item.last.get("gone"):
            connection.execute(WAKE_FILES, asked | {"page": item.lease.entry.url})


def settled(item: Done) -> dict[str, Any]:
    """Gives a row of SETTLE."""
    return {
        "id": item.lease.id,
        "state": item.state,
        "at": item.at and item.at.isoformat(),
        "capture_id": item.capture_id,
        "etag": item.etag,
        "last_modified": item.last_modified,
        "not_modified": item.not_modified,
        "last": {"last": item.last} if item.last else {},
    }


def source_row(entry: Entry, source: Source) -> dict[str, Any]:
    """Gives a row of ADD_SOURCES."""
    return {
        "portal_id": entry.portal_id,
        "url_key": entry.url_key,
        "url": entry.url,
        "role": entry.role,
        "title": source.title,
        "published": source.published and source.published.isoformat(),
    }


def pages_read(connection: Connection, portal_id: str) -> list[PageRead]:
    """Gives the list pages of a portal as this crawl and those before it have read them last, page 1 first."""
    found = connection.execute(PAGES_READ, {"portal": portal_id})
    return [PageRead(**{**row._mapping, "years": tuple(row.years or ())}) for row in found]


def tally(connection: Connection, crawl_id: int, portal_id: str) -> Tally:
    """Gives what a crawl has seen at a portal."""
    keys = {"portal": portal_id, "crawl": crawl_id}
    counts = connection.execute(TALLY, keys).one()
    failure = connection.execute(FAILURE, keys).one_or_none()
    flaw = connection.execute(FLAW, keys).one_or_none()
    unasked = connection.execute(UNASKED, keys).one()
    return Tally(
        **counts._mapping,
        **unasked._mapping,
        failure=(failure.url, failure.cause) if failure else None,
        flaw=(flaw.url, flaw.why) if flaw else None,
    )
