"""Several reports in one document are read each on its own; one report is never split."""

from collections.abc import Sequence
from random import Random

import pytest

from archive.model import Hints, Payload, Reading
from archive.read import read, read_all
from tests.compose import page
from tests.compose.judge import judge
from tests.compose.several import AFTER, Report, docx, html, paged, report, xlsx

TOWNS = ("昌傅镇", "大桥街道", "店下镇")
SEEDS = range(12)


def readings(data: bytes) -> tuple[Reading, ...]:
    return read_all(Payload(data), Hints(url="http://127.0.0.1/zwgk/2023/t20230118_1.html"))


def assert_read(found: Sequence[Reading], reports: Sequence[Report]) -> None:
    """Each reading is of its report: identity, every cell, text; places and contents differ."""
    assert [(r.agency, r.year) for r in found] == [(one.agency, one.year) for one in reports]
    assert [r.title for r in found] == [one.title for one in reports]
    for reading, one in zip(found, reports, strict=True):
        verdict = judge(reading, one.printed)
        assert (verdict.false, verdict.unreadable) == ((), ())
        assert one.opening[1] in reading.text
        for other in reports:
            assert other is one or other.opening[1] not in reading.text
        assert "主办" not in reading.text
    assert len({r.place for r in found}) == len(reports)
    assert len({r.content_hash for r in found}) == len(reports)


def assert_one(data: bytes, one: Report) -> Reading:
    """The payload is one report, and every cell of it is right."""
    [found] = readings(data)
    assert (found.agency, found.year, found.place) == (one.agency, one.year, "")
    verdict = judge(found, one.printed)
    assert (verdict.false, verdict.unreadable) == ((), ())
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_three_townships_on_one_page(seed: int) -> None:
    rng = Random(seed)
    reports = [report(town, rng.choice((2020, 2022)), rng) for town in TOWNS]
    body = "".join(
        rng.choice(("<div>{}</div>", "<table><tr><td>{}</td></tr></table>", "{}")).format(html(r, rng)) for r in reports
    )
    found = readings(paged(body))
    assert_read(found, reports)
    assert [r.place for r in found] == [f"{one.agency} {one.year}" for one in reports]


@pytest.mark.parametrize("seed", SEEDS)
def test_two_years_of_one_agency(seed: int) -> None:
    rng = Random(seed)
    reports = [report("昌傅镇", year, rng) for year in (2022, 2021, 2020)]
    assert_read(readings(paged("".join(html(r, rng) for r in reports))), reports)


@pytest.mark.parametrize("seed", range(4))
def test_twelve_departments_in_a_docx(seed: int) -> None:
    rng = Random(seed)
    names = ["财政", "教育", "民政", "司法", "水利", "农业农村", "商务", "审计", "统计", "林业", "医疗保障", "应急管理"]
    reports = [report(f"云岫县{name}局", 2022, rng) for name in names]
    contents = ("目录", *(one.title for one in reports))
    assert_read(readings(docx(reports, rng)), reports)
    assert_read(readings(docx(reports, rng, before=contents)), reports)


def test_a_place_stays_when_a_report_comes_above() -> None:
    rng = Random(1)
    old, new = report("昌傅镇", 2021, rng), report("昌傅镇", 2022, rng)
    older = report("昌傅镇", 2020, rng)
    bodies = {one.year: html(one, rng) for one in (older, old, new)}
    before = readings(paged(bodies[2021] + bodies[2020]))
    after = readings(paged(bodies[2022] + bodies[2021] + bodies[2020]))
    assert [(r.place, r.content_hash) for r in after[1:]] == [(r.place, r.content_hash) for r in before]


def test_titles_that_name_only_the_year_have_the_agency_of_the_page() -> None:
    rng = Random(2)
    reports = [report("昌傅镇", year, rng) for year in (2022, 2021)]
    body = "".join(html(r, rng, f"{r.year}年政府信息公开工作年度报告") for r in reports)
    found = readings(paged(body, "昌傅镇政府信息公开年报"))
    assert [(r.agency, r.year) for r in found] == [("昌傅镇", 2022), ("昌傅镇", 2021)]
    for reading, one in zip(found, reports, strict=True):
        assert judge(reading, one.printed).false == ()


def test_reports_without_titles_where_sections_and_tables_come_again() -> None:
    rng = Random(3)
    reports = [report(town, 2022, rng) for town in TOWNS]
    body = "".join(f"<h3>{r.agency}</h3>" + html(r, rng, "") for r in reports)
    found = readings(paged("<h1>云岫县乡镇2022年政府信息公开工作年度报告</h1>" + body))
    assert len(found) == 3
    for reading, one in zip(found, reports, strict=True):
        assert judge(reading, one.printed).false == ()
    assert [r.agency for r in found[1:]] == list(TOWNS[1:])


