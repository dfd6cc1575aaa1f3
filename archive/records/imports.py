"""What an import asks of the index: what is there already, what a revisit stands for, which payloads may be reports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from archive.model import Location
from archive.records.captures import Held, held
from archive.records.crawls import Place, ensure
from archive.records.frontier import ADD_ALIASES, ADD_SOURCES
from archive.records.rows import as_json
from archive.records.tables import crawls, portals
from archive.records.waiting import Stored, hints_of


@dataclass(frozen=True, slots=True)
class Sighting:
    """What makes two captures one and the same: address, time, status and payload (None where it is of no use)."""

    portal_id: str
    url_key: str
    at: datetime
    status: int | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """An address at which a report was recognised; `alias` is the canonical URL of its capture, where it is another."""

    portal_id: str
    url_key: str
    url: str
    role: str
    title: str | None = None
    published: date | None = None
    alias: str | None = None


KNOWN = text("""
SELECT DISTINCT ON (r.n) r.n, c.id
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r(n integer, portal_id text, url_key text, at timestamptz, status smallint, sha256 text)
JOIN captures c ON c.portal_id = r.portal_id AND c.url_key = r.url_key AND c.captured_at = r.at
    AND c.status IS NOT DISTINCT FROM r.status
LEFT JOIN payloads p ON p.id = c.payload_id
WHERE p.sha256 IS NOT DISTINCT FROM r.sha256
ORDER BY r.n, c.id
""")

SHOWN = text("""
SELECT p.sha256 FROM captures c JOIN payloads p ON p.id = c.payload_id
WHERE c.portal_id = :portal AND c.url_key = :url_key AND c.captured_at = :at ORDER BY c.id LIMIT 1
""")

STORED = text("""
SELECT c.id, c.payload_id, p.sha256, w.name, h.warc_offset, h.warc_length, c.url, h.headers, c.context
FROM captures c JOIN payloads p ON p.id = c.payload_id
CROSS JOIN LATERAL (
    SELECT * FROM captures WHERE payload_id = p.id AND kind = 'response' ORDER BY id LIMIT 1) h
JOIN warc_files w ON w.id = h.warc_file_id
WHERE c.id = ANY(:ids)
""")

DOCUMENTED = text("""
SELECT r.n, array_agg(DISTINCT s.document_id) AS documents
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(n integer, portal_id text, url_key text)
LEFT JOIN source_aliases a ON a.portal_id = r.portal_id AND a.url_key = r.url_key
JOIN sources s ON s.document_id IS NOT NULL
    AND (s.id = a.source_id OR s.portal_id = r.portal_id AND s.url_key = r.url_key)
GROUP BY r.n
""")

ALIASED = text("""
SELECT r.portal_id, r.url_key
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(portal_id text, url_key text)
JOIN source_aliases a ON a.portal_id = r.portal_id AND a.url_key = r.url_key
""")


def open_import(connection: Connection, software: str) -> int:
    """Gives the number of a crawl that made nobody a request: it has no portals to account for, and is over."""
    values = {"software": software, "finished_at": func.now()}
    return int(connection.execute(insert(crawls).values(values).returning(crawls.c.id)).scalar_one())


def ensure_import(connection: Connection, crawl_id: int, portal_ids: Iterable[str], software: str) -> None:
    """Makes an import and its portals known that are known from WARC files only; known ones stay as they are."""
    ensure(connection, crawl_id, (), software)
    connection.execute(
        update(crawls).where(crawls.c.id == crawl_id, crawls.c.finished_at.is_(None)).values(finished_at=func.now())
    )
    add_places(connection, {Place(each, each, each[:6], "") for each in portal_ids})


def add_places(connection: Connection, places: Iterable[Place]) -> None:
    """Makes portals known; known ones stay as they are."""
    for place in sorted(places, key=lambda each: each.id):
        values = {"id": place.id, "name": place.name, "division": place.division, "base": place.base}
        connection.execute(upsert(portals).values(values).on_conflict_do_nothing())


def known(connection: Connection, sightings: Sequence[Sighting]) -> dict[int, int]:
    """Gives the captures that are there already, by the places of what was sighted."""
    rows = [
        {
            "n": n,
            "portal_id": each.portal_id,
            "url_key": each.url_key,
            "at": each.at.isoformat(),
            "status": each.status,
            "sha256": each.sha256,
        }
        for n, each in enumerate(sightings)
    ]
    return {row.n: row.id for row in connection.execute(KNOWN, {"rows": as_json(rows)})}


def shown_at(connection: Connection, portal_id: str, url_key: str, at: datetime) -> Held | None:
    """Gives the payload that an address showed at a time."""
    sha256 = connection.scalar(SHOWN, {"portal": portal_id, "url_key": url_key, "at": at})
    return held(connection, [sha256]).get(sha256) if sha256 else None


def stored(connection: Connection, capture_ids: Sequence[int]) -> dict[int, Stored]:
    """Gives the payloads of captures and what was claimed of them, by capture."""
    return {
        row.id: Stored(
            row.payload_id,
            row.sha256,
            Location(row.name, row.warc_offset, row.warc_length),
            hints_of(row.url, row.headers, row.context),
        )
        for row in connection.execute(STORED, {"ids": list(capture_ids)})
    }


def add_reports(connection: Connection, reports: Sequence[Report]) -> None:
    """Makes addresses known at which documents are published; a known one, or another name of one, stays."""
    unique = {(each.portal_id, each.url_key): each for each in reversed(reports)}
    rows = [
        {
            "portal_id": each.portal_id,
            "url_key": each.url_key,
            "url": each.url,
            "role": each.role,
            "title": each.title,
            "published": each.published and each.published.isoformat(),
        }
        for each in unique.values()
    ]
    aliases = [
        {"portal_id": each.portal_id, "url_key": each.url_key, "alias": each.alias} for each in reports if each.alias
    ]
    aliased = {tuple(row) for row in connection.execute(ALIASED, {"rows": as_json(rows)})}
    rows = [row for row in rows if (row["portal_id"], row["url_key"]) not in aliased]
    if rows:
        connection.execute(ADD_SOURCES, {"rows": as_json(rows)})
    if aliases:
        connection.execute(ADD_ALIASES, {"rows": as_json(aliases)})


def documented(connection: Connection, reports: Sequence[Report]) -> dict[int, list[int]]:
    """Gives the documents that stand at those addresses where there are any, by the places of the reports."""
    rows = [{"n": n, "portal_id": each.portal_id, "url_key": each.url_key} for n, each in enumerate(reports)]
    return {row.n: row.documents for row in connection.execute(DOCUMENTED, {"rows": as_json(rows)})}
