"""Pages a second of our crawl, every exchange durable before it counts, against bare Scrapy and wget.

All crawl the same pages of the same loopback server, one after the other; the seconds are the server's, from the
first request to the last, so that starting up counts for nobody. Ours is the real thing: a child process, PostgreSQL,
fsync on. Bare Scrapy takes the same lists apart and keeps nothing; wget keeps a WARC file, unsynced. CPU time is
the crawler's own, its start included, without PostgreSQL's: on a busy machine it tells more than the seconds do.

    python benchmarks/crawl.py [PAGES [ROUNDS]]
"""

import asyncio
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from benchmarks.synthetic.sections import SECTIONS

ROWS = 50  # of a list page
TOGETHER = 16
BARE_SCRAPY, NIANBAO = "bare Scrapy, nothing kept", "nianbao, all durable"
WGET = "wget --warc-file"
GOALS = {BARE_SCRAPY: 0.75, WGET: 0.7}  # pages a second, of theirs
PORTAL = "990401-jizhun"

BARE = """
import sys, scrapy
from scrapy.crawler import CrawlerProcess
from crawler.families import FAMILIES, Asked

class Bare(scrapy.Spider):
    name = "bare"
    def __init__(self, base):
        self.base = base
    async def start(self):
        yield scrapy.Request(self.base + "/list_1.html", cb_kwargs={"number": 1}, priority=10)
    def parse(self, response, number):
        page = FAMILIES["listing"].read(Asked(response.text, response.url, number))
        for row in page.rows:
            yield scrapy.Request(row.url, callback=self.article)
        if page.next:
            yield scrapy.Request(page.next.url, cb_kwargs={"number": number + 1}, priority=10)
    def article(self, response):
        pass

process = CrawlerProcess({"CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 16, "DOWNLOAD_DELAY": 0,
    "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "COOKIES_ENABLED": False,
    "LOG_LEVEL": "WARNING", "HTTPPROXY_ENABLED": False, "METAREFRESH_ENABLED": False})
process.crawl(Bare, base=sys.argv[1])
process.start()
"""


# ── the server ───────────────────────────────────────────────────────────────────────────────────────


def title_of(number: int) -> str:
    """Gives the title of a report, as its list and its page print it."""
    return f"第{10000 + number}镇{2008 + number % 16}年政府信息公开工作年度报告"


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
        for place, heading in zip(range(2, 75, 12), SECTIONS, strict=False):
            lines[place] = f"<p><b>{heading}</b></p>"
        title = title_of(number)
        head = f"<html><head><title>{title}</title></head><body><ul>{menu}</ul><h1>{title}</h1>"
        body = f"{head}{''.join(lines)}</body></html>"
        site[f"/p/{number}.html"] = body.encode()
    last = -(-count // ROWS)
    for page in range(1, last + 1):
        rows = "".join(
            f'<li><a href="/p/{n}.html">{title_of(n)}</a><span>2024-01-18</span></li>'
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


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast one crawler was in one round: pages a second, CPU seconds a page."""

    pages: float
    cpu: float


# ── the crawlers ─────────────────────────────────────────────────────────────────────────────────────


def ours(base: str, home: Path, _count: int) -> None:
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


def bare(base: str, _home: Path, _count: int) -> None:
    """Crawls with Scrapy alone."""
    subprocess.run([sys.executable, "-c", BARE, base], check=True, cwd=Path(__file__).parents[1])


def wget(base: str, home: Path, count: int) -> None:
    """Fetches the same addresses with wget into a WARC file; it is told them, and takes no page apart."""
    last = -(-count // ROWS)
    paths = [f"/list_{page}.html" for page in range(1, last + 1)] + [f"/p/{n}.html" for n in range(count)]
    listed = home / "urls"
    listed.write_text("\n".join(base + path for path in paths), encoding="ascii")
    kept = ["--warc-file", str(home / "wget"), "--no-proxy", "-O", os.devnull]
    subprocess.run(["wget", "-q", "-i", str(listed), *kept], check=True)


def wget_crawl(base: str, home: Path, count: int) -> None:
    """Crawls with wget from the first list into a WARC file; it finds the addresses itself, as the others do."""
    kept = ["--warc-file", str(home / "wget"), "--no-proxy", "-P", str(home / "pages"), "--delete-after"]
    found = ["-r", "-l", "inf", "--accept-regex", "/p/|/list_", f"{base}/list_1.html"]
    done = subprocess.run(["wget", "-q", *kept, *found], check=False)
    if done.returncode not in (0, 8):  # 8: the site has no robots.txt
        raise SystemExit(f"wget ended with exit code {done.returncode}")


def rate(name: str, base: str, count: int) -> Rate:
    """Gives the pages a second of one crawler in one round, and its CPU time a page."""
    home = Path(tempfile.mkdtemp(prefix="nianbao-bench-"))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        CRAWLERS[name](base, home, count)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Rate(count / seconds(base, count), used / count)
    finally:
        shutil.rmtree(home, ignore_errors=True)


CRAWLERS: dict[str, Callable[[str, Path, int], None]] = {
    BARE_SCRAPY: bare,
    NIANBAO: ours,
    WGET: wget,
    "wget -r --warc-file": wget_crawl,
}


def main(count: int, rounds: int) -> None:
    """Prints the table; the crawlers take turns, so that what else the machine does falls on all."""
    names = [name for name in CRAWLERS if not name.startswith("wget") or shutil.which("wget")]
    with serving(count) as base:
        found = [{name: rate(name, base, count) for name in names} for _ in range(rounds)]
    print(f"{count} pages of some 35 KB, {TOGETHER} at a time (wget: one), medians of {rounds} rounds")
    print(f"{'':28}{'pages/s':>9}{'of bare Scrapy':>16}{'CPU ms/page':>13}")
    for name in names:
        pages_a_second = statistics.median(one[name].pages for one in found)
        used = 1000 * statistics.median(one[name].cpu for one in found)
        print(f"{name:28}{pages_a_second:9.0f}{ratio(found, name, BARE_SCRAPY):16.2f}{used:13.1f}")
    for peer, goal in GOALS.items():
        if peer not in names:
            print(f"wget is not installed: nothing is said of {peer}")
            continue
        reached = ratio(found, NIANBAO, peer)
        print(f"of {peer}: {reached:.2f}, goal {goal}: {'met' if reached >= goal else 'missed'}")


def ratio(rounds: list[dict[str, Rate]], name: str, peer: str) -> float:
    """Gives the median of a crawler's rate over a peer's in the same round."""
    return statistics.median(one[name].pages / one[peer].pages for one in rounds)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(int(sys.argv[2])))
    else:
        main(*(int(said) for said in (sys.argv[1:] + ["1500", "3"][len(sys.argv) - 1 :])))
