"""What a second reading process gains over a whole re-reading: reading, storing, comparing.

The recorded reports of every format but scans, each made into several payloads by bytes that change nothing, are
imported into a scratch archive. One worker and two take turns: readings are taken away and all is read and stored, then
all is read again and compared. The start of the readers counts, that of the server which forks them does not: a command
pays it once, however much it reads.

    python benchmarks/workers.py [--copies 4] [--rounds 3] [--pages]     (--pages: HTML alone, the quickest to read)
"""

import argparse
import statistics
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path

from sqlalchemy import Engine, text

from archive import reading
from archive.model import Storage
from archive.read import REVISION
from archive.records import waiting
from archive.records.waiting import EVERYTHING, Stored
from benchmarks.research import NIANBAO, ROOT, address, environ
from benchmarks.synthetic.servers import machine, scratch

REPORTS = ROOT / "tests" / "recorded" / "reports"
PREFIX = "https://www.example.gov.cn/xxgk/"
STEPS = ("read and store", "read and compare")


def varied(data: bytes, suffix: str, number: int) -> bytes:
    """Gives the bytes of a report made others, which say the same."""
    if suffix == ".html":
        return data + b"\n<!-- %d -->" % number
    if suffix == ".pdf":
        return data + b"\n%% %d\n" % number
    if data.startswith(b"PK"):
        packed = BytesIO(data)
        with zipfile.ZipFile(packed, "a") as archive:
            archive.comment = b"%d" % number
        return packed.getvalue()
    return data + (b"\0" if data.startswith(b"\xd0\xcf\x11\xe0") else b"\n") * number


def write(folder: Path, copies: int, *, pages: bool) -> None:
    """Writes the recorded reports, so many times each."""
    every = sorted(path for path in REPORTS.rglob("*.*") if path.suffix != ".json" and "scan" not in path.parts)
    for place, path in enumerate(path for path in every if path.suffix == ".html" or not pages):
        for number in range(copies):
            (folder / f"{place}-{number}{path.suffix}").write_bytes(varied(path.read_bytes(), path.suffix, number))


def imported(engine: Engine, home: Path, copies: int, *, pages: bool) -> tuple[Storage, list[Stored]]:
    """Takes the reports into the archive; gives where their bytes are, and what was read."""
    files = home / "files"
    files.mkdir()
    write(files, copies, pages=pages)
    command = (*NIANBAO, "import", "--url-prefix", PREFIX, str(files))
    subprocess.run(command, cwd=ROOT, env=environ(address(engine), home), stdout=subprocess.DEVNULL, check=False)
    with engine.connect() as connection:
        return Storage(home / "warc"), list(waiting.pending(connection, REVISION, EVERYTHING, read_already=True))


def read_and_store(engine: Engine, storage: Storage, every: Sequence[Stored], workers: int) -> int:
    """Reads all anew; gives how many payloads."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # documents may point at nothing here
        for table in ("figures", "statements", "issues", "readings"):
            connection.execute(text(f"DELETE FROM {table}"))
    return reading.read_found(engine, storage, workers, lambda *_: None, every).read


def read_and_compare(engine: Engine, storage: Storage, every: Sequence[Stored], workers: int) -> int:
    """Reads all again, beside what is stored; gives how many payloads read the same."""
    nothing = reading.Summary(REVISION, 0, 0)
    return reading.read_again(engine, storage, workers, lambda *_: None, every, nothing).same


def timed(work: Callable[[], int], due: int) -> float:
    """Gives the seconds that some work took. Raises SystemExit where it did less than was due."""
    started = time.perf_counter()
    if (count := work()) < due:
        raise SystemExit(f"{count} of {due} payloads were read")
    return time.perf_counter() - started


def measure(engine: Engine, storage: Storage, every: Sequence[Stored], rounds: int) -> None:
    """Prints every pair of runs, and the median of what two workers gain."""
    pairs: dict[str, list[tuple[float, float]]] = {step: [] for step in STEPS}
    read_and_compare(engine, storage, every[:1], 1)  # starts the server
    for _ in range(rounds):
        took: dict[tuple[str, int], float] = {}
        for workers in (1, 2):
            for step, work in zip(STEPS, (read_and_store, read_and_compare), strict=True):
                took[step, workers] = timed(partial(work, engine, storage, every, workers), len(every))
        for step in STEPS:
            pairs[step].append((took[step, 1], took[step, 2]))
    print(f"{len(every)} payloads; seconds")
    print(f"{'':18} {'1 worker':>8} {'2 workers':>9}")
    for step, own in pairs.items():
        for one, two in own:
            print(f"{step:18} {one:8.1f} {two:9.1f}   {one / two:.2f} times")
        print(f"{step:18} {'median':>18}   {statistics.median(one / two for one, two in own):.2f} times")


def main() -> None:
    """Imports the reports and prints what two workers gain."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--copies", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", action="store_true")
    asked = parser.parse_args()
    with scratch() as engine, tempfile.TemporaryDirectory(prefix="nianbao-bench-") as folder:
        storage, every = imported(engine, Path(folder), asked.copies, pages=asked.pages)
        measure(engine, storage, every, asked.rounds)
        print(f"\n{machine(engine)}")


if __name__ == "__main__":
    main()
