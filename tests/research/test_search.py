"""Searching texts: nothing that LIKE finds is missed; ranks, passages, facets and filters say what is there."""

import random
from collections.abc import Iterator
from dataclasses import replace
from math import prod

import pytest
from sqlalchemy import Connection, Engine, func, select, text

from archive.errors import UsageError
from archive.model import Check, Verdict
from archive.records import tables, versions
from archive.records.filters import Filters, Scope
from archive.records.search_statements import WAYS, By, given, shape_of, texts_narrowed
from archive.records.searching import candidates, expected, name_agencies
from archive.research import search as searching
from archive.research.filters import filters_of
from archive.research.passages import passages_of
from archive.research.search import Found, search
from archive.research.terms import asked, parsed
from tests.records.builder import Builder, reading_of

AGENCIES_OF_DOCUMENTS = text("SELECT name, d.id FROM agencies a JOIN documents d ON d.agency_id = a.id")
LETTERS = "政府信息公开年度报告申请数量培训会议〇一二三AbaB019０１９％%_\\ \n\t\u3000é𠮷（("


@pytest.fixture
def archive(engine: Engine) -> Iterator[Builder]:
    with engine.begin() as connection:
        yield Builder(connection)


def add(archive: Builder, body: str, *, agency: str = "青石镇", year: int = 2023, fails: bool = False) -> None:
    """Adds a report with a text of its own."""
    url = f"http://127.0.0.1/{len(archive.payload_ids)}.html"
    archive.source(url)
    archive.seen(url, url)
    reading = reading_of(url, agency=agency, year=year)
    verdict = Verdict.FAILS if fails else Verdict.HOLDS
    archive.read(url, replace(reading, text=body, checks=(Check("remedies.total.review", verdict),)))


def found(connection: Connection, query: str, filters: Filters | None = None, limit: int = 500) -> Found:
    return search(connection, parsed(query), filters, limit=limit)


def named(answer: Found) -> list[tuple[str, int]]:
    return [(result.document.agency, result.document.year) for result in answer.results]


def invented(random_: random.Random) -> str:
    return "".join(random_.choices(LETTERS, k=random_.randint(0, 80)))


def test_all_that_like_finds_is_found_whatever_the_word(archive: Builder) -> None:
    random_ = random.Random(11)
    texts = {f"第{number}镇": invented(random_) for number in range(70)}
    for agency, body in texts.items():
        add(archive, body, agency=agency)
    connection = archive.connection
    versions.derive(connection, 1)
    connection.execute(text("analyze texts"))
    hits = 0
    for body in [body for body in texts.values() if body.strip()]:
        start = random_.randrange(len(body))
        word = body[start : start + random_.randint(1, 6)]
        like = select(func.count()).select_from(tables.texts).where(tables.texts.c.body.contains(word, autoescape=True))
        answer = search(connection, asked([word]), limit=500)
        there = {result.document.agency for result in answer.results}
        assert there >= {agency for agency, other in texts.items() if word in other}, word
        assert not answer.truncated
        assert answer.total == len(answer.results) >= (connection.scalar(like) or 0)
        for result in answer.results:  # what is found in addition is the same word in another width or case
            ways = asked([word]).words[0].written
            assert any(way in texts[result.document.agency] for way in ways)
            assert result.counts == (sum(texts[result.document.agency].count(way) for way in ways),)
        hits += answer.total
    assert hits > 2 * len(texts)


def test_the_index_alone_leaves_nothing_out_either(archive: Builder) -> None:
    random_ = random.Random(12)
    texts = {f"第{number}镇": invented(random_) for number in range(30)}
    for agency, body in texts.items():
        add(archive, body, agency=agency)
    versions.derive(archive.connection, 1)
    scope = Scope(archive.connection, 1, None, Filters())
    everything = candidates(scope, [], by=By.NEWEST, named=False, most=100)
    assert len(everything) == 30
    for body in texts.values():
        word = body[:2]
        narrowed = candidates(scope, [[word]], by=By.TEXTS, named=False, most=100)
        assert candidates(scope, [[word], [word[0]]], by=By.YEARS, named=False, most=100) == narrowed
        assert candidates(scope, [[word]], by=By.YEARS, named=False, most=1) == narrowed[:1]
        ways, other = [word, body[5:7]], body[9:11]
        either = {*narrowed, *candidates(scope, [[ways[1]]], by=By.TEXTS, named=False, most=100)}
        for by in (By.TEXTS, By.YEARS):
            assert set(candidates(scope, [ways], by=by, named=False, most=100)) == either
            both = set(candidates(scope, [[word], [other]], by=by, named=False, most=100))
            assert both == {*narrowed} & {*candidates(scope, [[other]], by=by, named=False, most=100)}
            mixed = candidates(scope, [ways, [other]], by=by, named=False, most=100)
            assert set(mixed) == either & {*candidates(scope, [[other]], by=by, named=False, most=100)}
        holding = [agency for agency, other in texts.items() if word in other]
        assert len(holding) <= len(narrowed)
        assert set(narrowed) <= set(everything)


