"""From the WARC files to the index: the rows of exchanges that lie there, just written or left by a dead crawl."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from archive.model import CaptureKind, Context
from archive.records import Connection, Engine, captures, crawls, imports
from archive.records.captures import Row
from archive.warc import recover as warc_recovery
from archive.warc.recover import Orphan, Recovered

UrlKey = Callable[[str], str]

SOFTWARE = f"nianbao {version('nianbao')}"


def index(
    connection: Connection, crawl_id: int, orphans: Iterable[Orphan], url_key: UrlKey, files: dict[str, int]
) -> list[int]:
    """Gives the keys of the captures of exchanges that lie in WARC files but not yet in the index."""
    listed = list(orphans)
    if not listed:
        return []
    for orphan in listed:
        name = orphan.location.file
        if name not in files:
            files[name] = captures.file_id(connection, name)
    return captures.insert_captures(connection, [as_row(crawl_id, orphan, url_key, files) for orphan in listed])


def as_row(crawl_id: int, orphan: Orphan, url_key: UrlKey, files: Mapping[str, int]) -> Row:
    """Gives the capture of an exchange. A payload belongs to it only where it is usable."""
    facts = orphan.facts
    return Row(
        crawl_id=crawl_id,
        portal_id=facts.context.portal,
        kind=facts.kind.value,
        role=facts.context.role.value,
        url=facts.url,
        url_key=url_key(facts.url),
        captured_at=facts.at,
        context=context_json(facts.context),
        status=facts.status,
        headers=[list(pair) for pair in facts.headers] if facts.headers is not None else None,
        ip=facts.ip,
        sha256=None if facts.kind is CaptureKind.ERROR else facts.payload_sha256,
        size=facts.payload_size or 0,
        file_id=files[orphan.location.file],
        place=orphan.location,
        request_place=orphan.request_location,
        record_id=facts.record_id,
        payload_digest=facts.payload_digest,
        wire_bytes=facts.wire_bytes,
        truncated=facts.truncated,
        error=facts.error,
    )


def context_json(context: Context) -> dict[str, Any]:
    """Gives a context as the `context` columns hold it: what is known, without portal and role."""
    said = {
        "column": context.column,
        "title": context.title,
        "published": context.published and context.published.isoformat(),
        "agency": context.agency,
        "year": context.year,
        "via": context.via,
    }
    return {name: value for name, value in said.items() if value is not None}


def recover(engine: Engine, folder: Path, url_key: UrlKey) -> list[Recovered]:
    """Gives what the files of dead crawls held beyond their index; it is indexed now, and the files are sealed.

    So it is with sealed files that a database does not know which was restored from an older state. Everything comes
    from the WARC files alone. Raises CorruptArchiveError where a file is shorter than its index.
    """

    def indexed_end(name: str) -> int:
        with engine.begin() as connection:
            return captures.indexed_end(connection, name)

    def index_orphans(found: Recovered) -> None:
        with engine.begin() as connection:
            if found.orphans:
                crawl_id = int(found.info["crawl"])
                ensure = imports.ensure_import if "import" in found.info else crawls.ensure
                ensure(connection, crawl_id, {o.facts.context.portal for o in found.orphans}, SOFTWARE)
                index(connection, crawl_id, found.orphans, url_key, {})

    if not folder.is_dir():
        return []
    recovered = warc_recovery.recover(folder, indexed_end, index_orphans)
    with engine.connect() as connection:
        known = captures.sealed(connection)
    adopted = warc_recovery.adopt(folder, known, indexed_end, index_orphans)
    with engine.begin() as connection:
        captures.set_sealed(connection, [found.name for found in (*recovered, *adopted)], datetime.now(UTC))
    return recovered + [found for found in adopted if found.orphans]
