"""The codebook, releases and downloads as pages, files and endpoints, over a small archive."""

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd

from tests.web.answers import asked
from tests.web.conftest import accessible, follow, overflow, window


def test_the_codebook_lists_indicators_and_finds_them(pages: str) -> None:
    assert "共 402 条" in asked(f"{pages}/codebook").text
    found = json.loads(asked(f"{pages}/codebook.json?q=state+secret&part=requests").body)
    assert found["total"] == 7
    assert found["rows"][-1]["short_name"] == "req_ref_state_secret_tot"
    assert asked(f"{pages}/codebook?part=cube").status == 422
    assert "共 402 条" in asked(f"{pages}/codebook?q=&part=").text
    assert json.loads(asked(f"{pages}/api/v1/indicators?q=secret&limit=2").body)["count"] == 2


def test_an_indicator_says_where_it_stands_and_why_it_is_missing(pages: str) -> None:
    page = asked(f"{pages}/en/codebook/requests.other.total").text
    for said in (
        "Split",
        "requests.other_unpaid.total",
        "req_other_tot",
        "国办公开办函〔2019〕60号",
        "requests.outcomes.total",
    ):
        assert said in page
    rows = list(csv.DictReader(io.StringIO(asked(f"{pages}/codebook/requests.received.total.csv").text)))
    assert [(row["year"], row["number"], row["blank"]) for row in rows][-1] == ("2023", "1", "0")
    entry = json.loads(asked(f"{pages}/api/v1/indicators/req_rec_tot").body)
    assert entry["reports"] == {"number": 1, "blank": 3, "not_on_form": 1, "unreadable": 0, "not_a_number": 0}
    assert asked(f"{pages}/codebook/requests.nothing.total").status == 404


def test_the_panel_is_counted_and_downloaded_whole(pages: str, tmp_path: Path) -> None:
    chosen = "years=2021-2023&indicators=requests.received.*"
    page = asked(f"{pages}/data?shape=wide&format=csv&{chosen}").text
    assert "共 3 份报告、7 个指标" in page
    answer = asked(f"{pages}/data/export?shape=wide&format=csv&{chosen}")
    assert answer.headers["x-row-count"] == "3"
    with zipfile.ZipFile(io.BytesIO(answer.body)) as files:
        assert files.namelist() == ["wide.csv", "wide_status.csv"]
        assert len(pd.read_csv(io.BytesIO(files.read("wide.csv")))) == 3
    assert asked(f"{pages}/api/v1/exports/wide/csv?{chosen}").body == answer.body
    sheet = asked(f"{pages}/api/v1/exports/documents/xlsx")
    assert len(pd.read_excel(io.BytesIO(sheet.body), engine="openpyxl")) == 5
    assert asked(f"{pages}/data/export?years=x").status == 422
    assert asked(f"{pages}/api/v1/exports/cube/csv").status in (404, 422)


def test_a_release_is_offered_with_sizes_digests_and_changes(pages: str) -> None:
    assert "2026.11.0" in asked(f"{pages}/data").text
    [listed] = json.loads(asked(f"{pages}/data/releases.json").body)["rows"]
    assert (listed["version"], listed["reports"]) == ("2026.11.0", 5)
    page = asked(f"{pages}/data/releases/2026.11.0").text
    assert "没有与之比较的上一版本" in page
    found = json.loads(asked(f"{pages}/api/v1/releases/2026.11.0").body)
    for file in found["files"]:
        if file["path"] in ("data/wide.csv", "README.md"):
            body = asked(f"{pages}{file['href']}").body
            assert (hashlib.sha256(body).hexdigest(), len(body)) == (file["sha256"], file["bytes"])
    assert asked(f"{pages}/data/releases/2026.11.0/SHA256SUMS").status == 200
    for nowhere in ("/data/releases/9.9.9", "/data/releases/2026.11.0/../../x", "/data/releases/2026.11.0/%2e%2e/x"):
        assert asked(f"{pages}{nowhere}").status == 404


PLACES = ("/codebook", "/codebook/requests.other.total", "/data", "/data/releases/2026.11.0")


def test_the_pages_fit_every_width_and_axe_finds_nothing(browser: Any, pages: str) -> None:
    for width in (360, 1280):
        with window(browser, pages, viewport={"width": width, "height": 800}) as opened:
            for place in PLACES:
                opened.goto(("/en" if width == 1280 else "") + place)
                assert overflow(opened) <= 0, (place, width)
                assert accessible(opened) == [], place


def test_a_panel_is_chosen_and_downloaded_without_script(browser: Any, pages: str) -> None:
    with window(browser, pages, java_script_enabled=False) as opened:
        opened.goto("/data")
        opened.locator("#years").fill("2023")
        opened.locator("#format").select_option("xlsx")
        follow(opened.get_by_role("button", name="计数"))
        assert "共 1 份报告" in opened.locator("main").inner_text()
        with opened.expect_download() as started:
            opened.get_by_role("link", name="下载 wide（xlsx）").click()
        assert started.value.suggested_filename == "wide.xlsx"