def test_a_department_without_tables_stands_among_others_on_its_own() -> None:
    rng = Random(4)
    first, last = report("昌傅镇", 2022, rng), report("店下镇", 2022, rng)
    words = "<h2>大桥街道2022年政府信息公开工作年度报告</h2><p>本街道未收到申请。</p><p>本街道没有复议。</p>"
    found = readings(paged(html(first, rng) + words + html(last, rng)))
    assert [r.agency for r in found] == ["昌傅镇", "大桥街道", "店下镇"]
    assert [len(r.forms) for r in found] == [3, 0, 3]
    assert "本街道" not in found[0].text


def test_reports_in_annexes() -> None:
    rng = Random(10)
    county = report("云岫县", 2022, rng)
    offices = [report(f"云岫县{name}局", 2022, rng) for name in ("财政", "教育")]
    annexes = "".join(html(one, rng, f"附件{n}：{one.title}") for n, one in enumerate(offices, 1))
    names = "".join(f"<p>附件{n}：{one.title}</p>" for n, one in enumerate(offices, 1))
    whole = html(county, rng, "云岫县人民政府2022年政府信息公开工作年度报告")
    for between in ("", names):
        first, *rest = readings(paged(whole + between + annexes))
        assert (first.agency, judge(first, county.printed).false) == ("云岫县", ())
        assert_read(rest, offices)


def test_sheets_of_a_workbook() -> None:
    rng = Random(11)
    reports = [report(town, 2022, rng) for town in TOWNS]
    assert [
        (r.agency, judge(r, one.printed).false) for r, one in zip(readings(xlsx(reports)), reports, strict=True)
    ] == [(town, ()) for town in TOWNS]


# ── one report stays one ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", SEEDS)
def test_a_repeated_title(seed: int) -> None:
    rng = Random(seed)
    one = report("昌傅镇", 2022, rng)
    body = html(one, rng)
    assert_one(paged(f"<h1>{one.title}</h1><p>{one.title}</p>{body}"), one)
    cut = body.index(page.HEADINGS["requests"])
    running = f"<p>{one.title}</p>"
    assert_one(paged(body[:cut] + running + "<p>" + body[cut:]), one)


@pytest.mark.parametrize(
    "title",
    ["昌傅镇2021年政府信息公开工作年度报告", "大桥街道2022年政府信息公开工作年度报告", "政府信息公开工作年度报告"],
)
@pytest.mark.parametrize("where", ["before", "inside", "after", "link", "attachment"])
def test_another_title_that_is_only_quoted(title: str, where: str) -> None:
    rng = Random(5)
    one = report("昌傅镇", 2022, rng)
    body = html(one, rng)
    cut = body.index(f"<p>{page.HEADINGS['requests']}")
    pages = {
        "before": f"<p>{title}</p><h1>{one.title}</h1>{body}",
        "inside": f"{body[:cut]}<p>{title}</p>{body[cut:]}",
        "after": f"{body}<p>{title}</p>",
        "link": f"{body}<p><a href='1.html'>{title}</a></p>",
        "attachment": f"{body}<p>附件：{title}.docx</p>",
    }
    [found] = readings(paged(pages[where]))
    assert (found.place, found.year) == ("", 2022 if where != "before" else found.year)
    assert judge(found, one.printed).false == ()
    assert len(found.forms) == 3


def test_a_summary_before_the_report() -> None:
    rng = Random(6)
    one = report("昌傅镇", 2022, rng)
    lines = ("一、公开数量", "全年公开三百条。", "二、申请", "收到二件。", "三、复议", "没有。")
    summary = f"<h1>{one.title}（摘要）</h1>" + "".join(f"<p>{line}</p>" for line in lines)
    assert_one(paged(summary + html(one, rng)), one)


def test_a_list_of_contents_before_the_report() -> None:
    rng = Random(7)
    one = report("昌傅镇", 2022, rng)
    contents = ("目录", "一、总体情况", *page.HEADINGS.values(), AFTER[0], AFTER[2])
    assert_one(docx([one], rng, before=(one.title, *contents)), one)
    assert_one(docx([one], rng, before=(one.title, "政府信息公开工作年度报告", *contents)), one)


def test_announcement_with_titles_of_attached_reports() -> None:
    titles = "".join(f"<p>{town}2022年政府信息公开工作年度报告</p>" for town in TOWNS)
    assert len(readings(paged(f"<h1>云岫县各乡镇2022年政府信息公开工作年度报告</h1>{titles}<p>全文见附件。</p>"))) == 1


def test_a_copy_for_telephones() -> None:
    rng = Random(8)
    one = report("昌傅镇", 2022, rng)
    body = html(one, rng)
    found = readings(paged(f"<div>{body}</div><div class=phone>{body}</div>"))
    assert len(found) == 1
    assert judge(found[0], one.printed).false == ()


def test_read_gives_the_first() -> None:
    rng = Random(9)
    reports = [report(town, 2022, rng) for town in TOWNS]
    data = paged("".join(html(r, rng) for r in reports))
    assert read(Payload(data), Hints()).agency == TOWNS[0]
