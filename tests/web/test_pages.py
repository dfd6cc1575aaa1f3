"""The pages in a real browser, over the archive of two demo nights."""

import json
import re
import urllib.request
from typing import Any
from urllib.parse import quote

import pytest

from crawler.demo.truth import Planted, changes, expected
from tests.web.answers import asked
from tests.web.conftest import accessible, follow, overflow, window

WIDTHS = (360, 768, 1280)


def path_of(one: Planted) -> str:
    return f"/reports/{one.portal[:6]}/{quote(one.agency)}/{one.year}"


def corrected() -> Any:
    [one] = changes(2).corrected
    return one


def test_a_researcher_sees_a_reports_figures(page: Any) -> None:
    planted = next(one for one in expected(2) if one.format == "docx")
    page.goto(path_of(planted))
    assert planted.agency in page.locator("main").inner_text()
    for code, value in planted.figures.items():
        cell = page.locator(f'[id="{code}"]').inner_text().strip()
        assert cell == (value if value is not None else "␣ 空白"), code
    assert page.get_by_role("link", name="下载原件").count() == 1


def test_a_figure_leads_to_its_source_cell_and_back(either_page: Any) -> None:
    one = corrected().after
    code, value = "requests.received.total", one.figures["requests.received.total"]
    either_page.goto(path_of(one))
    follow(either_page.locator(f'[id="{code}"] a'))
    cell = either_page.locator("#cell")
    assert cell.locator("mark").inner_text() == value
    assert cell.evaluate("cell => cell.tagName") == "TD"
    row = cell.locator("xpath=..").inner_text()
    assert "新收政府信息公开申请" in row
    assert either_page.evaluate("location.hash") == "#cell"
    box = cell.bounding_box()
    assert 0 <= box["y"] < 720, "the source cell is in sight"
    told = either_page.locator("section.chosen").inner_text()
    assert code in told
    assert "✓ 通过" in told
    assert either_page.locator('a.figure[aria-current="true"]').inner_text() == value
    follow(either_page.get_by_role("link", name="回到表格"))
    assert either_page.evaluate("location.hash") == f"#{code}"


def test_the_same_by_keyboard_alone(page: Any) -> None:
    page.goto(path_of(corrected().after))
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "跳到正文"
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(":focus").get_attribute("class") == "figure number":
            break
    value = page.locator(":focus").inner_text()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("#cell mark").inner_text() == value
    page.keyboard.press("]")
    page.wait_for_url(f"**/{corrected().after.year + 1}")
    page.keyboard.press("/")
    assert page.locator(":focus").get_attribute("id") == "q"


def test_a_corrected_report_shows_what_changed(either_page: Any) -> None:
    one = corrected()
    either_page.goto("/en" + path_of(one.after))
    follow(either_page.get_by_role("link", name="version 2 of 2"))
    assert "not later than" in either_page.locator("tbody").inner_text()
    follow(either_page.get_by_role("link", name=re.compile(r"\d+ figures, ")))
    text = either_page.locator("#region-figures").inner_text()
    for code, (old, new) in one.figures.items():
        assert re.search(rf"{re.escape(code)}\s+−{old}\s+\+{new}", text), code
    assert either_page.locator("ol.changes ins").count() > 0
    either_page.goto("/en" + path_of(one.after) + "/diff?from=2&to=2&level=bytes")
    assert "Bytes, text and figures are all the same." in either_page.locator("main").inner_text()


def test_the_first_page_leads_to_all_restatements(either_page: Any) -> None:
    either_page.goto("/en/")
    follow(either_page.get_by_role("link", name="All restatements"))
    assert corrected().after.agency in either_page.locator("main").inner_text()


def test_a_withdrawn_report_says_so(page: Any) -> None:
    [gone] = changes(2).withdrawn
    page.goto("/en" + path_of(gone))
    assert "has gone from its portal" in page.locator("main").inner_text()
    page.goto("/en" + path_of(gone) + "/versions")
    assert "✗ gone" in page.locator("tbody").inner_text()


def test_the_archived_page_is_framed_from_a_second_origin(browser: Any, base: str) -> None:
    context = browser.new_context(base_url=base)
    page = context.new_page()
    page.goto(path_of(corrected().after) + "?view=original")
    [address] = [frame.url for frame in page.frames if frame is not page.main_frame]
    assert address.split("/raw/")[0] not in ("", base)
    inner = page.frame_locator("iframe").locator("body")
    assert corrected().after.agency in inner.inner_text()
    assert page.locator("iframe").get_attribute("sandbox") == ""
    context.close()


