"""A small archive made without a crawl: exchanges in WARC files, and their rows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.indexing import index
from archive.model import Context, Exchange, Role
from archive.records import Engine, captures, crawls
from archive.urls import key_of
from archive.warc.record import exchange_records
from archive.warc.recover import Orphan
from archive.warc.writer import Writer

PORTAL = "990101-kept"
START = datetime(2026, 1, 1, tzinfo=UTC)


def keep(engine: Engine, folder: Path, crawl: int, bodies: Sequence[bytes], indexed: int | None = None) -> Path:
    """Gives a sealed file with the exchanges of a crawl; the first `indexed` of them have rows, else all."""
    writer = Writer(folder, f"crawl{crawl}", {"software": "test", "crawl": str(crawl)})
    orphans = []
    for number, body in enumerate(bodies):
        exchange = Exchange(
            url=f"http://127.0.0.1/{crawl}/{number}.html",
            at=START + timedelta(days=crawl, seconds=number),
            request=b"GET / HTTP/1.1\r\n\r\n",
            response=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body,
            context=Context(portal=PORTAL, role=Role.REPORT),
        )
        records = exchange_records(exchange, None, False)
        response, request = writer.append(records.members)
        orphans.append(Orphan(response, records.facts, request))
    writer.close()
    name = orphans[0].location.file
    with engine.begin() as connection:
        if indexed != 0:
            crawls.ensure(connection, crawl, {PORTAL}, "test")
            index(connection, crawl, orphans[:indexed], key_of, {})
        if indexed is None:
            captures.set_sealed(connection, [name], START)
    return folder / name