def test_several_words_phrases_and_words_to_be_without(archive: Builder) -> None:
    add(archive, "举办政务公开培训三次", agency="甲镇")
    add(archive, "政务公开 培训", agency="乙镇")
    add(archive, "培训会议", agency="丙镇")
    versions.derive(archive.connection, 1)
    asking = archive.connection
    assert {agency for agency, _ in named(found(asking, "培训 公开"))} == {"甲镇", "乙镇"}
    assert named(found(asking, '"公开 培训"')) == [("乙镇", 2023)]
    assert named(found(asking, "“公开 培训”")) == [("乙镇", 2023)]
    assert named(found(asking, "培训　-公开")) == [("丙镇", 2023)]
    assert named(found(asking, '培训 -"公开 培训" -会议')) == [("甲镇", 2023)]
    assert found(asking, "培训 视频").total == 0


def test_width_and_case_do_not_matter(archive: Builder) -> None:
    add(archive, "２０２３年受理Ａ类申请（含App）", agency="宽镇")
    add(archive, "2023年受理A类申请(含APP)", agency="窄镇")
    versions.derive(archive.connection, 1)
    for word in ("2023年", "２０２３年", "A类", "ａ类", "(含", "（含"):
        assert found(archive.connection, word).total == 2, word
    assert found(archive.connection, "app").total == 1  # App is neither app nor APP nor typed so
    assert found(archive.connection, "App").total == 2


def test_traditional_characters_find_simplified_ones_sign_by_sign_and_word_by_word(archive: Builder) -> None:
    add(archive, "政府信息公开行政复议", agency="甲镇")
    add(archive, "政府资讯公开", agency="乙镇")
    add(archive, "於潜镇信息公开", agency="丙镇")
    versions.derive(archive.connection, 1)
    assert {name for name, _ in named(found(archive.connection, "資訊公開"))} == {"甲镇", "乙镇", "丙镇"}
    assert named(found(archive.connection, "行政復議")) == [("甲镇", 2023)]
    assert named(found(archive.connection, "於潜")) == [("丙镇", 2023)]
    [passage] = found(archive.connection, "行政復議").results[0].passages
    assert [passage.text[first:last] for first, last in passage.marks] == ["行政复议"]


def test_title_and_agency_come_first_then_density_then_year(archive: Builder) -> None:
    add(archive, "培训" + "无" * 3000, agency="稀镇", year=2023)
    add(archive, "培训，培训，培训" + "无" * 100, agency="密镇", year=2020)
    add(archive, "培训" + "无" * 3000, agency="旧镇", year=2019)
    add(archive, "培训一次" + "无" * 6000, agency="培训中心", year=2018)
    versions.derive(archive.connection, 1)
    assert [agency for agency, _ in named(found(archive.connection, "培训"))] == ["培训中心", "密镇", "稀镇", "旧镇"]


