"""`nianbao portals probe`: the right family at each demo portal, a file that crawls, and honest ends elsewhere."""

import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from crawler.demo.server import DemoServer
from crawler.demo.ten import TEN
from crawler.look.spider import REQUESTS
from tests.cli.command import Command, free_port
from tests.crawler.raw_server import RawServer, http

FAMILIES = {
    "990101-hefeng": "trs",
    "990201-yunxi": "hanweb_jpage",
    "990202-linchuanwan": "hanweb_jpaas",
    "990982-zhangyang": "cmspro",
    "990982-zhangyang-pc": "cmspro_pc",
    "990103-lingdong": "gkmlpt",
    "990104-wubo": "vsb",
    "990105-shiping": "aspnet",
    "990203-handu": "listing",
    "990106-yuandong": "lonsun",
}
CRAWLED = ("990101-hefeng", "990201-yunxi", "990105-shiping", "990982-zhangyang-pc")  # a list, POST, ASP.NET, years
HELD = text(
    "SELECT DISTINCT s.portal_id, a.name, d.year FROM sources s JOIN documents d ON d.id = s.document_id"
    " JOIN agencies a ON a.id = d.agency_id"
)


@pytest.fixture
def outside(tmp_path: Path) -> Command:
    """Gives the command without an archive: its database is at a port that nobody listens on."""
    nowhere = "postgresql+psycopg://127.0.0.1:9/none"
    return Command(tmp_path / "home", nowhere, 0, {"NIANBAO_PROFILE": "test"})


@pytest.fixture(scope="module")
def ten() -> Iterator[DemoServer]:
    """Serves the ten demo portals."""
    with DemoServer(free_port(), portals=TEN) as server:
        yield server


def listed(rows: list[tuple[str, str]], more: str = "", title: str = "政府信息公开年报") -> str:
    """Gives a list page of rows (href, title)."""
    items = "".join(f'<li><a href="{url}">{name}</a><span>2024-01-18</span></li>' for url, name in rows)
    return f"<html><head><title>{title}</title></head><body><ul class=list>{items}</ul>{more}</body></html>"


def rows(first: int, last: int) -> list[tuple[str, str]]:
    """Gives rows of reports."""
    return [(f"/2024/{n}.html", f"试验县第{n}中学2023年政府信息公开工作年度报告") for n in range(first, last + 1)]


@pytest.mark.parametrize("portal", TEN, ids=lambda portal: portal.id)
def test_the_home_page_of_each_demo_portal_leads_to_its_family(ten: DemoServer, outside: Command, portal: Any) -> None:
    before = len(ten.log)
    [found] = outside.json("portals", "probe", ten.bases[portal.id] + "/")
    own = ten.log[before:]
    assert (found["family"], found["trouble"]) == (FAMILIES[portal.id], None)
    assert found["signal"]
    assert found["proposal"].count(f'division = "{portal.id[:6]}"') == 1
    assert found["problems"] == []
    assert found["flaw"] is None
    assert all(page["new"] == page["rows"] > 0 for page in found["pages"])
    assert len(found["pages"]) == (1 if portal.id == "990982-zhangyang-pc" else 2)
    assert found["sample"]["sections"] == 6
    assert len(own) == len(found["steps"]) <= REQUESTS
    assert own[0].path == "/robots.txt"
    assert all("NianbaoArchiveBot" in one.headers["user-agent"] for one in own)
    assert all(one.end <= after.start for one, after in pairwise(own))
    assert own[-1].headers["referer"]


def test_a_column_and_a_report_lead_to_the_same_file(ten: DemoServer, outside: Command) -> None:
    base = ten.bases["990105-shiping"]
    column = outside.json("portals", "probe", f"{base}/List.aspx?lmid=52")[0]
    report = outside.json("portals", "probe", f"{base}/Show.aspx?id=2200")[0]
    assert (column["kind"], report["kind"]) == ("list", "report")
    assert column["column"] == report["column"] == f"{base}/List.aspx?lmid=52"
    assert (column["total_rows"], column["expected"], column["exact"]) == (24, 17, False)


