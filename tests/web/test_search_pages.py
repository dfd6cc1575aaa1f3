"""Searching in a real browser: words, facets, agencies, nothing found; without JavaScript and by keyboard alone."""

import csv
import io
import json
import re
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote

import pytest

from archive.research.search import BOUND
from tests.web.answers import asked
from tests.web.conftest import accessible, follow, overflow

WORD = "申请"
AGENCY = "青禾县财政局"
PAGES = (
    "/",
    f"/search?q={quote(WORD)}",
    "/search?checks=failing",
    "/search?q=zzzz&year=2023",
    "/agencies",
    "/agencies?region=990101",
    "/agencies?q=qh",
    f"/agencies/990101/{quote(AGENCY)}",
)


def get(base: str, path: str) -> Any:
    with urllib.request.urlopen(base + path) as answer:
        return answer.read().decode("utf-8-sig"), answer.headers


def api(base: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(get(base, f"/api/v1{path}")[0])
    return found


def test_a_word_of_two_characters_leads_to_a_report(either_page: Any) -> None:
    either_page.goto("/")
    either_page.locator("#first-q").fill(WORD)
    follow(either_page.get_by_role("main").get_by_role("button", name="检索"))
    assert either_page.url.endswith(f"/search?q={quote(WORD)}")
    first = either_page.locator(".results > li").first
    assert set(first.locator("mark").all_inner_texts()) == {WORD}
    assert re.search(r"显示 1–\d+，共 \d+ 条", either_page.get_by_role("main").inner_text())
    name = first.locator("h2").inner_text()
    follow(first.locator("h2 a"))
    agency, _, year = name.rpartition(" ")
    main = either_page.get_by_role("main").inner_text()
    assert agency in main
    assert year in main


def test_the_same_by_keyboard_alone(page: Any) -> None:
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type(WORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    page.keyboard.press("j")
    assert "/reports/" in page.locator(":focus").get_attribute("href")
    page.keyboard.press("j")
    page.keyboard.press("k")
    address = page.locator(":focus").get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")


def test_facets_narrow_and_can_be_taken_back(either_page: Any) -> None:
    either_page.goto(f"/search?q={quote(WORD)}")
    facets = either_page.get_by_role("navigation", name="缩小范围")
    year = facets.get_by_role("link", name="2022")
    count = int(year.locator("xpath=..").locator(".n").inner_text())
    follow(year)
    assert either_page.locator(".results > li").count() == count
    assert all(text.endswith("2022") for text in either_page.locator(".results h2").all_inner_texts())
    follow(either_page.locator(".given a"))
    assert either_page.locator(".results > li").count() > count


def test_an_agency_is_found_by_initials_and_shows_its_years(either_page: Any) -> None:
    either_page.goto("/agencies?q=qhxczj")
    follow(either_page.get_by_role("main").get_by_role("link", name=AGENCY, exact=True))
    main = either_page.get_by_role("main")
    assert main.get_by_role("heading", level=1).inner_text() == AGENCY
    years = main.locator(".year-strip a")
    assert "已收" in years.first.inner_text()
    assert main.locator("svg.spark polyline").count() == 5
    assert main.locator("svg.spark").first.locator("line.break").count() == 1  # 2021
    follow(years.first)
    assert AGENCY in either_page.get_by_role("main").inner_text()


def test_places_lead_down_to_an_agency(page: Any) -> None:
    page.goto("/agencies")
    seen = []
    for _ in range(4):
        places = page.locator(".places a")
        if places.count() == 0:
            break
        seen.append(places.first.inner_text())
        follow(places.first)
    assert page.locator("table tbody th a").count() > 1
    assert seen


def test_nothing_found_says_why_and_what_to_try(page: Any) -> None:
    page.goto(f"/search?q={quote(WORD)}+zzzz&year=2023")
    told = page.locator(".empty").inner_text()
    assert f"{WORD} zzzz" in told
    follow(page.locator(".empty").get_by_role("link", name=WORD, exact=True))
    assert page.locator(".results > li").count() > 0


def test_the_first_page_counts_what_there_is(page: Any, base: str) -> None:
    whole = api(base, "/reports?limit=500")
    page.goto("/en/")
    numbers = [int(text) for text in page.locator(".numbers dd a").all_inner_texts()]
    assert numbers == [api(base, "/agencies")["total"], whole["total"]]
    strip = page.locator(".strip a").all_inner_texts()
    assert sum(int(text.split()[0]) for text in strip) == whole["total"]
    assert page.locator("#revised ~ ul a").first.is_visible()


def test_page_files_and_api_give_the_same(base: str) -> None:
    question = f"?q={quote(WORD)}&from=2021&to=2023"
    answer = api(base, f"/search{question}&limit=500")
    assert answer["total"] == len(answer["reports"]) > 10
    assert (answer["next"], answer["total_truncated"]) == (None, False)
    assert sum(answer["facets"]["year"].values()) == answer["total"]
    text, headers = get(base, f"/search.csv{question}")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["agency"], row["year"]) for row in rows] == [(r["agency"], str(r["year"])) for r in answer["reports"]]
    assert headers["X-Row-Count"] == headers["X-Total-Count"] == str(answer["total"])
    assert headers["X-Total-Truncated"] == "false"
    siblings = json.loads(get(base, f"/search.json{question}")[0])
    assert siblings["reports"] == answer["reports"]


