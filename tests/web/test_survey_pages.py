"""Coverage, checks, restatements, comparison, status and method in a real browser, and their files."""

import csv
import io
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.web.conftest import accessible, follow, overflow

RECEIVED = "requests.received.total"
COUNTY = quote("990101/青禾县")
PAGES = (
    "/coverage",
    "/coverage?region=990101",
    "/coverage?by=portal",
    "/coverage/gaps",
    "/checks",
    "/checks?identity=remedies.total.review",
    "/checks/failures",
    "/restatements",
    f"/compare?agency={COUNTY}&agency={quote('990202/云岫区')}&indicator={RECEIVED}&per=requests.concluded.total",
    "/compare?division=990101&division=990202",
    "/status",
    "/method",
)


def got(address: str) -> str:
    """Gives what an address answers."""
    with urllib.request.urlopen(address) as answer:
        return str(answer.read().decode("utf-8-sig"))


def rows_of(address: str) -> list[dict[str, str]]:
    """Gives the rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(got(address))))


def test_a_gap_is_found_by_mouse(either_page: Any) -> None:
    either_page.goto("/en/coverage")
    follow(either_page.get_by_role("link", name="青禾县"))
    row = either_page.get_by_role("row", name="苇渡镇")
    assert row.get_by_role("link", name="held").count() == 4
    follow(row.get_by_role("link", name="not on the portal").first)
    gap = either_page.get_by_role("row", name="苇渡镇")
    assert "read whole after it was due and lack it" in gap.inner_text()
    assert "2024" in gap.inner_text()
    follow(gap.get_by_role("link", name="2023"))
    assert "苇渡镇" in either_page.get_by_role("heading", level=1).inner_text()


def press_to(page: Any, reached: Callable[[str], bool]) -> None:
    """Presses Tab until a link whose text is wanted has the focus, then Enter."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if reached(
            page.evaluate("document.activeElement.matches('a') ? document.activeElement.innerText : ''").strip()
        ):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"nothing of that kind takes the focus on {page.url}")


def test_a_gap_is_found_with_the_keyboard_alone(page: Any) -> None:
    page.goto("/en/coverage")
    press_to(page, lambda text: text == "青禾县")
    press_to(page, lambda text: "not on the portal" in text)
    assert page.get_by_role("heading", level=1).inner_text() == "Reports that are expected and not held"
    assert page.get_by_role("row").count() > 1
    press_to(page, lambda text: bool(re.fullmatch("20[0-9]{2}", text)))
    assert "/reports/990101/" in page.url


def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(page: Any) -> None:
    for number, path in enumerate(PAGES):
        assert page.goto(("/en", "")[number % 2] + path).status == 200
        for width in (360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert overflow(page) <= 0, (path, width)
        assert accessible(page) == [], path


def test_a_failed_check_leads_to_its_cell(either_page: Any) -> None:
    either_page.goto("/en/checks")
    follow(either_page.get_by_role("link", name="List the"))
    row = either_page.get_by_role("row", name="青禾县")
    assert "as published" in row.inner_text()
    row.locator("summary").click()
    follow(row.get_by_role("link", name="remedies.review.total"))
    either_page.locator("#cell").wait_for()
    assert "cell=remedies.review.total" in either_page.url


def test_agencies_are_chosen_compared_and_taken_away(either_page: Any, base: str) -> None:
    either_page.goto("/en/compare")
    for name in ("990101/青禾县", "990202/云岫区"):
        either_page.get_by_label("Add an agency").fill(name)
        follow(either_page.get_by_role("button", name="Show").first)
        either_page.get_by_role("checkbox", name=name.partition("/")[2]).wait_for()
    chart = either_page.get_by_role("img")
    assert "2 lines" in chart.locator("desc").text_content()
    assert chart.locator("g text").all_text_contents() == ["青禾县 (n=5)", "云岫区 (n=5)"]
    assert chart.locator(".break").count() == 1
    file = rows_of(f"{base}/compare.csv?agency={COUNTY}&agency={quote('990202/云岫区')}&indicator={RECEIVED}")
    assert chart.locator("g .mark").count() == sum(row["value"] != "" for row in file) + 2  # two in the legend
    shown = either_page.get_by_role("row", name="青禾县").get_by_role("link").all_inner_texts()
    assert shown == [row["value"] for row in file if row["name"] == "青禾县"]
    with urllib.request.urlopen(f"{base}/compare.svg?agency={COUNTY}") as answer:
        assert answer.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
        assert answer.read().startswith(b"<svg")


def test_an_ambiguous_name_is_asked_about(page: Any) -> None:
    page.goto("/en/compare")
    page.get_by_label("Add an agency").fill("镇")
    follow(page.get_by_role("button", name="Show").first)
    follow(page.get_by_role("link", name="苇渡镇"))
    assert page.get_by_role("img").count() == 1
    assert page.get_by_role("checkbox", name="苇渡镇").is_checked()


def test_files_pages_and_api_give_the_same_numbers(base: str) -> None:
    matrix = json.loads(got(f"{base}/api/v1/coverage"))
    cells = rows_of(f"{base}/coverage.csv")
    assert sum(int(cell["found"]) for cell in cells) == matrix["total"]["found"] > 0
    assert sum(int(cell["expected"]) for cell in cells) == matrix["total"]["expected"]
    missing = json.loads(got(f"{base}/api/v1/coverage/gaps"))
    assert missing["total"] == matrix["total"]["expected"] - matrix["total"]["found"]
    assert len(rows_of(f"{base}/coverage/gaps.csv")) == missing["total"]
    checks = json.loads(got(f"{base}/checks.json"))["rows"]
    failures = json.loads(got(f"{base}/api/v1/checks/failures"))
    assert failures["total"] == sum(row["fails"] for row in checks) > 0
    by_source = [
        json.loads(got(f"{base}/checks/failures.json?source={s}"))["total"] for s in ("as_published", "doubtful")
    ]
    assert sum(by_source) == failures["total"]
    changed = json.loads(got(f"{base}/api/v1/restatements"))["rows"]
    assert len(rows_of(f"{base}/restatements.csv")) == sum(len(row["figures"]) for row in changed) > 0
    status = json.loads(got(f"{base}/api/v1/status"))
    assert [row["condition"] for row in rows_of(f"{base}/status.csv")] == ["ok"] * status["conditions"]["ok"]
    assert status["reports"] == matrix["total"]["found"]
    identities = {row["identity"] for row in json.loads(got(f"{base}/api/v1/identities"))["rows"]}
    assert {row["identity"] for row in checks} < identities


@pytest.mark.parametrize(
    "path",
    ["/coverage?region=x", "/coverage?by=x", "/checks?identity=x", f"/compare?agency={COUNTY}&indicator=x",
     "/compare?more=x", "/compare?agency=zzz", f"/compare?agency={COUNTY}&division=99", "/api/v1/compare",
     "/checks/failures?source=x", "/compare.svg"],
)  # fmt: skip
def test_a_question_that_cannot_be_understood_is_told_so(base: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(base + path)
    caught.value.close()
    assert caught.value.code == 422


def test_fields_that_were_left_empty_ask_for_everything(base: str) -> None:
    for path in (
        "/coverage?by=division&region=&from=&to=",
        "/coverage/gaps?region=&level=&portal=&from=&to=",
        "/checks?identity=&form=&region=&from=&to=",
        "/checks/failures?identity=&form=&region=&from=&to=&source=",
        "/restatements?region=&from=&to=",
        "/compare?add=&indicator=&more=&per=&from=&to=",
    ):
        assert "<main" in got(base + path)