def test_the_proposed_files_crawl_and_find_what_is_planted(archive: Command) -> None:
    folder: Path = archive.home / "portals"
    folder.mkdir(parents=True)
    archive.more |= {"NIANBAO_PORTALS_DIR": str(folder), "NIANBAO_PROFILE": "test"}
    with DemoServer(archive.port, portals=[portal for portal in TEN if portal.id in CRAWLED]) as server:
        for portal in server.portals:
            said = archive.run("portals", "probe", server.bases[portal.id], "-o", str(folder / f"{portal.id}.toml"))
            assert f"{portal.id}.toml: written" in said.stdout
        assert archive.run("portals", "check").stdout.count(": ok") == len(CRAWLED)
        done = {row["portal"]: row for row in archive.json("crawl", *CRAWLED)[0]["portals"]}
        engine = create_engine(archive.database_url)
        with engine.connect() as connection:
            held = {tuple(row) for row in connection.execute(HELD)}
        engine.dispose()
        for portal in server.portals:
            assert done[portal.id]["state"] == "complete", done[portal.id]
            planted = {(portal.id, *document) for document in portal.truth(1).documents}
            assert {row for row in held if row[0] == portal.id} == planted


def test_what_is_not_known_is_a_line_to_fill_in(outside: Command, tmp_path: Path) -> None:
    with RawServer("127.0.0.40") as server:
        server.page("/nb/", listed(rows(1, 4)))
        links = "<a href='/f/1.docx'>全文.docx</a><a href='http://127.0.0.41:1/2.docx'>附件.docx</a>"
        server.page("/2024/1.html", f"<html><h1>试验县第1中学2023年政府信息公开工作年度报告</h1><p>全文见附件{links}")
        server.page("/f/1.docx", b"PK\x03\x04..", "Content-Type: application/msword")
        said = outside.run("portals", "probe", f"{server.base}/nb/", "-o", str(tmp_path))
    file = tmp_path / "000000-127-0-0-40.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines, start=1) if line.startswith("division"))
    assert "# TODO" in lines[at - 1]
    assert f"to do: {file.name}:{at}: 'division' 000000 is no division code" in said.stderr
    assert "'name' is empty" in said.stderr
    assert f"{file}:{at}: 'division' 000000" in outside.run("portals", "check", str(file), code=2).stderr
    assert any(line.startswith("# reports = 4  # as the list shows") for line in lines)
    assert any(line.startswith('# attachment_hosts = ["127.0.0.41:1"]') for line in lines)
    assert "#   file     全文.docx: 6 bytes of application/msword" in lines
    assert "#   file     附件.docx: not asked for" in lines
    assert [one.path for one in server.seen] == ["/robots.txt", "/nb/", "/2024/1.html", "/f/1.docx"]


def test_a_name_and_a_number_give_the_division(outside: Command, tmp_path: Path) -> None:
    with RawServer("127.0.0.40") as server:
        server.page("/nb/", listed(rows(1, 4), "主办：江西省樟树市人民政府"))
        [found] = outside.json("portals", "probe", f"{server.base}/nb/")
        assert 'division = "360982"' in found["proposal"]
        server.page("/nb/", listed(rows(1, 4), "主办：樟树市人民政府 网站标识码：3609810001"))
        [found] = outside.json("portals", "probe", f"{server.base}/nb/")
        assert 'division = "360981"' in found["proposal"]
        assert "by its name it would be 360982" in found["proposal"]
        chosen = tmp_path / "360983-own.toml"
        outside.run("portals", "probe", f"{server.base}/nb/", "-o", str(chosen))
    assert 'id = "360983-own"' in chosen.read_text(encoding="utf-8")
    assert outside.run("portals", "check", str(chosen)).stdout == f"{chosen}: ok\n"


def test_a_second_page_that_is_the_first_again_is_a_doubt(outside: Command) -> None:
    with RawServer("127.0.0.40") as server:
        page = listed(rows(1, 5), '<a href="/nb/list_2.html">下一页</a>')
        server.page("/nb/", page)
        server.page("/nb/list_2.html", page)
        [found] = outside.json("portals", "probe", f"{server.base}/nb/", code=3)
    assert "page 2 shows mostly what page 1 showed" in found["flaw"]
    assert found["proposal"]


def test_reports_among_the_news_of_a_home_page_are_not_the_column(outside: Command) -> None:
    with RawServer("127.0.0.40") as server:
        server.page("/", listed(rows(1, 3), "<a href=/nb/>政府信息公开年报</a>", title="试验县人民政府"))
        server.page("/nb/", listed(rows(1, 6)))
        assert outside.json("portals", "probe", server.base)[0]["expected"] == 6
        del server.answers["/nb/"]
        [found] = outside.json("portals", "probe", server.base)
    assert (found["column"], found["expected"]) == (f"{server.base}/", 3)


