"""What a night costs as portals grow: requests, seconds, CPU and memory of `nianbao nightly`, first night and second.

Every portal is simulated, on a loopback address of its own: a list, some reports, robots.txt, ETags, no delay. In the
second night nothing has changed. One process serves them all; the embedded PostgreSQL is part of what is counted.

    python benchmarks/growth.py [PORTALS …]    (10 30 100 300 1000)
"""

import asyncio
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from urllib.request import urlopen

from benchmarks.synthetic.sections import SECTIONS

GROWTH = (10, 30, 100, 300, 1000)
YEARS = range(2019, 2024)  # a report each
EVERY = 0.1  # seconds between two looks at the processes
TICKS = os.sysconf("SC_CLK_TCK")
DIVISION = "990401"

# ── the portals ──────────────────────────────────────────────────────────────────────────────────────


def address(number: int) -> str:
    """Gives the loopback address of a portal."""
    return f"127.9.{number // 250}.{number % 250 + 1}"


def title(host: str, year: int) -> str:
    """Gives the title of a report; every portal is one town."""
    return f"第{host.rpartition('127.9.')[2].replace('.', '之')}镇{year}年政府信息公开工作年度报告"


def page(host: str, path: str) -> str | None:
    """Gives the list or a report of a portal; None for what it does not have."""
    if path == "/list.html":
        rows = (f'<li><a href="/{y}.html">{title(host, y)}</a><span>{y + 1}-01-18</span></li>' for y in YEARS)
        return f"<html><head><title>年报</title></head><body><ul class=list>{''.join(rows)}</ul></body></html>"
    year = path.strip("/").removesuffix(".html")
    if not year.isdigit() or int(year) not in YEARS:
        return None
    said = f"{host}于{year}年主动公开政府信息{int(year) - 2000}条，依法办理政府信息公开申请，做好监督保障工作。"
    parts = "".join(f"<h3>{heading}</h3><p>{said * 4}</p>" for heading in SECTIONS)
    named = title(host, int(year))
    return f"<html><head><title>{named}</title></head><body><h1>{named}</h1>{parts}</body></html>"


class Line(asyncio.Protocol):
    """One connection to a portal; answers GET alone, and counts."""

    seen: ClassVar[Counter[str]] = Counter()
    waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remembers where to write, and which portal it is."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.host = transport.get_extra_info("sockname")[0]

    def data_received(self, data: bytes) -> None:
        """Answers each whole request."""
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            request, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            path = request.split(b" ", 2)[1].decode("ascii")
            if path == "/counts":
                self.write("200 OK", json.dumps(self.seen).encode())
                self.seen.clear()
            else:
                self.answer(path, b"if-none-match:" in request.lower())

    def answer(self, path: str, conditional: bool) -> None:
        """Answers one request of a portal."""
        found = page(self.host, path)
        status = "404 Not Found" if found is None else "304 Not Modified" if conditional else "200 OK"
        self.seen[status[:3]] += 1
        self.write(status, (found or "").encode() if status == "200 OK" else b"")

    def write(self, status: str, body: bytes) -> None:
        """Sends an answer."""
        length = "" if status.startswith("304") else f"Content-Length: {len(body)}\r\n"
        head = f'HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nETag: "1"\r\n{length}\r\n'
        self.transport.write(head.encode("ascii") + body)


async def serve(count: int) -> None:
    """Serves the portals until killed; writes their port first."""
    loop = asyncio.get_running_loop()
    first = await loop.create_server(Line, address(0), 0)
    port = first.sockets[0].getsockname()[1]
    await loop.create_server(Line, [address(n) for n in range(1, count)], port)
    print(port, flush=True)
    await first.serve_forever()


