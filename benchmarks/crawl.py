"""Pages a second of our crawl, every exchange durable before it counts, against bare Scrapy and wget.

All crawl the same pages of the same loopback server, one after the other; the seconds are the server's, from the
first request to the last, so that starting up counts for nobody. Ours is the real thing: a child process, PostgreSQL,
fsync on. Bare Scrapy takes the same lists apart and keeps nothing; wget keeps a WARC file, unsynced.

    python benchmarks/crawl.py [PAGES]
"""

import asyncio
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

ROWS = 50  # of a list page
TOGETHER = 16
ROUNDS = 3
GOAL = 0.7  # of bare Scrapy
PORTAL = "990401-jizhun"

BARE = """
import sys, scrapy
from scrapy.crawler import CrawlerProcess
from crawler.families import FAMILIES
from archive.portals import Override

class Bare(scrapy.Spider):
    name = "bare"
    def __init__(self, base):
        self.base = base
    async def start(self):
        yield scrapy.Request(self.base + "/list_1.html", cb_kwargs={"number": 1}, priority=10)
    def parse(self, response, number):
        family = FAMILIES["listing"]
        for row in family.rows(response.text, response.url, Override()):
            yield scrapy.Request(row.url, callback=self.article)
        following = family.next_page(response.text, response.url, number, Override())
        if following:
            yield scrapy.Request(following, cb_kwargs={"number": number + 1}, priority=10)
    def article(self, response):
        pass

process = CrawlerProcess({"CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 16, "DOWNLOAD_DELAY": 0,
    "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "COOKIES_ENABLED": False,
    "LOG_LEVEL": "WARNING", "HTTPPROXY_ENABLED": False, "METAREFRESH_ENABLED": False})
process.crawl(Bare, base=sys.argv[1])
process.start()
"""


# ── the server ───────────────────────────────────────────────────────────────────────────────────────