@pytest.mark.parametrize("suffix", ["", "?cell=requests.received.total", "?view=text", "/versions", "/diff"])
def test_pages_of_a_report_can_be_used_by_everybody_at_any_width(browser: Any, base: str, suffix: str) -> None:
    for language, scheme in (("", "light"), ("/en", "dark")):
        with window(browser, base, color_scheme=scheme) as page:
            page.goto(language + path_of(corrected().after) + suffix)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                assert overflow(page) == 0, (suffix, width)
            assert accessible(page) == []


@pytest.mark.parametrize("path", ["/api", "/method"])
def test_the_other_pages_too(page: Any, path: str) -> None:
    for address in (path, "/en" + path):
        page.goto(address)
        page.set_viewport_size({"width": 360, "height": 800})
        assert overflow(page) == 0
        assert accessible(page) == []


def test_shortcuts_can_be_switched_off(page: Any) -> None:
    page.goto(path_of(corrected().after))
    page.keyboard.press("?")
    page.get_by_role("button", name="关闭单键快捷键").click()
    page.get_by_role("button", name="收起").click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "q"


def test_what_is_not_there_is_a_page_that_says_so(base: str) -> None:
    one = corrected().after
    missing = (
        "/reports/990101/nobody/2023",
        "/reports/990101/nobody/99999999999999999999",
        path_of(one) + "?cell=no.such",
        path_of(one) + "/diff?from=7",
        "/payloads/" + "0" * 64,
        "/nowhere",
    )
    for path in missing:
        answer = asked(base + "/en" + path)
        assert answer.status == 404, path
        assert "That is not here" in answer.text


def test_a_parameter_that_cannot_be_understood_is_no_5xx(base: str) -> None:
    report = path_of(corrected().after)
    bad = ("?view=x", "?cell=%00", "/diff?from=x", "/diff?from=-1", "/diff?to=99999999999999999999", "/diff?level=deep")
    for suffix in bad:
        assert asked(base + report + suffix).status == 422, suffix
    answer = asked(base + report + "/diff.json?from=x")
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_only_get_is_answered_and_every_answer_is_guarded(base: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        assert asked(base + "/", method).status == 405, method
    for path in ("/", "/nowhere", "/api/v1/openapi.json", "/api/v1/nowhere", "/static/style.css"):
        headers = asked(base + path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'"), path
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_tables_have_their_files(base: str) -> None:
    path = base + path_of(corrected().after)
    with urllib.request.urlopen(path + ".csv") as answer:
        lines = answer.read().decode().splitlines()
        assert lines[0].startswith("\ufeffindicator,")
        assert answer.headers["X-Row-Count"] == str(len(lines) - 1) == "200"
    with urllib.request.urlopen(path + ".csv?bom=0") as answer:
        assert answer.read().startswith(b"indicator,")
    tag = asked(path + ".json").headers["ETag"]
    assert asked(path + ".json", **{"If-None-Match": tag}).status == 304
    api = path.replace(base, base + "/api/v1")
    assert asked(path + ".json").body == asked(api).body
    assert asked(path + "/diff.json").body == asked(api + "/diff").body
    states = json.loads(asked(api + "/versions").body)
    assert [row["version"] for row in states["rows"]] == [1, 2]
    assert states == json.loads(asked(path + "/versions.json").body)


def test_foreign_bytes_are_a_download_here_and_sandboxed_there(base: str) -> None:
    one = corrected().after
    with urllib.request.urlopen(f"{base}{path_of(one)}?view=original") as answer:
        found = answer.read().decode()
        policy = answer.headers["Content-Security-Policy"]
    [download] = set(re.findall(r"/payloads/[0-9a-f]{64}", found))
    [raw] = set(re.findall(r"http://[\d.:]+/raw/[0-9a-f]{64}", found))
    assert f"frame-src {raw.split('/raw/')[0]}" in policy
    with urllib.request.urlopen(base + download) as answer:
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        bytes_ = answer.read()
    with urllib.request.urlopen(raw) as answer:
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.read() == bytes_
    origin = raw.split("/raw/")[0]
    assert asked(origin + path_of(one)).status == 404, "no page of ours lives there"
    assert asked(base + raw.removeprefix(origin)).status == 404, "nor raw bytes here"