SPA = (
    "<html><head><title>政府信息公开年报</title></head><body><div id=app><ul><li v-for='x in list'>"
    "<a href='{{x.url}}'>{{x.title}}</a></li></ul></div><script src=/app.js></script></body></html>"
)
LIST = http(listed(rows(1, 4)))
RULES = "Content-Type: text/plain"
# What stands at /nb/ and elsewhere → what is said, and how many requests were made at most
ENDS: dict[str, tuple[dict[str, bytes], str, int]] = {
    "no-such-page": ({}, "status 404", 2),
    "closed-by-robots": ({"/robots.txt": http("User-agent: *\nDisallow: /nb", RULES)}, "robots.txt closes", 1),
    "unreadable-robots": ({"/robots.txt": http("", status="503 Down"), "/nb/": LIST}, "answered with status 503", 1),
    "challenge": ({"/nb/": http("<script>$_ts={}</script>", status="412 No")}, "challenge page (status 412)", 2),
    "drawn-by-a-script": ({"/nb/": http(SPA)}, "the list is drawn by a script", 2),
    "file": ({"/nb/": http(b"%PDF-1.4\n", "Content-Type: application/pdf")}, "a file, not a page", 2),
    "nothing-there": (
        {"/nb/": http("<html><title>试验县</title><a href=/bs/>办事</a>")},
        "no list of annual reports",
        2,
    ),
    "another-host": (
        {"/nb/": http("", "Location: http://127.0.0.41:1/", "302 Found")},
        "leads to another host, http://127.0.0.41:1/",
        2,
    ),
    "round-and-round": ({"/nb/": http("", "Location: /nb/", "302 Found")}, "max redirections reached", 7),
    "broken-off": (
        {"/nb/": b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<html>"},
        "the body is shorter than announced",
        2,
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_where_nothing_can_be_proposed_it_says_why(outside: Command, name: str, tmp_path: Path) -> None:
    answers, why, requests = ENDS[name]
    with RawServer("127.0.0.40") as server:
        server.answers |= answers
        [found] = outside.json("portals", "probe", f"{server.base}/nb/", "-o", str(tmp_path), code=3)
        asked = len(server.seen)
    assert why in found["trouble"]
    assert (found["column"], found["proposal"]) == (None, None)
    assert asked == requests
    assert not list(tmp_path.glob("*.toml"))


def test_a_host_that_is_silent_or_closed_ends_the_look(outside: Command) -> None:
    hang = threading.Event()
    with RawServer("127.0.0.40") as server:
        server.answers["/nb/"] = lambda _: http("too late" if hang.wait(8) else "later still")
        said = outside.run("portals", "probe", f"{server.base}/nb/", code=3)
        base = server.base
        hang.set()
    assert "nothing to propose" in said.stderr
    assert "TimeoutError" in said.stderr
    assert "the host does not answer" in outside.run("portals", "probe", f"{base}/nb/", code=3).stderr


def test_a_look_ends_after_a_dozen_requests(outside: Command) -> None:
    ways = "".join(f'<a href="/{n}/">政府信息公开</a>' for n in range(30))
    with RawServer("127.0.0.40") as server:
        for path in ("/", *(f"/{n}/" for n in range(30))):
            server.page(path, f"<html><title>试验县人民政府</title>{ways}</html>")
        said = outside.run("portals", "probe", f"{server.base}/", code=3)
        assert 5 < len(server.seen) <= REQUESTS
    assert "no list of annual reports" in said.stderr


def test_nothing_is_asked_where_the_command_is_wrong(outside: Command, tmp_path: Path) -> None:
    there = tmp_path / "360982-there.toml"
    there.write_text("", encoding="utf-8")
    with RawServer("127.0.0.40") as server:
        wrong = {
            "is there already": (server.base, "-o", str(there)),
            "named after its id": (server.base, "-o", str(tmp_path / "zhangshu.toml")),
            "/none: no such folder": (server.base, "-o", str(tmp_path / "none" / "360982-a.toml")),
            "/portals: no such folder": (server.base, "-o", str(tmp_path / "portals")),
            "begins with http": ("127.0.0.40",),
            "not a web address": ("http://[::1",),
            "loopback hosts only": ("http://www.example.gov.cn/",),
        }
        for why, arguments in wrong.items():
            assert why in outside.run("portals", "probe", *arguments, code=2).stderr
        outside.more["NIANBAO_PROFILE"] = "public"
        assert "set contact" in outside.run("portals", "probe", server.base, code=2).stderr
        outside.more["NIANBAO_CONTACT"] = "someone@example.org"
        assert "only hosts under gov.cn" in outside.run("portals", "probe", server.base, code=2).stderr
        assert server.seen == []
    assert there.read_text(encoding="utf-8") == ""
