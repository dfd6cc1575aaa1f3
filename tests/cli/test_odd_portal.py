"""A portal with damaged files and pages that are not what they say: named, counted, and nothing else is lost."""

from collections.abc import Iterator

import pytest

from tests.cli.command import Command
from tests.cli.odd_portal import PAGES, serving


def html(title: str, body: str) -> tuple[str, bytes]:
    text = f"<html><head><meta charset='utf-8'><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
    return "text/html", text.encode()


SECTIONS = "".join(
    f"<p>{title}</p><p>本年度工作按要求完成，各项任务落实到位。</p>"
    for title in (
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    )
)


@pytest.fixture
def odd(archive: Command) -> Iterator[str]:
    """Serves the odd portal, whose file is the archive's only one; gives its base URL."""
    rows = {
        "/1.html": "试验县2023年政府信息公开工作年度报告",
        "/2.html": "试验县教育局2023年政府信息公开工作年度报告",
        "/3.html": "试验县财政局2023年政府信息公开工作年度报告",
        "/4.docx": "试验县民政局2023年政府信息公开工作年度报告",
    }
    PAGES.clear()
    items = "".join(f"<li><a href='{path}'>{title}</a><span>2024-01-18</span></li>" for path, title in rows.items())
    PAGES["/list.html"] = html("年报", f"<ul>{items}</ul>")
    PAGES["/1.html"] = html(rows["/1.html"], SECTIONS)
    PAGES["/2.html"] = html(rows["/2.html"], "<p>全文见附件。</p><a href='/2.docx'>教育局年度报告.docx</a>")
    PAGES["/2.docx"] = ("application/msword", b"PK\x03\x04 this was never a document")
    PAGES["/3.html"] = html("首页", "<p>欢迎光临</p>")
    PAGES["/4.docx"] = html("登录", "<form><input name='user'></form>")
    with serving(archive, "127.0.0.32", "990302-qi", 4) as base:
        yield base


def test_each_fault_is_named_and_the_sound_report_is_kept(archive: Command, odd: str) -> None:
    [run] = archive.json("crawl", code=3)
    [portal] = run["portals"]
    assert portal["state"] == "incomplete"
    assert f"3 not read as a report, for instance {odd}/2.docx" in portal["reason"]
    assert portal["failed"] == 3
    assert portal["found"] == 2
    found = {(d["agency"], d["year"]) for d in archive.json("find")}
    assert ("试验县", 2023) in found
    assert ("试验县财政局", 2023) not in found
    assert ("试验县民政局", 2023) not in found
    assert archive.json("verify")[0]["bad"] == []


def test_a_report_that_turns_into_an_error_page_keeps_its_version(archive: Command, odd: str) -> None:
    archive.json("crawl", code=3)
    PAGES["/1.html"] = html("系统提示", "<p>您访问的页面出错了</p>")
    archive.json("crawl", code=3)
    [found] = archive.json("history", "试验县", "2023")
    assert [run["version"] for run in found["runs"]] == [1]
    PAGES["/1.html"] = html("试验县2023年政府信息公开工作年度报告", SECTIONS)
    archive.json("crawl", code=3)
    [found] = archive.json("history", "试验县", "2023")
    assert [run["version"] for run in found["runs"]] == [1]
    assert not found["withdrawn"]
