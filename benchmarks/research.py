"""What researchers wait for: pages, one indicator over a province, an export, beside plain PostgreSQL queries.

A synthetic archive is loaded, `nianbao serve` runs over it as a process of its own, and one client asks it again and
again over one connection, each time for something else. The floor is what PostgreSQL itself takes for the least that
answers the question, asked from here.

    python benchmarks/research.py [--documents 20000] [--asks 100] [--no-export]
"""

import argparse
import gc
import http.client
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import Connection, Engine, text

from archive import divisions
from archive.operate import agencies
from benchmarks.synthetic import invented, load
from benchmarks.synthetic.plan import PROVINCES, YEARS, Plan, agency_name, division
from benchmarks.synthetic.servers import machine, scratch

NIANBAO = (sys.executable, "-c", "from archive.cli import main; main()")
ROOT = Path(__file__).parents[1]
WARM = 10  # asks before those that count
INDICATOR = "requests.received.natural_person"
PANEL = f"""
SELECT agency, year, value, missing FROM research.panel
WHERE indicator = '{INDICATOR}' AND province = :province AND year BETWEEN 2019 AND 2025"""
PLACES = """
SELECT d.agency_id, d.year, f."values"[1] FROM agencies a
JOIN documents d ON d.agency_id = a.id AND d.year BETWEEN 2019 AND 2025
JOIN current_readings k ON k.document_id = d.id
JOIN figures f ON f.reading_id = k.reading_id AND f.part = 'requests'
WHERE left(coalesce(a.code, a.division), 2) = :province"""
ROWS = """
SELECT f.* FROM agencies a JOIN documents d ON d.agency_id = a.id AND d.year = :year
JOIN current_readings k ON k.document_id = d.id JOIN figures f ON f.reading_id = k.reading_id
WHERE a.division = :division AND a.name = :agency"""
TEXTS = """
SELECT sha256 FROM texts WHERE zh_grams(body) @> zh_grams(:word) AND body LIKE '%' || :word || '%' LIMIT 50"""
BOTH = TEXTS.replace("LIMIT", "AND zh_grams(body) @> zh_grams(:other) AND body LIKE '%' || :other || '%' LIMIT")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is asked of the pages, or of the views, and what its floor is asked with."""

    path: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """A kind of question: `draw` makes one of them, `floor` is the least that PostgreSQL must do for it."""

    name: str
    draw: Callable[[random.Random, Plan], Asked]
    floor: str
    view: str | None = None


def a_report(drawn: random.Random, plan: Plan) -> Asked:
    """Gives a report of any agency and year."""
    agency = drawn.randint(1, plan.documents // len(YEARS))
    values = {"division": division((agency - 1) // 60), "agency": agency_name(agency), "year": drawn.choice(YEARS)}
    return Asked("/reports/{division}/{agency}/{year}".format(**values), values)


def a_word(drawn: random.Random, _plan: Plan) -> Asked:
    """Gives a search for a word of two characters, from one that every report has to one of few reports."""
    words, _ = invented.vocabulary()
    return searched(words[int(len(words) ** drawn.random()) - 1])


def a_phrase(drawn: random.Random, plan: Plan) -> Asked:
    """Gives a search for four characters that stand in a text."""
    body = invented.body(drawn.randrange(plan.texts))
    at = drawn.randrange(10, len(body) - 4)
    return searched(body[at : at + 4])


def two_words(drawn: random.Random, plan: Plan) -> Asked:
    """Gives a search for a word that most reports have and any other."""
    words, _ = invented.vocabulary()
    return searched(drawn.choice(words[:20]), a_word(drawn, plan).values["word"])


def searched(word: str, other: str = "") -> Asked:
    """Gives a search for one or two words."""
    asked = f"{word} {other}".strip()
    return Asked(f"/search?{urlencode({'q': asked}, quote_via=quote)}", {"word": word, "other": other})


def a_province(drawn: random.Random, plan: Plan) -> Asked:
    """Gives a province."""
    return Asked("", {"province": drawn.choice(PROVINCES[: min(plan.portals, len(PROVINCES))])})


def comparison(drawn: random.Random, plan: Plan) -> Asked:
    """Gives one indicator of a province over seven years, as the page of comparisons sums it up."""
    values = a_province(drawn, plan).values
    asked = {"division": values["province"], "indicator": INDICATOR, "from": 2019, "to": 2025}
    return Asked(f"/compare.json?{urlencode(asked)}", values)


QUESTIONS = (
    Question("search, a word of two characters", a_word, TEXTS),
    Question("search, four characters in a row", a_phrase, TEXTS),
    Question("search, a common word and another", two_words, BOTH),
    Question("report page", a_report, ROWS),
    Question("one indicator, a province, 7 years: view", a_province, PLACES, PANEL),
    Question("one indicator, a province, 7 years: page", comparison, PLACES),
)


def free_port() -> int:
    """Gives a port that nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port: int = taken.getsockname()[1]
    return port


def timed(run: Callable[[], object]) -> float:
    """Gives the milliseconds that something takes."""
    started = time.perf_counter()
    run()
    return (time.perf_counter() - started) * 1000