@contextmanager
def serving(count: int) -> Iterator[int]:
    """Gives the port of portals in a process of their own."""
    with subprocess.Popen([sys.executable, __file__, "serve", str(count)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield int(child.stdout.readline())
        finally:
            child.kill()


def counts(port: int) -> Counter[str]:
    """Gives how many requests were answered with each status since it was asked last."""
    with urlopen(f"http://{address(0)}:{port}/counts") as answer:
        return Counter(json.load(answer))


def write_portals(folder: Path, count: int, port: int) -> None:
    """Writes the portal files."""
    folder.mkdir()
    for number in range(count):
        name, host = f"{DIVISION}-di{number:04}", f"{address(number)}:{port}"
        folder.joinpath(f"{name}.toml").write_text(
            f'schema = 1\nid = "{name}"\nname = "第{number}县"\ndivision = "{DIVISION}"\nbase = "http://{host}"\n'
            f'hosts = ["{host}"]\nstatus = "active"\n[politeness]\ndelay = 0.0\njitter = 0.0\n'
            f'[[column]]\nkey = "nb"\nurl = "http://{host}/list.html"\nfamily = "listing"\n',
            encoding="utf-8",
        )


# ── what a night takes ───────────────────────────────────────────────────────────────────────────────


@dataclass
class Watch:
    """What the processes of a night use, by kind: command, crawler, readers, postgres."""

    root: int
    home: str
    kinds: dict[int, str] = field(default_factory=dict)
    ticks: dict[int, int] = field(default_factory=dict)
    peak: dict[int, int] = field(default_factory=dict)  # kB

    def until(self, over: threading.Event) -> None:
        """Looks again and again until it is over."""
        while not over.wait(EVERY):
            self.look()

    def look(self) -> None:
        """Notes what each process has used until now."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = entry.joinpath("stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                    self.note(int(entry.name), int(fields[1]), int(fields[11]) + int(fields[12]), entry)
                except (OSError, IndexError):  # it has just ended
                    continue

    def note(self, pid: int, parent: int, ticks: int, entry: Path) -> None:
        """Notes one process, where it is one of the night's."""
        if pid not in self.kinds:
            command = entry.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            if (kind := self.kind(pid, parent, command)) is None:
                return
            self.kinds[pid] = kind
        self.ticks[pid] = ticks
        for line in entry.joinpath("status").read_text("utf-8", "replace").splitlines():
            if line.startswith("VmHWM:"):
                self.peak[pid] = int(line.split()[1])

    def kind(self, pid: int, parent: int, command: str) -> str | None:
        """Gives what a process is, None for one of others."""
        if pid == self.root:
            return "command"
        if "postgres" in command.partition(" ")[0] and (self.home in command or self.kinds.get(parent) == "postgres"):
            return "postgres"
        if parent not in self.kinds:
            return None
        return "crawler" if "-m crawler" in command else "readers"

    def cpu(self) -> float:
        """Gives the CPU seconds of all."""
        return sum(self.ticks.values()) / TICKS

    def memory(self, kind: str) -> float:
        """Gives the peak of the largest process of a kind, in MB."""
        return max((self.peak.get(pid, 0) for pid, found in self.kinds.items() if found == kind), default=0) / 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What one night took."""

    requests: int
    unchanged: int  # answered by 304
    seconds: float
    cpu: float
    crawler: float  # MB
    reader: float
    command: float


def night(home: Path, port: int, count: int) -> Cost:
    """Gives what a night takes. Ends the program where a portal is not complete."""
    settings = {"HOME": home, "PORTALS_DIR": home / "portals", "PROFILE": "test", "NIGHT_REQUESTS": 10_000_000}
    environ = os.environ | {f"NIANBAO_{name}": str(value) for name, value in settings.items()}
    command = [str(Path(sys.executable).with_name("nianbao")), "nightly", "--all", "--json"]
    counts(port)
    started = time.monotonic()
    with (home / "night.log").open("w") as log, (home / "night.json").open("w") as said:
        child = subprocess.Popen(command, stdout=said, stderr=log, env=environ)
        watch = Watch(child.pid, str(home))
        over = threading.Event()
        watcher = threading.Thread(target=watch.until, args=(over,))
        watcher.start()
        code = child.wait()
        over.set()
        watcher.join()
    seconds = time.monotonic() - started
    told = (home / "night.json").read_text("utf-8")
    states = Counter(one["state"] for one in json.loads(told)["portals"]) if told else Counter()
    if code or states != {"complete": count}:
        raise SystemExit(f"exit code {code}, {dict(states)}\n{(home / 'night.log').read_text('utf-8')[-2000:]}")
    asked = counts(port)
    memory = [watch.memory(kind) for kind in ("crawler", "readers", "command")]
    return Cost(sum(asked.values()), asked["304"], seconds, watch.cpu(), *memory)


def grow(count: int) -> list[Cost]:
    """Gives the cost of the first and of the second night of so many portals."""
    home = Path(tempfile.mkdtemp(prefix="nianbao-growth-"))
    home.chmod(0o755)  # the embedded server of root runs as another user
    try:
        with serving(count) as port:
            write_portals(home / "portals", count, port)
            return [night(home, port, count) for _ in range(2)]
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main(sizes: list[int]) -> None:
    """Prints the table; what a portal takes stands beside what it takes in the first row."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))
    print(f"{len(YEARS)} reports a portal, no delay; CPU of all processes with PostgreSQL; MB of the largest process")
    print(f"{'portals':>7} {'night':>5} {'requests':>8} {'of them 304':>11} {'seconds':>8} {'CPU s':>7}", end="")
    print(f" {'crawler MB':>10} {'reader MB':>9} {'command MB':>10}   a portal, of the first row: seconds, CPU, MB")
    first: list[Cost] = []
    for count in sizes:
        costs = grow(count)
        first = first or costs
        for number, (cost, base) in enumerate(zip(costs, first, strict=True), start=1):
            share = sizes[0] / count
            ratios = f"{cost.seconds / base.seconds * share:5.2f} {cost.cpu / base.cpu * share:5.2f}"
            print(
                f"{count:7} {number:5} {cost.requests:8} {cost.unchanged:11} {cost.seconds:8.1f} {cost.cpu:7.1f}",
                end="",
            )
            print(f" {cost.crawler:10.0f} {cost.reader:9.0f} {cost.command:10.0f}", end="")
            print(f"   {ratios} {cost.crawler / base.crawler * share:5.2f}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(int(sys.argv[2])))
    else:
        main([int(said) for said in sys.argv[1:]] or list(GROWTH))
