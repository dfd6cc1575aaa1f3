"""The portals over real sockets: what every path answers, night by night, and what the access log remembers."""

import gzip
import http.client
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive import portals
from archive.errors import EnvironmentNotReadyError
from crawler.demo.pages import qinghe, yunxiu
from crawler.demo.portal_files import PORT, portal_files
from crawler.demo.server import DemoServer
from crawler.demo.truth import changes, expected
from tests.demo.client import fetch

COLUMN = "/zfxxgk/zfxxgknb/"
STATIC = "/zfxxgk/zfxxgknb/202403/t20240327_52266.html"
CORRECTED = "/zfxxgk/zfxxgknb/202401/t20240118_51234.html"


@pytest.fixture(scope="module")
def served() -> Iterator[DemoServer]:
    with DemoServer(port=0) as server:
        yield server


@pytest.fixture
def demo(served: DemoServer) -> DemoServer:
    served.set_night(1)
    served.log.clear()
    return served


def get(
    demo: DemoServer, portal: str, path: str, headers: Mapping[str, str] | None = None, method: str = "GET"
) -> tuple[http.client.HTTPResponse, bytes]:
    return fetch(demo.bases[portal] + path, headers=headers, method=method)


def test_each_portal_has_its_own_address(demo: DemoServer) -> None:
    assert demo.bases == {
        qinghe.PORTAL: f"http://127.0.0.11:{demo.port}",
        yunxiu.PORTAL: f"http://127.0.0.12:{demo.port}",
    }
    for portal, agent in ((qinghe.PORTAL, b"Disallow: /search"), (yunxiu.PORTAL, b"Crawl-delay: 0.01")):
        response, body = get(demo, portal, "/robots.txt")
        assert response.status == 200
        assert agent in body


@pytest.mark.parametrize("night", [1, 2])
def test_every_planted_report_is_served(demo: DemoServer, night: int) -> None:
    demo.set_night(night)
    for planted in expected(night):
        for path in {planted.path, planted.page, planted.rendition} - {None}:
            response, body = get(demo, planted.portal, str(path))
            assert (response.status, bool(body)) == (200, True), path


def test_two_servers_serve_the_same_bytes(demo: DemoServer) -> None:
    with DemoServer(port=0) as other:
        for portal, site in ((qinghe.PORTAL, qinghe.site(1)), (yunxiu.PORTAL, yunxiu.site(1))):
            fixed = [path for path, resource in site.items() if not resource.counter]
            assert len(fixed) >= 10
            for path in fixed:
                assert get(demo, portal, path)[1] == get(other, portal, path)[1], path


def test_bytes_do_not_depend_on_the_process() -> None:
    program = (
        "import hashlib; from crawler.demo.pages import qinghe, yunxiu\n"
        "for site in (qinghe.site(2), yunxiu.site(2)):\n"
        "    for path in sorted(site): print(path, hashlib.sha256(site[path].body).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PATH": ""},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"))
    }
    assert len(runs) == 1
    assert len(runs.pop().splitlines()) == len(qinghe.site(2)) + len(yunxiu.site(2))


def test_a_counter_page_differs_at_every_request_and_in_nothing_else(demo: DemoServer) -> None:
    for portal, path in ((qinghe.PORTAL, COLUMN), (yunxiu.PORTAL, "/xxgk-list-ndbg.html")):
        (_, first), (_, second) = get(demo, portal, path), get(demo, portal, path)
        assert first != second
        lines = list(zip(first.split(b"\n"), second.split(b"\n"), strict=True))
        assert sum(one != other for one, other in lines) == 2


def test_the_nights_differ_exactly_as_told() -> None:
    for one in changes(2).corrected:
        assert "【更正】".encode() in qinghe.site(2)[one.after.path].body
        assert "【更正】".encode() not in qinghe.site(1)[one.after.path].body
    for site in (qinghe.site, yunxiu.site):
        assert site(2) == site(3)
    differing = {
        path
        for site in (qinghe.site, yunxiu.site)
        for path in site(1) | site(2)
        if site(1).get(path) != site(2).get(path)
    }
    change = changes(2)
    reports = {change.corrected[0].after.path, change.withdrawn[0].path, change.added[0].path}
    lists = {path for path in differing if "index" in path or "list" in path or path == COLUMN}
    assert differing == reports | lists
    assert lists == {"/xxgk-list-xzndbg.html", "/xxgk-list-xzndbg-2.html"}


