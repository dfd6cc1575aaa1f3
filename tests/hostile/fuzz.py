"""Reads broken files and says what the reader did not stand: `python -m tests.hostile.fuzz --minutes 60`.

The seeds are the recorded reports of every format. A finding is a reading that raised what it must not, crashed, hung,
ate its memory, or gave what cannot be stored. Each is written to a folder, named for its code and digest.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive import sandbox
from archive.errors import UnreadableDocumentError
from archive.model import Hints, Payload, Status
from archive.read import read_all
from archive.read.json import reading_json
from archive.unpacking import unpack
from tests.hostile.mutate import mutated
from tests.recorded.cases import cases


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken file and the name of the sound one it was made from."""

    name: str
    data: bytes


def broken_files(seed: int, kinds: frozenset[str] = frozenset()) -> Iterator[Broken]:
    """Gives broken files without end, formats in equal shares, the same for the same seed; `kinds` limits them."""
    chance = random.Random(seed)
    seeds: dict[str, list[tuple[str, bytes]]] = {}
    for case in cases():
        if not kinds or case.folder.parent.name in kinds:
            seeds.setdefault(case.folder.parent.name, []).append((case.source.name, case.source.read_bytes()))
    while True:
        kind = chance.choice(sorted(seeds))
        name, data = chance.choice(seeds[kind])
        yield Broken(f"{kind}/{name}", mutated(chance, data, [other for _, other in seeds[kind]]))


def outcome(task: Broken) -> str:
    """Gives `read` or the code of the named error; raises where a reading cannot be stored. Runs in a worker."""
    try:
        readings = read_all(Payload(task.data), Hints(file_name=task.name.rpartition("/")[2]), unpack)
    except UnreadableDocumentError as error:
        return error.code
    for reading in readings:
        said = json.dumps(reading_json(reading, task.name, ""), ensure_ascii=False)
        said.encode("utf-8")
        assert "\\u0000" not in said, "a NUL, which PostgreSQL cannot store"
        assert reading.year is None or 1990 <= reading.year <= 2100, f"year {reading.year}"
        assert all((f.value is not None) == (f.status is Status.NUMBER) for f in reading.figures), "value and status"
        assert len({f.indicator for f in reading.figures}) == len(reading.figures), "an indicator twice"
    assert len({reading.place for reading in readings}) == len(readings), "a place twice"
    return "read"


def findings(tasks: Iterator[Broken], workers: int) -> Iterator[tuple[Broken, str | sandbox.Failure]]:
    """Gives every broken file with its outcome; a Failure is a finding."""
    return sandbox.run(outcome, tasks, workers=workers)


def main() -> int:
    """Fuzzes for some minutes; exit code 1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--formats", nargs="*", default=[])
    parser.add_argument("--folder", type=Path, default=Path("fuzz-findings"))
    given = parser.parse_args()
    stop = time.monotonic() + given.minutes * 60
    counts: Counter[str] = Counter()
    found = 0

    def until_stop() -> Iterator[Broken]:
        for task in broken_files(given.seed, frozenset(given.formats)):
            if time.monotonic() > stop:
                return
            yield task

    for task, answer in findings(until_stop(), given.workers):
        counts[answer.code if isinstance(answer, sandbox.Failure) else answer] += 1
        if isinstance(answer, sandbox.Failure):
            found += 1
            given.folder.mkdir(parents=True, exist_ok=True)
            path = given.folder / f"{answer.code}-{Payload(task.data).sha256[:12]}-{task.name.replace('/', '-')}"
            path.write_bytes(task.data)
            sys.stdout.write(f"{path}: {answer.code}: {answer.message}\n")
    total = counts.total()
    sys.stdout.write(f"{total} broken files in {given.minutes:g} minutes, {found} findings\n")
    sys.stdout.writelines(f"  {code}: {count}\n" for code, count in counts.most_common())
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
