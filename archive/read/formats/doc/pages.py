"""Formatted disk pages (FKP, [MS-DOC] 2.9.33 and 2.9.175): byte ranges of the main stream and their modifiers."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from archive.read.formats.doc.binary import damaged, part, unsigned

PAGE = 512
NUMBER = 0x3FFFFF  # 22 bits


@dataclass(frozen=True, slots=True)
class Run:
    """Bytes `start` to `stop` of the main stream: a paragraph's or a run's style and modifiers."""

    start: int
    stop: int
    style: int
    grpprl: bytes


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs in order of their first byte."""

    runs: tuple[Run, ...]
    starts: tuple[int, ...]

    def at(self, fc: int) -> Run | None:
        """Gives the run that holds a byte, None where none does."""
        index = bisect_right(self.starts, fc) - 1
        return self.runs[index] if index >= 0 and fc < self.runs[index].stop else None


def paragraph_runs(word: bytes, plc: bytes) -> Runs:
    """Gives the paragraphs by the list of their pages."""
    return in_order(run for page in pages(word, plc) for run in entries(page, 13, paragraph))


def character_runs(word: bytes, plc: bytes) -> Runs:
    """Gives the runs of characters by the list of their pages."""
    return in_order(run for page in pages(word, plc) for run in entries(page, 1, characters))


def in_order(runs: Iterator[Run]) -> Runs:
    """Gives runs sorted by their first byte; one that reaches into the next ends there."""
    ordered = sorted(runs, key=lambda run: run.start)
    nexts = [run.start for run in ordered[1:]] + [ordered[-1].stop] if ordered else []
    clipped = (
        run if run.stop <= next_ else replace(run, stop=next_) for run, next_ in zip(ordered, nexts, strict=True)
    )
    kept = tuple(run for run in clipped if run.start < run.stop)
    return Runs(kept, tuple(run.start for run in kept))


def pages(word: bytes, plc: bytes) -> Iterator[bytes]:
    """Gives the pages a list names; no more than the stream has room for."""
    count = (len(plc) - 4) // 8
    if count > len(word) // PAGE:
        raise damaged("it names more pages of properties than it has bytes for")
    for index in range(count):
        number = unsigned(plc, 4 * (count + 1) + 4 * index, 4) & NUMBER
        yield part(word, number * PAGE, PAGE)


def entries(page: bytes, size: int, properties: Callable[[bytes, int], tuple[int, bytes]]) -> Iterator[Run]:
    """Gives the runs of a page, whose last byte counts them; `size` is that of an entry after the byte offsets."""
    count = page[PAGE - 1]
    for index in range(count):
        start, stop = unsigned(page, 4 * index, 4), unsigned(page, 4 * index + 4, 4)
        offset = 2 * unsigned(page, 4 * (count + 1) + size * index, 1)
        yield Run(start, stop, *(properties(page, offset) if offset else (0, b"")))


def paragraph(page: bytes, at: int) -> tuple[int, bytes]:
    """Gives style and modifiers of a paragraph (PapxInFkp)."""
    words = unsigned(page, at, 1)
    at, size = (at + 1, 2 * words - 1) if words else (at + 2, 2 * unsigned(page, at + 1, 1))
    held = part(page, at, size)
    return int.from_bytes(held[:2], "little"), held[2:]


def characters(page: bytes, at: int) -> tuple[int, bytes]:
    """Gives the modifiers of a run of characters (Chpx)."""
    return 0, part(page, at + 1, unsigned(page, at, 1))
