"""References to reports: version, capture time and digest are named, and hostile titles stay text."""

import json
from datetime import UTC, datetime

import pytest

from archive.errors import UsageError
from archive.records.documents import Document
from archive.research.cite import STYLES, cited, document_work

SHA256 = "ab" * 32


def document(title: str | None) -> Document:
    """Gives a report that was captured on a day in 2024."""
    return Document(
        id=1,
        agency="青石镇",
        division="990101",
        agency_code="990101100000",
        level="township",
        year=2023,
        title=title,
        media_type="text/html",
        portal="990101-test",
        url="http://127.0.0.1/a.html",
        place="",
        version=2,
        versions=2,
        withdrawn=False,
        forms={},
        reading_id=1,
        source_id=1,
        sha256=SHA256,
        revision=1,
        captured_url="http://127.0.0.1/a.html",
        captured_at=datetime(2024, 2, 3, 4, 5, tzinfo=UTC),
        warc_file="a.warc.gz",
        warc_offset=0,
        warc_length=1,
    )


def test_each_style_names_version_digest_and_capture() -> None:
    work = document_work(document("青石镇2023年政府信息公开工作年度报告"))
    for style in STYLES:
        text = cited(work, style)
        assert SHA256 in text
        assert "青石镇2023年政府信息公开工作年度报告" in text
        assert "2024" in text
        assert "http://127.0.0.1/a.html" in text
    assert cited(work, "gbt7714") == (
        "青石镇. 青石镇2023年政府信息公开工作年度报告[R/OL]. (2024-02-03)[2024-02-03]. http://127.0.0.1/a.html."
        f" 年报 Nianbao存档，第2版，sha256:{SHA256}."
    )
    assert "Captured February 3, 2024" in cited(work, "apa")
    [item] = json.loads(cited(work, "csl-json"))
    assert item["accessed"] == {"date-parts": [[2024, 2, 3]]}
    assert cited(work, "ris").splitlines()[0] == "TY  - RPRT"
    with pytest.raises(UsageError, match="no style"):
        cited(work, "chicago")


def test_a_hostile_title_ends_no_field() -> None:
    work = document_work(document("a}\\input{/etc/passwd}\r\nER  - \n\u202e% & _"))
    bibtex = cited(work, "bibtex")
    assert "\\input" not in bibtex.replace("\\textbackslash{}input", "")
    assert bibtex.count("\n") == len(bibtex.splitlines()) - 1
    assert sum(line.startswith("ER  - ") for line in cited(work, "ris").splitlines()) == 1
    assert "\u202e" not in cited(work, "apa")
    assert document_work(document(None)).title == "青石镇2023年政府信息公开工作年度报告"
