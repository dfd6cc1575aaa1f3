"""Loads a synthetic archive by COPY into the tables of the product."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

import psycopg
from sqlalchemy import Connection, Engine, text

from archive.reading import prepare
from archive.records import versions
from benchmarks.synthetic import invented
from benchmarks.synthetic.plan import (
    AGENCIES,
    Plan,
    Source,
    agency_name,
    captured_at,
    division,
    portal_id,
    published,
)

LINES = 2000  # sent at once
NULL = invented.NULL
FIGURES = "reading_id, part, form, statuses, values, places, details, verdicts, lefts, rights"
READINGS = "id, payload_id, revision, media_type, charset, title, agency, year, forms, text_sha256, content_hash"
CAPTURES = (
    "crawl_id, portal_id, kind, role, url, url_key, captured_at, status, headers, context, payload_id, warc_file_id,"
    " warc_offset, warc_length, record_id, wire_bytes"
)
HEADERS = '[["Content-Type", "text/html; charset=utf-8"], ["Last-Modified", "Tue, 20 Jan 2026 08:00:00 GMT"]]'

Loaded = Callable[[str, int, float], None]  # table, rows, seconds


def digest(said: str) -> str:
    """Gives a SHA-256."""
    return hashlib.sha256(said.encode()).hexdigest()


def copy(connection: Connection, table: str, columns: str, lines: Iterable[str]) -> int:
    """Gives how many rows were copied into a table; its key goes on after them."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    count = 0
    left = iter(lines)
    with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as sink:
        while batch := list(islice(left, LINES)):
            sink.write("".join(batch))
            count += len(batch)
    if columns.split(",")[0] == "id" and table != "portals":
        after = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        connection.execute(text(after))
    return count


def load(engine: Engine, tables: Iterable[tuple[str, str, Iterable[str]]], told: Loaded) -> None:
    """Copies tables, a transaction each."""
    for table, columns, lines in tables:
        started = time.perf_counter()
        with engine.begin() as connection, bulk(connection, table):
            count = copy(connection, table, columns, lines)
        told(table, count, time.perf_counter() - started)
    settle(engine)


@contextmanager
def bulk(connection: Connection, table: str) -> Iterator[None]:
    """Takes the index of words away while texts are copied, and makes it anew: many times as fast."""
    if table != "texts":
        yield
        return
    connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
    made = connection.scalar(text("SELECT pg_get_indexdef('ix_texts_grams'::regclass)"))
    connection.execute(text("DROP INDEX ix_texts_grams"))
    yield
    connection.execute(text(made))


def settle(engine: Engine) -> None:
    """Has the server do what its autovacuum would do in a while."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def prepared(engine: Engine, *revisions: int) -> None:
    """Makes revisions and forms known, the first current."""
    with engine.begin() as connection:
        for revision in revisions:
            prepare(connection, revision)


def crawled(plan: Plan) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Gives what crawls leave: portals, sources, payloads, captures; no document and no reading yet."""
    yield (
        "portals",
        "id, name, division, base",
        (
            f"{portal_id(n)}\t第{n}县政府网\t{division(n)}\thttp://{portal_id(n)}.gov.example\n"
            for n in range(plan.portals)
        ),
    )
    yield "crawls", "id, software", ("1\tsynthetic\n",)
    yield "warc_files", "id, name", (f"{n + 1}\tsynthetic-{n:06}.warc.gz\n" for n in range(plan.portals))
    yield "sources", "id, portal_id, url_key, url, role, title, published", map(source_line, plan.sources())
    yield (
        "payloads",
        "id, sha256, size",
        (f"{number}\t{digest(f'payload {number}')}\t30000\n" for number, _, _ in plan.payloads()),
    )
    yield "captures", CAPTURES, captures(plan)


def source_line(source: Source) -> str:
    """Gives a row of `sources`."""
    title = f"{agency_name(source.agency)}{source.year}年政府信息公开工作年度报告"
    portal = portal_id(source.portal)
    return f"{source.id}\t{portal}\t{source.url}\t{source.url}\t{source.role}\t{title}\t{published(source.year)}\n"


