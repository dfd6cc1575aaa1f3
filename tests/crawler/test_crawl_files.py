"""Files of reports: handed out in a list's row, named by the server alone; and pages that nest without end."""

import json
from collections.abc import Callable

from archive.pages import DEEPEST
from tests.crawler.crawl_bench import Bench
from tests.crawler.raw_server import RawServer, http

TITLE = "清河镇{}年政府信息公开工作年度报告"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"


def test_files_in_a_row_of_the_list_are_fetched_as_attachments_of_its_report(
    bench: Bench, server: RawServer, portal: Callable[..., None]
) -> None:
    def article(year: int, files: list[dict[str, str]]) -> dict[str, object]:
        urls = json.dumps({"pc": f"/zw/nb/pc/content/{year}.html", "mobile": f"/zw/nb/mobile/content/{year}.html"})
        return {"title": TITLE.format(year), "pubDate": f"{year + 1}-01-18", "urls": urls, "articleFiles": files}

    listed = [
        article(2022, [{"fileName": "附件", "filePath": "/files/2022.pdf"}]),
        article(2021, [{"fileName": "elsewhere", "filePath": "/x.pdf", "domainName": "127.0.0.99"}]),
    ]
    server.page("/zw/nb/pc/list.html", f"<html><script>var a = {{articleList:{json.dumps(listed)}}}</script></html>")
    server.page("/list.html", f"<html><script>var a = {{articleList:{json.dumps(listed)}}}</script></html>")
    for year in (2021, 2022):
        server.page(f"/zw/nb/pc/content/{year}.html", f"<html><title>{TITLE.format(year)}</title>{TITLE.format(year)}")
    server.answers["/files/2022.pdf"] = http(PDF, "Content-Type: application/pdf")
    portal()
    file = next(bench.portals.glob("*.toml"))
    file.write_text(file.read_text("utf-8").replace('"listing"', '"cmspro_pc"'), encoding="utf-8")
    assert bench.crawl().code == 0
    assert bench.state() == ("complete", None)
    found = bench.ask("SELECT role, title FROM sources ORDER BY url")
    assert [tuple(row) for row in found] == [
        ("attachment", "附件"),
        ("report", TITLE.format(2021)),
        ("report", TITLE.format(2022)),
    ]
    (asked,) = [seen for seen in server.seen if seen.path == "/files/2022.pdf"]
    assert asked.header("Referer") == f"{server.base}/zw/nb/pc/content/2022.html"
    counts = bench.ask("SELECT context -> 'last' ->> 'foreign' FROM frontier WHERE role = 'list'")
    assert [row[0] for row in counts] == ["1"]


def test_a_file_whose_link_says_nothing_bears_the_name_that_the_server_gives(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    server.page("/list.html", list_page([("/a.html", TITLE.format(2020))]))
    said = f"<html><title>{TITLE.format(2020)}</title>{TITLE.format(2020)}<a href='/download.jsp?id=7'><img></a>"
    server.page("/a.html", said)
    disposition = f"Content-Disposition: attachment; filename={TITLE.format(2020)}.pdf".encode("gbk").decode("latin-1")
    server.answers["/download.jsp?id=7"] = http(PDF, f"Content-Type: application/octet-stream\r\n{disposition}")
    portal()
    assert bench.crawl().code == 0
    found = bench.ask("SELECT title FROM sources WHERE role = 'attachment'")
    assert [row.title for row in found] == [f"{TITLE.format(2020)}.pdf"]


def test_a_page_that_nests_without_end_is_trouble_and_holds_nothing_up(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    server.page("/list.html", list_page([("/a.html", TITLE.format(2020)), ("/b.html", TITLE.format(2021))]))
    server.page("/a.html", "<html><body>" + "<div><p><br>" * 4 * DEEPEST)
    server.page("/b.html", "<html><body>" + "<ul><li><p>甲<br></ul>" * 2 * DEEPEST)
    portal()
    assert bench.crawl().code == 0
    state, reason = bench.state()
    assert state == "incomplete"
    assert reason is not None
    assert f"/a.html: the page is nested more than {DEEPEST} elements deep" in reason
    assert bench.ask("SELECT count(*) FROM sources")[0][0] == 1