def test_set_night_withdraws_and_adds_while_serving(demo: DemoServer) -> None:
    change = changes(2)
    [gone], [new] = change.withdrawn, change.added
    assert [get(demo, one.portal, one.path)[0].status for one in (gone, new)] == [200, 404]
    demo.set_night(2)
    assert [get(demo, one.portal, one.path)[0].status for one in (gone, new)] == [404, 200]
    listed = [get(demo, yunxiu.PORTAL, f"/xxgk-list-xzndbg{n}.html")[1].decode("gb18030") for n in ("", "-2")]
    assert listed[0].partition("<li>")[2].partition("</li>")[0].count(new.path) == 1
    assert not any("芦汀街道2021年" in page for page in listed)


def test_trs_pagination_ends_in_a_stub(demo: DemoServer) -> None:
    pages = [get(demo, qinghe.PORTAL, f"{COLUMN}{name}")[1].decode() for name in ("", "index_1.html", "index_2.html")]
    for current, page in enumerate(pages):
        assert f'createPageHTML(3, {current}, "index", "html")' in page
    assert sum(page.count('<li><a href="./20') for page in pages) == 34
    response, stub = get(demo, qinghe.PORTAL, f"{COLUMN}index_3.html")
    assert (response.status, len(stub)) == (200, 350)
    assert get(demo, qinghe.PORTAL, f"{COLUMN}index_4.html")[0].status == 404


def test_pub_date_is_printed_in_the_variants_of_the_standard() -> None:
    bodies = [resource.body.decode() for path, resource in qinghe.site(1).items() if "/t20" in path]
    for mark in ("2024-0", "2024—0", "2024——0"):
        assert any(f'name="PubDate" content="{mark}' in body for body in bodies)


def test_gb18030_is_declared_nowhere(demo: DemoServer) -> None:
    pages = [path for path, resource in yunxiu.site(1).items() if resource.media == "text/html" and resource.body]
    for path in pages:
        response, body = get(demo, yunxiu.PORTAL, path)
        assert response.headers["Content-Type"] == "text/html"
        assert b"charset" not in body.lower()
        with pytest.raises(UnicodeDecodeError):
            body.decode("utf-8")
        assert "政府" in body.decode("gb18030")
    four_byte = get(demo, yunxiu.PORTAL, "/xxgk-show-195970.html")[1].decode("gb18030")
    assert "㵲" in four_byte