def test_what_is_common_is_bounded_and_said_to_be(archive: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    for year in range(2000, 2020):
        add(archive, f"{year}公开", agency="青石镇", year=year)
    add(archive, "公开", agency="公开办", year=1999)
    versions.derive(archive.connection, 1)
    monkeypatch.setattr(searching, "BOUND", 8)
    answer = found(archive.connection, "公开", limit=4)
    assert answer.truncated
    assert answer.total == 8
    assert named(answer) == [("公开办", 1999), ("青石镇", 2019), ("青石镇", 2018), ("青石镇", 2017)]
    assert sum(answer.facets["year"].values()) == 8
    whole = found(archive.connection, "公开", limit=30)
    assert (whole.total, whole.truncated) == (21, False)  # who asks for more has more looked at
    narrow = found(archive.connection, "公开", filters_of(archive.connection, years=(2000, 2004)), limit=4)
    assert (narrow.total, narrow.truncated) == (5, False)


def test_signs_of_a_pattern_are_letters_in_a_name(archive: Builder) -> None:
    for agency in ("甲%_镇", "甲镇", "乙\\镇", "丙镇"):
        add(archive, "甲%_镇、乙\\镇、丙镇", agency=agency)
    versions.derive(archive.connection, 1)
    scope = Scope(archive.connection, 1, None, Filters())
    of_each = dict(map(tuple, archive.connection.execute(AGENCIES_OF_DOCUMENTS)))
    for word, agency in (("%_", "甲%_镇"), ("\\镇", "乙\\镇"), ("\\", "乙\\镇"), ("丙镇", "丙镇")):
        assert name_agencies(archive.connection, [["没有"], [word]])
        assert candidates(scope, [[word]], by=By.YEARS, named=True, most=9) == [of_each[agency]]
    assert not name_agencies(archive.connection, [["没有"], ["_甲"], ["丁"]])


def test_of_a_word_whose_frequency_is_known_nothing_is_counted(
    archive: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        add(archive, f"{'公开' if number % 2 else '公布'} {number}", agency=f"第{number}镇")
    archive.connection.execute(text("analyze texts"))
    connection = archive.connection
    assert searching.found_by(connection, [["公开"]]) is By.NEWEST
    monkeypatch.setattr(searching, "COMMON", 0.6)
    assert searching.found_by(connection, [["公开"]]) is By.TEXTS  # few for a number like FEW
    monkeypatch.setattr(searching, "FEW", 20)
    assert searching.found_by(connection, [["公开"]]) is By.YEARS
    assert searching.found_by(connection, [["公开"], ["没有"]]) is By.TEXTS
    assert expected(connection, [["公开"], ["公布"]]).texts == pytest.approx(15)  # a quarter, were they met by chance
    assert expected(connection, [["公开", "公布"]]).texts == pytest.approx(60)  # each way has its own
    assert expected(connection, [["公开", "公布", "公布"]]).share == pytest.approx(1.0)  # and no more than there are
    monkeypatch.setattr("archive.records.searching.are_few", lambda *_: pytest.fail("counted"))
    assert searching.found_by(connection, [["公开"]]) is By.YEARS
    with pytest.raises(pytest.fail.Exception):
        searching.found_by(connection, [["公开"], ["公布"]])
    with pytest.raises(pytest.fail.Exception):
        searching.found_by(connection, [["公开办"]])  # its pairs may be frequent, and it rare


def test_no_pairs_are_worked_out_for_words_in_several_ways(archive: Builder) -> None:
    for number in range(200):
        body = f"{'公开' if number % 2 else '公布'}{'罕见' if number < 3 else ''} {number}"
        add(archive, body, agency=f"第{number}镇")
    archive.connection.execute(text("ANALYZE texts"))
    archive.connection.execute(text("SET LOCAL enable_seqscan = off"))  # as if there were many
    for words in ([["公开", "公布"], ["罕见"]], [["罕见", "没有"], ["公开", "公布"]]):
        narrowed = texts_narrowed(shape_of(words), (True, True)).params(given(words))
        written = narrowed.compile(archive.connection, compile_kwargs={"literal_binds": True})
        plan = "\n".join(archive.connection.scalars(text(f"EXPLAIN {written}")))
        assert "Index Cond" in plan
        assert "Filter" not in plan, plan
        assert len(set(archive.connection.scalars(narrowed))) == 3


def test_words_in_too_many_ways_are_found_all_the_same(archive: Builder) -> None:
    for agency, body in (("甲镇", "App Web Pdf Doc"), ("乙镇", "APP web PDF doc"), ("丙镇", "app aPp web pdf")):
        add(archive, body, agency=agency)
    versions.derive(archive.connection, 1)
    assert named(found(archive.connection, "App Web Pdf Doc")) == [("乙镇", 2023), ("甲镇", 2023)]
    ways = [word.written for word in parsed("App Web Pdf Doc").words]
    assert prod(shape_of(ways)) > WAYS


def test_common_words_are_known_from_the_statistics(archive: Builder) -> None:
    random_ = random.Random(13)
    for number in range(60):
        add(archive, "公开" + "".join(random_.choices("甲乙丙丁戊己庚辛", k=20)), agency=f"第{number}镇")
    assert expected(archive.connection, [["公开"]]).share == 0.0  # never analysed: the index is asked
    archive.connection.execute(text("analyze texts"))
    assert expected(archive.connection, [["公开"]]).share == 1.0
    assert expected(archive.connection, [["公开"], ["罕见词"]]).share == 0.0
    assert expected(archive.connection, [["公開", "公开"]]).share == 1.0
    assert expected(archive.connection, [["公开"], ["公開", "公开"], ["公"]]).share == 1.0
    assert expected(archive.connection, [["公"]]).share == 1.0
    versions.derive(archive.connection, 1)
    assert found(archive.connection, "公开").total == 60


def test_filters_narrow_and_facets_count(archive: Builder) -> None:
    add(archive, "培训", agency="甲镇", year=2022)
    add(archive, "培训", agency="甲镇", year=2023, fails=True)
    add(archive, "培训", agency="乙镇", year=2023)
    add(archive, "会议", agency="丙镇", year=2023)
    versions.derive(archive.connection, 1)
    answer = found(archive.connection, "培训")
    assert answer.facets["year"] == {"2023": 2, "2022": 1}
    assert answer.facets["province"] == {"99": 3}
    assert answer.facets["form"] == {"2021": 3}
    assert answer.facets["checks"] == {"holding": 2, "failing": 1}
    assert answer.facets["type"] == {"text/html": 3}
    assert found(archive.connection, "").facets["year"] == {"2023": 3, "2022": 1}

    def asking(**filters: object) -> list[tuple[str, int]]:
        given = filters_of(archive.connection, **filters)  # type: ignore[arg-type]
        both = named(found(archive.connection, "培训", given)), named(found(archive.connection, "", given))
        assert set(both[0]) == set(both[1]) - {("丙镇", 2023)}
        return sorted(both[0])

    assert asking(year=2022) == [("甲镇", 2022)]
    assert asking(years=(2023, None)) == [("乙镇", 2023), ("甲镇", 2023)]
    assert asking(years=(None, 2022)) == [("甲镇", 2022)]
    assert asking(checks="failing") == [("甲镇", 2023)]
    assert asking(checks="holding") == [("乙镇", 2023), ("甲镇", 2022)]
    assert asking(agency="甲") == [("甲镇", 2022), ("甲镇", 2023)]
    assert asking(division="9901", form="2021", file_type="html", portal="990101-test") == asking()
    for nothing in ({"division": "98"}, {"form": "2019"}, {"file_type": "pdf"}, {"level": "county"}):
        assert asking(**nothing) == []
    for wrong in ({"division": "青禾"}, {"level": "city"}, {"checks": "broken"}, {"agency": "a\0"}):
        with pytest.raises(UsageError):
            filters_of(archive.connection, **wrong)  # type: ignore[arg-type]
    for wrong, like in (
        ({"form": "2012"}, "2021"),
        ({"file_type": "word"}, "docx"),
        ({"portal": "99010-test"}, "-test"),
    ):
        with pytest.raises(UsageError, match=like):
            filters_of(archive.connection, **wrong)  # type: ignore[arg-type]


def test_only_what_is_current_answers_unless_asked_otherwise(archive: Builder) -> None:
    url = "http://127.0.0.1/a.html"
    archive.source(url)
    archive.seen("A", url)
    archive.read("A", replace(reading_of("A"), text="旧稿讲培训"))
    versions.derive(archive.connection, 1)
    then = archive.connection.scalar(select(func.max(tables.captures.c.captured_at)))
    archive.seen("B", url)
    archive.read("B", replace(reading_of("B"), text="新稿讲会议"))
    versions.derive(archive.connection, 1)
    assert found(archive.connection, "培训").total == 0
    assert found(archive.connection, "会议").total == 1
    assert search(archive.connection, parsed("培训"), as_of=then).total == 1
    assert search(archive.connection, parsed("会议"), as_of=then).total == 0
    with pytest.raises(UsageError, match="revision 9"):
        search(archive.connection, parsed("会议"), revision=9)


def test_a_passage_is_marked_where_the_words_are() -> None:
    body = "标题\n一、总体情况\n" + "前" * 50 + "培训和会议" + "后" * 90 + "\n二、主动公开政府信息情况\n再次培训。"
    one, two = passages_of(body, [["培训"], ["会议"]])
    assert [one.text[start:end] for start, end in one.marks] == ["培训", "会议"]
    assert (one.section, one.cut) == ("一、总体情况", (True, True))
    assert [two.text[start:end] for start, end in two.marks] == ["培训"]
    assert (two.text, two.section, two.cut) == ("再次培训。", "二、主动公开政府信息情况", (False, False))


def test_passages_of_words_that_overlap_or_stand_everywhere() -> None:
    [one] = passages_of("政务公开公开公开", [["务公"], ["公开公"]])
    assert [one.text[start:end] for start, end in one.marks] == ["务公开公"]
    many = passages_of("\n".join(f"{n}培训" for n in range(50)), [["培训"]])
    assert [passage.text for passage in many] == ["0培训", "1培训", "2培训"]
    assert passages_of("没有", [["培训"]]) == []
    [broken] = passages_of("培\n训", [["培\n训"]])
    assert (broken.text, broken.marks) == ("培 训", ((0, 3),))


def test_a_word_far_down_a_long_text_has_its_passage(archive: Builder) -> None:
    add(archive, "无" * 500_000 + "\n三、收到和处理政府信息公开申请情况\n培训" + "无" * 50_000)
    versions.derive(archive.connection, 1)
    [result] = found(archive.connection, "培训").results
    assert [passage.section for passage in result.passages] == ["三、收到和处理政府信息公开申请情况"]
    assert len(result.passages[0].text) < 200


def test_what_cannot_be_asked_is_refused_by_name() -> None:
    for query in ("a\0b", "\ud800", "长" * 101, " ".join(f"词{n}" for n in range(11))):
        with pytest.raises(UsageError):
            parsed(query)
    assert parsed('"" - ""') == asked([], [])
