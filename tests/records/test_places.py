"""Several reports in one payload: each place is its own source, with its own document, versions and withdrawals."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, insert, select

from archive.model import Issue, Reading
from archive.records import documents, revisions, runs, versions, waiting
from archive.records.documents import Document
from archive.records.histories import version_readings
from archive.records.tables import crawl_portals, source_aliases, sources, withdrawals
from archive.research.document import document_json, history_json
from archive.research.find import one_document
from archive.research.history import runs as runs_of
from tests.records.builder import PORTAL, Builder, reading_of, table_count

TOWNS = ("昌傅镇", "大桥街道", "店下镇")
TABLES = ("sources", "documents", "versions", "version_payloads", "withdrawals", "readings")


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as opened:
        yield opened


def part(town: str, content: str = "", revision: int = 1, **more: object) -> Reading:
    made = reading_of(f"{town} {content}", revision, agency=town)
    return replace(made, place=f"{town}.docx", **more)  # type: ignore[arg-type]


def shown(archive: Builder, body: str, *parts: Reading) -> None:
    """A capture of a file with these reports; a body met before is a revisit."""
    known = body in archive.payload_ids
    archive.seen(body)
    if not known:
        for reading in parts:
            archive.read(body, reading)
    versions.derive(archive.connection, parts[0].revision)


def document(connection: Connection, town: str) -> Document:
    return one_document(connection, town, 2023)


def counts(connection: Connection) -> dict[str, int]:
    return {name: table_count(connection, name) for name in TABLES}


def numbers(connection: Connection, town: str) -> list[int]:
    return [v.number for v in version_readings(connection, document(connection, town).source_id, 1)]


def test_each_place_has_a_document_with_its_own_reading(connection: Connection) -> None:
    archive = Builder(connection)
    archive.source()
    shown(archive, "zip", *map(part, TOWNS))
    found = documents.find(connection, 1)
    assert {(d.agency, d.place) for d in found} == {(town, f"{town}.docx") for town in TOWNS}
    assert {d.title for d in found} == {f"{town}2023年政府信息公开工作年度报告" for town in TOWNS}
    assert len({d.reading_id for d in found}) == 3
    assert [d.agency for d in documents.find(connection, 1, words=["大桥街道"])] == ["大桥街道"]
    told = document_json(connection, document(connection, "店下镇"))
    assert told["place"] == "店下镇.docx"
    assert [source["place"] for source in told["sources"]] == ["店下镇.docx"]


def test_deriving_again_changes_nothing(connection: Connection) -> None:
    archive = Builder(connection)
    archive.source()
    shown(archive, "night 1", *map(part, TOWNS))
    shown(archive, "night 2", part("昌傅镇", "changed"), part("大桥街道"))
    before = counts(connection)
    assert list(waiting.pending(connection, 1)) == []
    versions.derive(connection, 1)
    versions.derive(connection, 1)
    assert counts(connection) == before
    assert before["sources"] == 4
    assert before["versions"] == 4
    assert before["withdrawals"] == 1


def test_one_changed_one_removed_one_the_same(connection: Connection) -> None:
    archive = Builder(connection)
    archive.source()
    shown(archive, "night 1", *map(part, TOWNS))
    shown(archive, "night 2", part("昌傅镇", "changed"), part("大桥街道"))
    assert [numbers(connection, town) for town in TOWNS] == [[1, 2], [1], [1]]
    assert [document(connection, town).withdrawn for town in TOWNS] == [False, False, True]
    [still] = runs_of(connection, [document(connection, "大桥街道").source_id], 1)
    assert still.captures == 2
    gone = runs_of(connection, [document(connection, "店下镇").source_id], 1)
    assert [run.version for run in gone] == [1, None]
    assert history_json(connection, document(connection, "店下镇"))["withdrawn"]


def test_a_place_comes_back(connection: Connection) -> None:
    archive = Builder(connection)
    archive.source()
    shown(archive, "night 1", *map(part, TOWNS))
    shown(archive, "night 2", part("昌傅镇"))
    assert [document(connection, town).withdrawn for town in TOWNS] == [False, True, True]
    shown(archive, "night 1", *map(part, TOWNS))
    assert [document(connection, town).withdrawn for town in TOWNS] == [False, False, False]
    runs_seen = runs_of(connection, [document(connection, "店下镇").source_id], 1)
    assert [run.version for run in runs_seen] == [1, None, 1]
    open_ = select(withdrawals).where(withdrawals.c.returned_capture_id.is_(None))
    assert connection.execute(open_).all() == []


def test_all_places_go_with_their_file(connection: Connection) -> None:
    archive = Builder(connection)
    archive.source()
    shown(archive, "night 1", *map(part, TOWNS))
    archive.seen("not found", status=404)
    versions.derive(connection, 1)
    assert [document(connection, town).withdrawn for town in TOWNS] == [True, True, True]


def test_a_file_that_becomes_several_and_one_again(connection: Connection) -> None:
    archive = Builder(connection)
    archive.source()
    single = replace(part("昌傅镇"), place="")
    shown(archive, "one", single)
    shown(archive, "three", *map(part, TOWNS))
    found = document(connection, "昌傅镇")
    assert (found.withdrawn, found.place) == (False, "昌傅镇.docx")
    assert [s.place for s in documents.sources_of(connection, found.id, 1) if s.withdrawn_at] == [""]
    shown(archive, "one", single)
    assert [document(connection, town).withdrawn for town in TOWNS] == [False, True, True]
    assert document(connection, "昌傅镇").place == ""


def test_a_member_that_cannot_be_read_is_not_withdrawn(connection: Connection) -> None:
    archive = Builder(connection)
    archive.source()
    shown(archive, "night 1", *map(part, TOWNS))
    issue = Issue("member-unreadable", "店下镇.docx: damaged-docx: no document in it")
    shown(archive, "night 2", part("昌傅镇", issues=(issue,)))
    assert [document(connection, town).withdrawn for town in TOWNS] == [False, True, False]


def test_aliases_lead_to_every_place(connection: Connection) -> None:
    archive = Builder(connection)
    source = archive.source()
    shown(archive, "night 1", *map(part, TOWNS))
    other = "http://127.0.0.1/b.zip"
    connection.execute(insert(source_aliases).values(portal_id=PORTAL, url_key=other, source_id=source))
    archive.seen("night 1", url=other)
    versions.derive(connection, 1)
    for town in TOWNS:
        [run] = runs_of(connection, [document(connection, town).source_id], 1)
        assert run.captures == 2
        [place] = documents.sources_of(connection, document(connection, town).id, 1)
        assert place.aliases == (other,)


def test_a_run_counts_addresses_once(connection: Connection) -> None:
    archive = Builder(connection)
    archive.source()
    counted = []
    nights = [
        ("night 1", [part(town) for town in TOWNS]),
        ("night 1", [part(town) for town in TOWNS]),
        ("night 2", [part("昌傅镇", "changed"), part("大桥街道")]),
    ]
    for body, parts in nights:
        archive.next_crawl()
        connection.execute(insert(crawl_portals).values(crawl_id=archive.crawl, portal_id=PORTAL, state="complete"))
        shown(archive, body, *parts)
        runs.count_documents(connection, archive.crawl, PORTAL)
        [portal] = runs.portals_of(connection, archive.crawl)
        counted.append((portal.found, portal.new, portal.changed, portal.unchanged, portal.withdrawn))
    assert counted == [(1, 1, 0, 0, 0), (1, 0, 0, 1, 0), (1, 0, 1, 0, 1)]


def test_a_new_revision_that_tells_reports_apart_withdraws_nothing(connection: Connection) -> None:
    archive = Builder(connection)
    archive.source()
    shown(archive, "page", replace(part("昌傅镇"), place=""))
    revisions.open_revision(connection, 2)
    for reading in (part(town, revision=2) for town in TOWNS):
        archive.read("page", reading)
    revisions.take_place(connection, 2)
    versions.derive(connection, 2)
    versions.derive(connection, 2)
    assert table_count(connection, "withdrawals") == 0
    assert {(d.agency, d.place, d.withdrawn) for d in documents.find(connection, 2)} == {
        (town, f"{town}.docx", False) for town in TOWNS
    }
    assert [d.place for d in documents.find(connection, 1)] == [""]
    assert connection.scalars(select(sources.c.place).order_by(sources.c.id)).first() == ""