def spread(took: Sequence[float]) -> tuple[float, float]:
    """Gives the median and the 95th percentile, the first few not counted."""
    ordered = sorted(took[WARM:])
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]


@dataclass(frozen=True, slots=True)
class Pages:
    """`nianbao serve` over an archive, and the one connection that asks it."""

    process: subprocess.Popen[bytes]
    client: http.client.HTTPConnection

    def seconds(self) -> float:
        """Gives the CPU time that the process has used; of a busy machine the only number to keep."""
        spent = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
        return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(url: str, home: Path) -> Iterator[Pages]:
    """Gives the pages of a database, served until the end."""
    port = free_port()
    command = (*NIANBAO, "serve", "--port", str(port), "--raw-port", str(free_port()))
    with (home / "serve.log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environ(url, home), stdout=log, stderr=log)
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as client:
            ready(client, server)
            yield Pages(server, client)
    finally:
        server.terminate()
        server.wait()


def address(engine: Engine) -> str:
    """Gives the address of a database as an operator writes it."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def environ(url: str, home: Path) -> dict[str, str]:
    """Gives the variables of a command over a database."""
    return os.environ | {"NIANBAO_DATABASE_URL": url, "NIANBAO_HOME": str(home)}


def ready(client: http.client.HTTPConnection, server: subprocess.Popen[bytes]) -> None:
    """Waits until the pages answer. Raises SystemExit where the server ends before."""
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit("nianbao serve ended")
        try:
            fetch(client, "/method")
        except OSError:
            client.close()
            time.sleep(0.2)
        else:
            return
    raise SystemExit("nianbao serve does not answer")


def fetch(client: http.client.HTTPConnection, path: str) -> bytes:
    """Gives a page. Raises SystemExit where it is none."""
    client.request("GET", quote(path, safe="/?&=%"))
    answer = client.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path} gives {answer.status}: {body[:500].decode()}")
    return body


def ask(engine: Engine, pages: Pages, plan: Plan, asks: int) -> None:
    """Prints how long questions take, what of it is CPU time of the pages, and their floors."""
    gc.collect()
    gc.freeze()  # or this client looks through its modules for garbage, 50 ms with every fifteenth answer of a view
    print(f"{'question':42} {'p50 ms':>8} {'p95 ms':>8} {'CPU ms':>7} {'floor p50':>10} {'floor p95':>10}")
    for question in QUESTIONS:
        drawn = random.Random(6)
        asked = [question.draw(drawn, plan) for _ in range(asks + WARM)]
        with engine.connect() as connection:
            floor = spread([timed(partial(rows, connection, question.floor, one.values)) for one in asked])
            pages.client.close()  # what was idle meanwhile the server closes; the next request opens another
            before = pages.seconds()
            if question.view:
                took = spread([timed(partial(rows, connection, question.view, one.values)) for one in asked])
            else:
                took = spread([timed(partial(fetch, pages.client, one.path)) for one in asked])
        cpu = (pages.seconds() - before) * 1000 / len(asked)
        figures = (*took, cpu, *floor)
        print(f"{question.name:42} {'{:8.1f} {:8.1f} {:7.1f} {:10.1f} {:10.1f}'.format(*figures)}", flush=True)


def rows(connection: Connection, statement: str, values: dict[str, Any]) -> list[Any]:
    """Gives the rows of a plain query."""
    return list(connection.execute(text(statement), values))


def export(url: str, home: Path) -> None:
    """Prints what exporting the whole wide panel as Parquet takes: seconds, memory, bytes."""
    folder = home / "export"
    command = (*NIANBAO, "export", "--shape", "wide", "--format", "parquet", "-o", str(folder))
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environ(url, home), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"nianbao export ended with {process.returncode}")
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"\nwide panel as Parquet: {took:.1f} s, {used.ru_maxrss / 1024:.0f} MiB at most, {size / 1e6:.1f} MB")


def measure(engine: Engine, plan: Plan, asks: int, *, exported: bool) -> None:
    """Prints all of it about an archive."""
    url = address(engine)
    with tempfile.TemporaryDirectory(prefix="nianbao-bench-") as folder:
        home = Path(folder)
        with serving(url, home) as pages:
            ask(engine, pages, plan, asks)
        if exported:
            export(url, home)
    print(f"\n{machine(engine)}")


def fill(engine: Engine, plan: Plan) -> None:
    """Loads the archive."""
    load.prepared(engine, 1)
    steps = chain(load.crawled(plan), load.read(plan, 1), load.derived(plan, 1))
    load.load(engine, steps, lambda *_: None)
    load.assign_documents(engine, plan)
    with engine.begin() as connection:
        agencies.settle(connection, divisions.load(), only_new=True)  # a search asks for agencies of the name too
    load.settle(engine)


def main() -> None:
    """Loads an archive and prints how it answers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--asks", type=int, default=100)
    parser.add_argument("--no-export", action="store_true")
    asked = parser.parse_args()
    plan = Plan(asked.documents, sharing=1)
    with scratch() as engine:
        fill(engine, plan)
        print(f"{asked.documents} documents, {plan.texts} texts; {machine(engine)}\n")
        measure(engine, plan, asked.asks, exported=not asked.no_export)


if __name__ == "__main__":
    main()
