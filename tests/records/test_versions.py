"""Versions move with the government, revisions with our code; never mixed."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Connection, Engine, select

from archive.errors import UsageError
from archive.model import Status
from archive.records import documents, figures, revisions, runs, tables, versions
from archive.records.histories import version_readings
from archive.records.tables import crawl_portals, withdrawals
from archive.research.diff import compare
from archive.research.find import one_agency, one_document
from archive.research.history import restatements
from archive.research.history import runs as runs_of
from tests.records.builder import Builder, reading_of, table_count


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as opened:
        yield opened


def numbers(connection: Connection, source: int, revision: int = 1) -> list[int]:
    return [version.number for version in version_readings(connection, source, revision)]


def test_a_counter_that_moves_is_the_same_version_and_is_seen_later(connection: Connection) -> None:
    archive = Builder(connection)
    source = archive.source()
    for body in ("visit 1", "visit 2", "visit 2"):
        archive.seen(body)
    for body in ("visit 1", "visit 2"):
        archive.read(body, reading_of("the report"))
    versions.derive(connection, 1)
    [version] = version_readings(connection, source, 1)
    assert version.number == 1
    assert (version.last_seen - version.first_seen).total_seconds() == 2 * 3600
    [run] = runs_of(connection, [source], 1)
    assert run.captures == 3
    assert run.not_before is None


def test_changed_content_is_a_new_version_and_coming_back_a_second_run_of_the_first(connection: Connection) -> None:
    archive = Builder(connection)
    source = archive.source()
    for body in ("A", "B", "A"):
        archive.seen(body)
    for body in ("A", "B"):
        archive.read(body, reading_of(body, total="1" if body == "A" else "7"))
    versions.derive(connection, 1)
    versions.derive(connection, 1)
    assert numbers(connection, source) == [1, 2]
    found = runs_of(connection, [source], 1)
    assert [run.version for run in found] == [1, 2, 1]
    assert [run.not_before for run in found] == [None, found[0].last_seen, found[1].last_seen]
    document = one_document(connection, "青石镇", 2023)
    assert document.version == 1
    [restatement] = restatements(connection, document)
    [change] = restatement.figures
    assert change.indicator == "remedies.review.total"
    assert change.old is not None
    assert change.new is not None
    assert (change.old.value, change.new.value) == (Decimal(1), Decimal(7))


def test_content_that_changes_without_figures_is_a_version_but_no_restatement(connection: Connection) -> None:
    archive = Builder(connection)
    source = archive.source()
    for body in ("A", "B"):
        archive.seen(body)
        archive.read(body, reading_of(f"line\n{body}"))
    versions.derive(connection, 1)
    document = one_document(connection, "青石镇", 2023)
    assert restatements(connection, document) == []
    difference = compare(connection, source, 1, None, None)
    assert difference.text == ("- A", "+ B")


def test_gone_is_a_withdrawal_and_failures_say_nothing(connection: Connection) -> None:
    archive = Builder(connection)
    source = archive.source()
    archive.seen("A")
    archive.read("A", reading_of("A"))
    archive.seen("server error", status=500)
    versions.derive(connection, 1)
    assert table_count(connection, "withdrawals") == 0
    gone = archive.seen("not found", status=404)
    archive.seen("not found", status=404)
    versions.derive(connection, 1)
    versions.derive(connection, 1)
    [row] = connection.execute(select(withdrawals)).all()
    assert row.source_id == source
    assert row.capture_id >= gone
    assert one_document(connection, "青石镇", 2023).withdrawn
    back = archive.seen("A")
    versions.derive(connection, 1)
    [row] = connection.execute(select(withdrawals)).all()
    assert row.returned_capture_id == back
    assert not one_document(connection, "青石镇", 2023).withdrawn
    assert numbers(connection, source) == [1]


def test_a_body_cut_off_on_the_way_is_no_version(connection: Connection) -> None:
    archive = Builder(connection)
    source = archive.source()
    archive.seen("A")
    archive.read("A", reading_of("A"))
    archive.seen("half of A", truncated="disconnect")
    archive.read("half of A", reading_of("half"))
    versions.derive(connection, 1)
    assert numbers(connection, source) == [1]


def test_a_revision_that_reads_one_version_apart_opens_a_version_found_by_it(connection: Connection) -> None:
    archive = Builder(connection)
    source = archive.source()
    for body in ("visit 1", "visit 2", "other"):
        archive.seen(body)
        archive.read(body, reading_of("other" if body == "other" else "same"))
    versions.derive(connection, 1)
    assert numbers(connection, source) == [1, 2]
    revisions.open_revision(connection, 2)
    for body in archive.payload_ids:
        archive.read(body, reading_of(f"now {body}", 2, total="9"))
    assert one_document(connection, "青石镇", 2023).revision == 1
    revisions.take_place(connection, 2)
    versions.derive(connection, 2)
    found = version_readings(connection, source, 2)
    # in the order of first sight: what visit 2 showed stood before the other
    assert [(v.number, v.found_by, v.same_as) for v in found] == [(1, 1, None), (3, 2, None), (2, 1, None)]
    assert one_document(connection, "青石镇", 2023).revision == 2
    before = one_document(connection, "青石镇", 2023, revision=1)
    values = figures.figures_of(connection, [before.reading_id])[before.reading_id]
    assert values[1].value == Decimal(1)


def test_a_revision_that_comes_back_opens_no_version_for_what_came_meanwhile(connection: Connection) -> None:
    archive = Builder(connection)
    source = archive.source()
    revisions.open_revision(connection, 2)

    def given(body: str) -> None:
        archive.seen(body)
        for revision in (1, 2):
            archive.read(body, reading_of(body, revision))

    given("A")
    versions.derive(connection, 1)
    revisions.take_place(connection, 2)
    versions.derive(connection, 2)
    revisions.give_place_back(connection, 1)
    given("B")
    versions.derive(connection, 1)
    revisions.take_place(connection, 2)
    versions.derive(connection, 2)
    assert [(v.number, v.found_by, v.same_as) for v in version_readings(connection, source, 2)] == [
        (1, 1, None),
        (2, 1, None),
    ]
    opened = select(tables.versions.c.number).where(tables.versions.c.source_id == source)
    assert connection.scalars(opened.order_by("number")).all() == [1, 2]


def test_versions_that_now_read_the_same_are_marked(connection: Connection) -> None:
    archive = Builder(connection)
    source = archive.source()
    for body in ("A", "B"):
        archive.seen(body)
        archive.read(body, reading_of(body))
    versions.derive(connection, 1)
    revisions.open_revision(connection, 2)
    for body in ("A", "B"):
        archive.read(body, reading_of("one", 2))
    revisions.take_place(connection, 2)
    versions.derive(connection, 2)
    assert [(v.number, v.same_as) for v in version_readings(connection, source, 2)] == [(1, None), (2, 1)]


def test_figures_come_back_from_the_arrays_as_they_were_stored(connection: Connection) -> None:
    archive = Builder(connection)
    archive.source()
    archive.seen("A")
    reading = reading_of("A", total="12.50")
    archive.read("A", reading)
    versions.derive(connection, 1)
    document = one_document(connection, "青石镇", 2023)
    assert tuple(figures.figures_of(connection, [document.reading_id])[document.reading_id]) == reading.figures
    assert tuple(figures.checks_of(connection, [document.reading_id])[document.reading_id]) == reading.checks
    assert reading.figures[0].status is Status.BLANK


def test_a_document_with_two_renditions_prefers_the_one_that_is_still_there(connection: Connection) -> None:
    archive = Builder(connection)
    page, copy = archive.source(), archive.source("http://127.0.0.1/copy.html")
    archive.seen("A")
    archive.seen("B", "http://127.0.0.1/copy.html")
    for body in ("A", "B"):
        archive.read(body, reading_of(body))
    versions.derive(connection, 1)
    assert one_document(connection, "青石镇", 2023).source_id == page
    archive.seen("gone", status=410)
    versions.derive(connection, 1)
    document = one_document(connection, "青石镇", 2023)
    assert (document.source_id, document.withdrawn) == (copy, False)
    assert {source.id for source in documents.sources_of(connection, document.id, 1)} == {page, copy}


def test_an_ambiguous_agency_is_refused_with_the_candidates(connection: Connection) -> None:
    archive = Builder(connection)
    for place, agency in enumerate(("青石镇", "青石街道")):
        url = f"http://127.0.0.1/{place}.html"
        archive.source(url)
        archive.seen(agency, url)
        archive.read(agency, reading_of(agency, agency=agency))
    versions.derive(connection, 1)
    assert one_agency(connection, "青石镇").name == "青石镇"
    with pytest.raises(UsageError, match="990101/青石街道, 990101/青石镇"):
        one_agency(connection, "青石")
    with pytest.raises(UsageError, match="years there are: 2023"):
        one_document(connection, "青石镇", 2020)


def test_words_of_any_length_are_found_in_the_current_text(connection: Connection) -> None:
    archive = Builder(connection)
    archive.source()
    archive.seen("A")
    archive.read("A", reading_of("本街道共举办政务公开培训三次"))
    versions.derive(connection, 1)
    for word in ("培", "培训", "政务公开培训"):
        assert len(documents.find(connection, 1, words=[word])) == 1, word
    assert documents.find(connection, 1, words=["培训", "会议"]) == []
    assert documents.find(connection, 1, words=["%"]) == []


def test_a_crawl_counts_new_changed_unchanged_and_withdrawn(connection: Connection) -> None:
    archive = Builder(connection)
    urls = {name: f"http://127.0.0.1/{name}.html" for name in ("kept", "moved", "gone", "late")}
    for name in ("kept", "moved", "gone"):
        archive.source(urls[name])
        archive.seen(name, urls[name])
        archive.read(name, reading_of(name, agency=f"{name}镇"))
    count(archive, {"found": 3, "new": 3, "changed": 0, "unchanged": 0, "withdrawn": 0})
    archive.next_crawl()
    archive.seen("kept", urls["kept"])
    archive.seen("moved on", urls["moved"])
    archive.read("moved on", reading_of("moved on", agency="moved镇"))
    archive.seen("404", urls["gone"], status=404)
    archive.source(urls["late"])
    archive.seen("late", urls["late"])
    archive.read("late", reading_of("late", agency="late镇"))
    count(archive, {"found": 3, "new": 1, "changed": 1, "unchanged": 1, "withdrawn": 1})


def count(archive: Builder, wanted: dict[str, int]) -> None:
    """Derives, counts the crawl and compares."""
    connection = archive.connection
    versions.derive(connection, 1)
    connection.execute(crawl_portals.insert().values(crawl_id=archive.crawl, portal_id="990101-test"))
    runs.count_documents(connection, archive.crawl, "990101-test")
    [run] = runs.portals_of(connection, archive.crawl)
    assert {name: getattr(run, name) for name in wanted} == wanted


def test_a_file_without_a_name_belongs_to_the_page_that_linked_to_it(connection: Connection) -> None:
    archive = Builder(connection)
    file = "http://127.0.0.1/P01.docx"
    archive.source()
    archive.source(file)
    archive.seen("page")
    archive.read("page", replace(reading_of("page"), forms={}, figures=(), checks=()))
    archive.seen("file", file, context={"via": "http://127.0.0.1/a.html"})
    archive.read("file", replace(reading_of("file"), agency=None, year=None))
    versions.derive(connection, 1)
    document = one_document(connection, "青石镇", 2023)
    urls = {source.url for source in documents.sources_of(connection, document.id, 1)}
    assert urls == {"http://127.0.0.1/a.html", file}
    assert document.url == file


def test_a_column_that_fixes_the_agency_overrules_the_report(connection: Connection) -> None:
    archive = Builder(connection)
    archive.source()
    archive.seen("A", context={"agency": "禾城财政局"})
    archive.read("A", reading_of("A"))
    versions.derive(connection, 1)
    assert one_document(connection, "禾城财政局", 2023).title == reading_of("A").title
