"""What the wide panel costs in each format: seconds, bytes and memory, over synthetic documents with some 200 figures.

The floor is the same arrays fetched by a plain query and thrown away. Each format is written by a process of its own,
so that its memory is its own.

    python benchmarks/exports.py [--documents 20000] [--formats parquet,csv,dta,sav,xlsx]
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path

from sqlalchemy import Engine, text

from archive.records.session import open_engine, snapshot
from archive.research.exports import Selection, export
from benchmarks.synthetic import load
from benchmarks.synthetic.plan import Plan
from benchmarks.synthetic.servers import machine, scratch

FLOOR = 'SELECT part, form, statuses, "values"::text[] FROM figures'
AIM = "a minute and 1 GiB at 200,000 documents"


def floor(engine: Engine) -> float:
    """Gives the seconds that fetching all arrays takes."""
    started = time.perf_counter()
    with snapshot(engine) as connection:
        for _ in connection.execute(text(FLOOR), execution_options={"yield_per": 1000}):
            pass
    return time.perf_counter() - started


def one(url: str, form: str, folder: Path) -> None:
    """Writes one format and prints what it took, as JSON."""
    started = time.perf_counter()
    with open_engine(folder, url) as engine, snapshot(engine) as connection:
        written = export(connection, "wide", [form], folder, Selection(1))
    took = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    size = sum(each.path.stat().st_size for each in written)
    print(json.dumps({"rows": written[0].rows, "seconds": took, "memory": memory, "bytes": size}))


def main() -> None:
    """Prints a line a format."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--formats", default="parquet,csv,dta,sav,xlsx")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one(asked.one[0], asked.one[1], Path(asked.one[2]))
        return
    with scratch() as engine, tempfile.TemporaryDirectory() as folder:
        load.prepared(engine, 1)
        plan = Plan(asked.documents)
        steps = chain(load.crawled(plan), load.read(plan, 1), load.derived(plan, 1))
        load.load(engine, steps, lambda table, rows, seconds: None)
        load.assign_documents(engine, plan)
        print(f"{asked.documents} documents; {machine(engine)}; aim: {AIM}")
        bare = floor(engine)
        print(f"{'floor':8} {bare:8.1f} s")
        for form in asked.formats.split(","):
            url = engine.url.render_as_string(hide_password=False)
            command = [sys.executable, __file__, "--one", url, form, folder]
            found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            print(
                f"{form:8} {found['seconds']:8.1f} s  {found['seconds'] / bare:5.1f} × floor"
                f"  {found['bytes'] / 1e6:8.1f} MB  {found['memory'] / 2**20:6.0f} MiB  {found['rows']} rows"
            )
        print(machine(engine))


if __name__ == "__main__":
    main()