@pytest.mark.parametrize("path", [STATIC, "/zfxxgk/zfxxgknb/202401/P020240119417750826613.docx"])
def test_validators_give_304(demo: DemoServer, path: str) -> None:
    response, _ = get(demo, qinghe.PORTAL, path)
    tag, modified = response.headers["ETag"], response.headers["Last-Modified"]
    for headers in ({"If-None-Match": tag}, {"If-None-Match": f'"x", W/{tag}'}, {"If-Modified-Since": modified}):
        again, body = get(demo, qinghe.PORTAL, path, headers)
        assert (again.status, body, again.headers["ETag"]) == (304, b"", tag)
    for headers in (
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": modified},
        {"If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
    ):
        assert get(demo, qinghe.PORTAL, path, headers)[0].status == 200


def test_the_correction_moves_the_validators(demo: DemoServer) -> None:
    before = get(demo, qinghe.PORTAL, CORRECTED)[0].headers
    demo.set_night(2)
    assert get(demo, qinghe.PORTAL, CORRECTED, {"If-None-Match": before["ETag"]})[0].status == 200
    assert get(demo, qinghe.PORTAL, CORRECTED, {"If-Modified-Since": before["Last-Modified"]})[0].status == 200


def test_pages_with_a_counter_have_no_validators(demo: DemoServer) -> None:
    for path in (COLUMN, "/zfxxgk/zfxxgknb/202501/t20250116_61802.html"):
        headers = get(demo, qinghe.PORTAL, path)[0].headers
        assert headers["ETag"] is None
        assert headers["Last-Modified"] is None


def test_gzip_on_one_portal_for_clients_that_accept_it(demo: DemoServer) -> None:
    path = "/upload/file/20220120/20220120154721_033.txt"
    clear, body = get(demo, yunxiu.PORTAL, path)
    assert clear.headers["Content-Encoding"] is None
    zipped, packed = get(demo, yunxiu.PORTAL, path, {"Accept-Encoding": "gzip, deflate"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == body
    assert get(demo, qinghe.PORTAL, STATIC, {"Accept-Encoding": "gzip"})[0].headers["Content-Encoding"] is None


@pytest.mark.parametrize(
    ("portal", "path"), [(qinghe.PORTAL, f"{COLUMN}index_1.html"), (yunxiu.PORTAL, "/xxgk-show-141903.html")]
)
def test_chunked_pages_arrive_whole(demo: DemoServer, portal: str, path: str) -> None:
    response, body = get(demo, portal, path)
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert body.rstrip().endswith(b"</html>")


def test_the_moved_article_redirects(demo: DemoServer) -> None:
    response, _ = get(demo, yunxiu.PORTAL, "/show.php?contentid=60118")
    assert (response.status, response.headers["Location"]) == (302, "/xxgk-show-160118.html")
    assert "/xxgk-show-160118.html" in {one.path for one in expected(1)}
    listed = get(demo, yunxiu.PORTAL, "/xxgk-list-ndbg-2.html")[1]
    assert b"/show.php?contentid=60118" in listed


def test_one_row_leads_to_a_host_that_must_not_be_fetched(demo: DemoServer) -> None:
    pages = [get(demo, yunxiu.PORTAL, f"/xxgk-list-ndbg{n}.html")[1] for n in ("", "-2", "-3")]
    assert sum(page.count(b"http://mirror.example.invalid/") for page in pages) == 1


def test_next_page_anchors_lead_through_the_list(demo: DemoServer) -> None:
    path, seen = "/xxgk-list-ndbg.html", []
    for _ in range(10):
        seen.append(path)
        page = get(demo, yunxiu.PORTAL, path)[1].decode("gb18030")
        if "下一页" not in page:
            break
        path = page.rpartition('">下一页')[0].rpartition('href="')[2]
    assert seen == ["/xxgk-list-ndbg.html", "/xxgk-list-ndbg-2.html", "/xxgk-list-ndbg-3.html"]


def test_unknown_paths_are_a_plain_404(demo: DemoServer) -> None:
    for portal in demo.bases:
        response, body = get(demo, portal, "/5b1f0c1e-no-such-page.html")
        assert response.status == 404
        assert "不存在" in body.decode("gb18030" if portal == yunxiu.PORTAL else "utf-8")


def test_one_connection_serves_many_requests_and_the_log_tells_them(demo: DemoServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.11", demo.port, timeout=10)
    paths = [COLUMN, f"{COLUMN}index_1.html", "/nothing", STATIC]
    for path in paths:
        connection.request("GET", path, headers={"User-Agent": "test/1"})
        connection.getresponse().read()
    local = connection.sock.getsockname()[1]
    connection.close()
    assert local
    assert [one.path for one in demo.log] == paths
    assert [one.status for one in demo.log] == [200, 200, 404, 200]
    assert {one.headers["user-agent"] for one in demo.log} == {"test/1"}
    assert {one.host for one in demo.log} == {f"127.0.0.11:{demo.port}"}
    assert {one.portal for one in demo.log} == {qinghe.PORTAL}
    times = [moment for one in demo.log for moment in (one.start, one.end)]
    assert times == sorted(times)


def test_head_has_no_body(demo: DemoServer) -> None:
    response, body = get(demo, qinghe.PORTAL, STATIC, method="HEAD")
    assert (response.status, body) == (200, b"")
    assert int(response.headers["Content-Length"]) > 1000


def test_a_taken_port_is_named(demo: DemoServer) -> None:
    with pytest.raises(EnvironmentNotReadyError, match=f"127.0.0.11:{demo.port}"), DemoServer(port=demo.port):
        pass


def test_a_port_can_be_taken_again_at_once() -> None:
    with DemoServer(port=0) as first:
        port = first.port
        client = http.client.HTTPConnection("127.0.0.11", port, timeout=10)
        client.request("GET", COLUMN)
        client.getresponse().read()
    with DemoServer(port=port) as second:
        assert get(second, qinghe.PORTAL, COLUMN)[0].status == 200
    client.close()


def test_portal_files_name_the_port(tmp_path: Path) -> None:
    for path in portal_files(12345, tmp_path):
        assert portals.load(path, profile="test").expect.reports == 20
        portal = tomllib.loads(path.read_text(encoding="utf-8"))
        address = {qinghe.PORTAL: "127.0.0.11", yunxiu.PORTAL: "127.0.0.12"}[portal["id"]]
        assert portal["hosts"] == [f"{address}:12345"]
        assert all(column["url"].startswith(f"{portal['base']}/") for column in portal["column"])
        for night in (1, 2):
            assert portal["expect"]["reports"] == sum(one.portal == portal["id"] for one in expected(night))
        assert str(PORT) not in path.read_text(encoding="utf-8")


def test_the_program_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "crawler.demo", "--port", "0", "--night", "2", "--portals", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as program:
        assert program.stdout is not None
        try:
            bases = dict(program.stdout.readline().split() for _ in range(2))
            connection = http.client.HTTPConnection(urlsplit(bases[qinghe.PORTAL]).netloc, timeout=10)
            connection.request("GET", COLUMN)
            assert "青禾县财政局2023年" in connection.getresponse().read().decode()
            connection.close()
        finally:
            program.terminate()
        assert program.wait(timeout=20) == 0
    assert len(list(tmp_path.glob("99*.toml"))) == 2