def test_what_lies_beyond_the_best_is_refused_and_what_lies_before_is_given(base: str) -> None:
    assert api(base, f"/search?q={quote(WORD)}&start={BOUND - 1}&limit=500")["count"] == 0
    with pytest.raises(urllib.error.HTTPError, match="422"):
        get(base, f"/search.json?q={quote(WORD)}&start={BOUND}")
    assert len(list(csv.reader(io.StringIO(get(base, "/search.csv?limit=1000")[0])))) > 10


def test_pages_of_the_api_make_it_whole(base: str) -> None:
    for path, key in (("/reports", "reports"), ("/agencies", "agencies"), (f"/search?q={quote(WORD)}", "reports")):
        rows: list[dict[str, Any]] = []
        following: int | None = 0
        while following is not None:
            part = api(base, f"{path}{'&' if '?' in path else '?'}limit=7&start={following}")
            rows += part[key]
            following = part["next"]
        assert len(rows) == part["total"]
        assert len({json.dumps(row, sort_keys=True) for row in rows}) == part["total"]


def test_an_agency_as_json_and_its_series_as_csv(base: str) -> None:
    one = api(base, f"/agencies/990101/{quote(AGENCY)}")
    assert one["portals"][0]["portal"] == "990101-qinghe"
    text, _ = get(base, f"/agencies/990101/{quote(AGENCY)}.csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {int(row["year"]) for row in rows} >= set(one["years"])
    assert {row["indicator"] for row in rows} >= {"requests.received.total", "remedies.review.total"}
    assert json.loads(get(base, f"/agencies/990101/{quote(AGENCY)}.json")[0]) == one


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/search?q=a&start=5000", 422),
        ("/search?level=city", 422),
        ("/search?q=" + quote("长" * 150), 422),
        ("/search?region=36x", 422),
        ("/search?as_of=yesterday", 422),
        ("/search?year=&from=&checks=", 200),
        ("/agencies?level=city", 422),
        ("/agencies/990101/x", 404),
        ("/agencies/990101/x.csv", 404),
        ("/api/v1/search?in=nowhere", 422),
        ("/api/v1/search?revision=9", 422),
    ],
)
def test_what_cannot_be_asked(base: str, path: str, status: int) -> None:
    assert asked(base + path).status == status


def test_every_page_is_accessible_and_fits_its_window(page: Any) -> None:
    for path in (*PAGES, "/en/", f"/en/search?q={quote(WORD)}", f"/en/agencies/990101/{quote(AGENCY)}"):
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(path)
        assert overflow(page) == 0, path
        assert accessible(page) == [], path
        for width in (768, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert overflow(page) == 0, (path, width)