def captures(plan: Plan) -> Iterator[str]:
    """Gives a response for each payload, and for some of the last states an answer 304."""
    for number, state, source in plan.payloads():
        yield capture_line(number, state, source, "response", 200, 2 * number)
        if source.asked_again and state == source.states - 1:
            yield capture_line(number, state + 2, source, "revisit_not_modified", 304, 2 * number + 1)


def capture_line(payload: int, state: int, source: Source, kind: str, status: int, place: int) -> str:
    """Gives a row of `captures`."""
    context = f'{{"column": "nb", "title": "{source.year}年年报", "date": "{published(source.year)}"}}'
    return (
        f"1\t{portal_id(source.portal)}\t{kind}\t{source.role}\t{source.url}\t{source.url}"
        f"\t{captured_at(payload, state).isoformat()}\t{status}\t{HEADERS}\t{context}\t{payload}\t{source.portal + 1}"
        f"\t{place * 8000}\t7900\t<urn:uuid:{place:032x}>\t8200\n"
    ).replace('\\"', '\\\\"')


def read(
    plan: Plan, revision: int, first: int = 0, upto: int | None = None
) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Gives what reading leaves under a revision: texts once, readings and figures of the first `upto` payloads."""
    digests = [digest(f"text {n}") for n in range(plan.texts)]
    if not first:
        bodies = (f"{each}\t{invented.body(n)}\n" for n, each in enumerate(digests))
        yield "texts", "sha256, body", bodies
    yield (
        "readings",
        READINGS,
        (
            reading_line(first + number, number, revision, state, source, digests[number % len(digests)])
            for number, state, source in islice(plan.payloads(), upto)
        ),
    )
    drawn = invented.Figures()
    yield (
        "figures",
        FIGURES,
        (
            line
            for number, _, source in islice(plan.payloads(), upto)
            for line in drawn.rows(first + number, source.year, otherwise=bool(first) and number % 100 == 0)
        ),
    )


def reading_line(reading: int, payload: int, revision: int, state: int, source: Source, body: str) -> str:
    """Gives a row of `readings`; a source's states differ, its readings under two revisions read the same."""
    form = invented.form_of(source.year)
    forms = "{" + ", ".join(f'"{part}": "{form}"' for part in invented.PARTS) + "}"
    agency = agency_name(source.agency)
    return (
        f"{reading}\t{payload}\t{revision}\ttext/html\tutf-8\t{agency}{source.year}年政府信息公开工作年度报告\t{agency}"
        f"\t{source.year}\t{forms}\t{body}\t{digest(f'content {source.id} {state}')}\n"
    )


def derived(plan: Plan, revision: int, upto: int | None = None) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Gives what follows from captures and readings of the first `upto` payloads: agencies, documents, versions."""
    yield (
        "agencies",
        "id, name, division, code, level, confidence, how",
        (
            f"{n}\t{agency_name(n)}\t{division((n - 1) // AGENCIES)}\t{division((n - 1) // AGENCIES)}"
            "\tdepartment\thigh\texact\n"
            for n in range(1, plan.agencies + 1)
        ),
    )
    yield (
        "documents",
        "id, agency_id, year",
        (f"{one.document}\t{one.agency}\t{one.year}\n" for one in plan.sources() if one.role == "report"),
    )
    yield (
        "versions",
        "id, source_id, number, content_hash, found_by",
        (
            f"{number}\t{source.id}\t{state + 1}\t{digest(f'content {source.id} {state}')}\t{revision}\n"
            for number, state, source in islice(plan.payloads(), upto)
        ),
    )
    yield (
        "version_payloads",
        "source_id, payload_id, version_id",
        (f"{source.id}\t{number}\t{number}\n" for number, _, source in islice(plan.payloads(), upto)),
    )


def assign_documents(engine: Engine, plan: Plan, upto: int | None = None) -> None:
    """Writes the documents of the sources that were copied without them, of the first `upto` payloads.

    Then the product derives what it derives: which reading of each is the current one, what waits to be read.
    """
    lines = (f"{one.id}\t{one.document}\n" for _, state, one in islice(plan.payloads(), upto) if not state)
    with engine.begin() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE of_document (source bigint, document bigint) ON COMMIT DROP"))
        copy(connection, "of_document", "source, document", lines)
        connection.execute(text("UPDATE sources SET document_id = document FROM of_document WHERE source = id"))
    settle(engine)
    with engine.begin() as connection:
        versions.derive(connection, 1)
    settle(engine)