def pages(count: int) -> dict[str, bytes]:
    """Gives lists and articles by path; an article is some 35 KB of HTML as portals make it."""
    dice = random.Random(11)
    words = "政府信息公开工作年度报告主动公开依申请公开行政复议诉讼监督保障管理平台建设情况存在主要问题及改进措施"
    site: dict[str, bytes] = {}
    menu = "".join(f'<li class="nav-item n{n}"><a href="/zwgk/{n}/index.shtml">栏目{n}</a></li>' for n in range(120))
    for number in range(count):
        lines = []
        for _ in range(75):
            text = "".join(dice.choices(words, k=60))
            lines.append(f'<p style="text-indent:2em;line-height:1.75">{text}{dice.random()}</p>')
        body = f"<html><head><title>{number}</title></head><body><ul>{menu}</ul>{''.join(lines)}</body></html>"
        site[f"/p/{number}.html"] = body.encode()
    last = -(-count // ROWS)
    for page in range(1, last + 1):
        rows = "".join(
            f'<li><a href="/p/{n}.html">第{n}镇{2008 + n % 16}年政府信息公开工作年度报告</a>'
            "<span>2024-01-18</span></li>"
            for n in range((page - 1) * ROWS, min(page * ROWS, count))
        )
        following = f'<a href="/list_{page + 1}.html">下一页</a>' if page < last else ""
        html = f"<html><body><ul class=menu>{menu}</ul><ul class=list>{rows}</ul><div>{following}</div></body></html>"
        site[f"/list_{page}.html"] = html.encode()
    return site


class Line(asyncio.Protocol):
    """One connection to the server; answers from memory."""

    answers: dict[bytes, bytes]
    span: list[float]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remembers where to write."""
        self.transport = transport
        self.waiting = b""

    def data_received(self, data: bytes) -> None:
        """Answers each whole request."""
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            request, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            path = request.split(b" ", 2)[1]
            if path == b"/span":
                body = json.dumps(self.span).encode()
                self.span.clear()
                self.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                return
            self.span.append(time.monotonic())
            self.write(self.answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))

    def write(self, answer: bytes) -> None:
        """Sends an answer."""
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.write(answer)


async def serve(count: int) -> None:
    """Serves until killed; writes the port first."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
    Line.answers = {path.encode(): head % len(body) + body for path, body in pages(count).items()}
    Line.span = []
    server = await asyncio.get_running_loop().create_server(Line, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def serving(count: int) -> Iterator[str]:
    """Gives the base URL of a server in a process of its own."""
    command = [sys.executable, __file__, "serve", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(child.stdout.readline())}"
        finally:
            child.kill()


def seconds(base: str, count: int) -> float:
    """Gives the time from the first request of a run to its last, having checked that none is missing."""
    with urlopen(f"{base}/span") as answer:
        asked = json.load(answer)
    expected = count + -(-count // ROWS)
    if len(asked) < expected:
        raise SystemExit(f"only {len(asked)} of {expected} pages were fetched")
    return float(max(asked) - min(asked))


# ── the crawlers ─────────────────────────────────────────────────────────────────────────────────────


def ours(base: str, home: Path) -> None:
    """Crawls with archiving; the portal is new to the archive each time."""
    from archive.portals import load_all
    from archive.records import crawls
    from archive.records.session import open_engine

    home.chmod(0o755)  # the embedded server of root runs as another user
    folder = home / "portals"
    folder.mkdir()
    host = base.removeprefix("http://")
    folder.joinpath(f"{PORTAL}.toml").write_text(
        f'schema = 1\nid = "{PORTAL}"\nname = "基准县"\ndivision = "990401"\nbase = "{base}"\nhosts = ["{host}"]\n'
        'status = "active"\n[politeness]\ndelay = 0.0\nnightly_requests = 1000000\n'
        f'[[column]]\nkey = "nb"\nurl = "{base}/list_1.html"\nfamily = "listing"\nmax_pages = 100000\n',
        encoding="utf-8",
    )
    (portal,), _ = load_all([folder], profile="test")
    with open_engine(home, os.environ.get("NIANBAO_DATABASE_URL")) as engine:
        with engine.begin() as connection:
            place = crawls.Place(portal.id, portal.name, portal.division, portal.base)
            crawl_id = crawls.open_crawl(connection, [place], "benchmark")
        settings = {"HOME": home, "PORTALS_DIR": folder, "PROFILE": "test"}
        environ = os.environ | {f"NIANBAO_{name}": str(value) for name, value in settings.items()}
        command = [sys.executable, "-m", "crawler", str(crawl_id), PORTAL, "--together", str(TOGETHER)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environ) as child:
            # Its stdin stays open until it has ended: with that it would end too.
            if child.wait():
                raise SystemExit(f"the crawler ended with exit code {child.returncode}")


def bare(base: str) -> None:
    """Crawls with Scrapy alone."""
    subprocess.run([sys.executable, "-c", BARE, base], check=True, cwd=Path(__file__).parents[1])


def wget(base: str, home: Path, count: int) -> None:
    """Fetches the same addresses with wget into a WARC file."""
    last = -(-count // ROWS)
    paths = [f"/list_{page}.html" for page in range(1, last + 1)] + [f"/p/{n}.html" for n in range(count)]
    listed = home / "urls"
    listed.write_text("\n".join(base + path for path in paths), encoding="ascii")
    kept = ["--warc-file", str(home / "wget"), "--no-proxy", "-O", os.devnull]
    subprocess.run(["wget", "-q", "-i", str(listed), *kept], check=True)


def rate(name: str, base: str, count: int) -> float:
    """Gives the pages a second of one crawler in one round."""
    home = Path(tempfile.mkdtemp(prefix="nianbao-bench-"))
    try:
        if name == "nianbao":
            ours(base, home)
        elif name == "scrapy":
            bare(base)
        else:
            wget(base, home, count)
        return count / seconds(base, count)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main(count: int) -> None:
    """Prints the table; the crawlers take turns, so that what else the machine does falls on all."""
    names = ["scrapy", "nianbao", *(["wget"] if shutil.which("wget") else [])]
    with serving(count) as base:
        rounds = [{name: rate(name, base, count) for name in names} for _ in range(ROUNDS)]
    labels = {
        "scrapy": "bare Scrapy, nothing kept",
        "nianbao": "nianbao, all durable",
        "wget": "wget --warc-file, unsynced",
    }
    print(f"{count} pages of some 35 KB, {TOGETHER} at a time (wget: one), medians of {ROUNDS} rounds")
    print(f"{'':28}{'pages/s':>9}{'of bare Scrapy':>16}")
    for name in names:
        pages_a_second = statistics.median(one[name] for one in rounds)
        print(f"{labels[name]:28}{pages_a_second:9.0f}{ratio(rounds, name, 'scrapy'):16.2f}")
    if "wget" in names:
        print(f"nianbao is {ratio(rounds, 'nianbao', 'wget'):.2f} of wget --warc-file")
    else:
        print("wget is not installed: no comparison with wget --warc-file")
    print(f"goal: {GOAL} of bare Scrapy: {'met' if ratio(rounds, 'nianbao', 'scrapy') >= GOAL else 'missed'}")


def ratio(rounds: list[dict[str, float]], name: str, peer: str) -> float:
    """Gives the median of a crawler's rate over a peer's in the same round."""
    return statistics.median(one[name] / one[peer] for one in rounds)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(int(sys.argv[2])))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 1500)
