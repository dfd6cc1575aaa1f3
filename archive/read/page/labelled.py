"""Label cells on a strip of runs: the statutory labels put together from the lines they are printed on."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from archive.read.forms.catalogue import forms
from archive.read.forms.labels import NUMBERING, Labels, normal
from archive.read.page.model import Box
from archive.read.page.runs import LEVEL, Run
from archive.read.words import squash

BESIDE = 2.2
"""Gap in em over which the signs of one label may be spread (总　计)."""
BELOW = 1.2
"""Gap in em between two lines of one label."""
OPENS = re.compile(r"\s*(?:[（(]?[一二三四五六七八九十]{1,3}[）)、.．]|[（(]?\d+[）)、.．](?!\d)|[+-]?[\d.,]*\d$)")
"""A numbering or a number opens a cell of its own: it goes on no label."""
LONGEST = 60
SHORTEST = 2
MOST_RUNS = 40
MOST_CHAINS = 400


@dataclass(frozen=True, slots=True)
class Known:
    """All labels of the forms by kind: Labels to find them whole, and what they begin with."""

    kinds: dict[str, Labels]
    beginnings: frozenset[str]
    whole: dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Label(Box):
    """A printed label: which labels of which kind it may be, its box and its runs."""

    keys: dict[str, str]
    text: str
    runs: tuple[Run, ...]


@cache
def known() -> Known:
    """Gives the labels of all forms."""
    spelled: dict[str, dict[str, str]] = {kind: {} for kind in ("column", "row", "corner", "item")}
    for kind in ("applicant", "request", "group", "head", "outcome", "block"):
        spelled[kind] = {}
    for form in forms().values():
        table = form.disclosure
        spelled["corner"][table.corner] = "corner"
        spelled["item"] |= {f"第二十条第{number}项": "item" for number in "一二三四五六七八九十"}
        spelled["column"] |= {s: c.key for c in table.columns for s in c.spellings}
        spelled["row"] |= {s: r.key for b in table.blocks for r in b.rows for s in r.spellings}
        requests = form.requests
        spelled["applicant"] |= {s: c.key for c in requests.columns for s in c.spellings}
        spelled["request"] |= {s: r.key for r in requests.rows for s in r.spellings}
        spelled["group"] |= {g: g for g in requests.groups}
        spelled["head"] |= {h: h for h in requests.headers}
        spelled["outcome"] |= {s: c.key for c in form.remedies.columns for s in c.spellings}
        spelled["block"] |= {h: h for h in form.remedies.headers}
    whole = {kind: frozenset(map(normal, texts)) for kind, texts in spelled.items()}
    flat = frozenset().union(*whole.values())
    beginnings = frozenset(label[:length] for label in flat for length in range(1, len(label) + 1))
    return Known({kind: Labels((k, s) for s, k in texts.items()) for kind, texts in spelled.items()}, beginnings, whole)


@cache
def kinds_of(flat: str) -> dict[str, str]:
    """Gives kind → key of every label that a normalised text is."""
    return {kind: key for kind, labels in known().kinds.items() if (key := labels.find(flat))}


@cache
def begins(flat: str) -> bool:
    """Tells whether a normalised text may be the beginning of a label; one sign may be wrong, lost or added."""
    beginnings = known().beginnings
    if flat in beginnings or not flat:
        return True
    if not 2 < len(flat) <= LONGEST:
        return False
    right = next(place for place in range(len(flat)) if flat[: place + 1] not in beginnings)
    if not right and flat[1] not in seconds():
        return False
    head, tail = flat[:right], flat[right:]
    return (
        any(head + lost + tail in beginnings for lost in following(head))
        or any(head + meant + tail[1:] in beginnings for meant in following(head))
        or (right > 0 and head + tail[1:] in beginnings)
    )


@cache
def seconds() -> frozenset[str]:
    """Gives the second signs of labels."""
    return frozenset(beginning[1] for beginning in known().beginnings if len(beginning) > 1)


@cache
def following(head: str) -> tuple[str, ...]:
    """Gives the signs that may follow a beginning."""
    size = len(head)
    return tuple({b[size] for b in known().beginnings if len(b) == size + 1 and b.startswith(head)})


def parted(placed: Sequence[Run]) -> list[Run]:
    """Gives the runs with header labels that touch each other apart: 结果维结果纠 are the first lines of two cells."""
    return [piece for run in placed for piece in pieces(run)]


def pieces(run: Run) -> list[Run]:
    """Gives the labels or their beginnings that a run is made of; the run itself where it is anything else."""
    text = run.text
    if not 2 * SHORTEST <= len(text) <= LONGEST or text[:SHORTEST] not in headings() or text in known().beginnings:
        return [run]
    if len(text) != len(run.glyphs):
        return [run]
    cuts = [0]
    while cuts[-1] < len(text):
        start = cuts[-1]
        ends = [stop for stop in range(start + SHORTEST, len(text) + 1) if text[start:stop] in headings()]
        if not ends:
            return [run]
        cuts.append(ends[-1])
    return [run.part(start, stop) for start, stop in pairwise(cuts)]


@cache
def headings() -> frozenset[str]:
    """Gives what labels of columns begin with."""
    texts = (label for kind in ("column", "applicant", "outcome", "block") for label in known().whole[kind])
    return frozenset(label[:stop] for label in texts for stop in range(SHORTEST, len(label) + 1))


def labels(placed: Sequence[Run]) -> list[Label]:
    """Gives the label cells among runs from top to bottom; no run is in two."""
    neighbours = Neighbours(placed)
    used: set[int] = set()
    found: list[Label] = []
    for start in neighbours.ordered:
        if id(start) in used or not normal(start.text) or not begins(normal(start.text)):
            continue
        best: tuple[tuple[bool, int, float], tuple[Run, ...]] | None = None
        for chain in chains(neighbours, used, start):
            flat = normal("".join(run.text for run in chain))
            if not kinds_of(flat):
                continue
            exact = any(flat in texts for texts in known().whole.values())
            rank = (exact, len(flat), -spread(chain))
            if best is None or rank > best[0]:
                best = (rank, chain)
        if best:
            chain = (*neighbours.numbering(best[1][0], used), *best[1])
            used.update(map(id, chain))
            found.append(label_of(chain))
    return found


def chains(neighbours: "Neighbours", used: set[int], start: Run) -> Iterator[tuple[Run, ...]]:
    """Gives the runs, one and more, that a label beginning with `start` may be printed in."""
    stack: list[tuple[Run, ...]] = [(start,)]
    budget = MOST_CHAINS
    while stack and budget:
        budget -= 1
        chain = stack.pop()
        yield chain
        if len(chain) >= MOST_RUNS:
            continue
        text = "".join(run.text for run in chain)
        for after in (neighbours.below(chain), neighbours.beside(chain[-1])):
            if after and id(after) not in used and not OPENS.match(after.text) and begins(normal(text + after.text)):
                stack.append((*chain, after))


def spread(chain: Sequence[Run]) -> float:
    """Gives how far apart runs of a label stand: 结果 goes with 维持 below it, not with 其他 beside it."""
    return sum(max(right.x0 - left.x1, 0.0) for left, right in pairwise(chain) if right.middle < left.y1)


def label_of(chain: tuple[Run, ...]) -> Label:
    """Gives the label that runs print."""
    text = "".join(run.text for run in chain)
    return Label(
        min(run.x0 for run in chain),
        min(run.y0 for run in chain),
        max(run.x1 for run in chain),
        max(run.y1 for run in chain),
        kinds_of(normal(text)),
        text,
        chain,
    )


class Neighbours:
    """Which run stands beside and below which."""

    def __init__(self, placed: Sequence[Run]) -> None:
        self.ordered = sorted(placed, key=lambda run: (run.y0, run.x0))
        self.tops = [run.y0 for run in self.ordered]

    def between(self, top: float, bottom: float) -> list[Run]:
        """Gives the runs that begin between two heights."""
        return self.ordered[bisect_left(self.tops, top) : bisect_left(self.tops, bottom)]

    def level(self, run: Run) -> list[Run]:
        """Gives the other runs on a run's baseline."""
        height = run.y1 - run.y0
        near = self.between(run.y0 - height, run.y0 + height)
        return [other for other in near if other is not run and abs(other.middle - run.middle) <= LEVEL * height]

    def beside(self, run: Run) -> Run | None:
        """Gives the next run to the right on the same line, if it is near."""
        reach = run.x1 + BESIDE * run.em
        after = [other for other in self.level(run) if run.x1 - 1 <= other.x0 <= reach]
        return min(after, key=lambda other: other.x0, default=None)

    def below(self, chain: Sequence[Run]) -> Run | None:
        """Gives the run that goes on below: the first of the next line under what the chain covers."""
        last = chain[-1]
        size = last.em
        left, right = min(run.x0 for run in chain), max(run.x1 for run in chain)
        under = [
            other
            for other in self.between(last.middle, last.y1 + BELOW * size)
            if other.x0 < right and other.x1 > left and other.middle - last.middle > 2 * LEVEL * size
        ]
        if not under:
            return None
        first = min(under, key=lambda other: other.middle)
        return min((other for other in under if other.middle - first.middle < LEVEL * size), key=lambda other: other.x0)

    def numbering(self, run: Run, used: set[int]) -> list[Run]:
        """Gives a numbering that stands apart before a label (1. in a hanging indent)."""
        return [
            other
            for other in self.level(run)
            if id(other) not in used
            and run.x0 - 3 * run.em <= other.x1 <= run.x0 + 1
            and NUMBERING.fullmatch(squash(other.text))
            and not other.text.strip().isdigit()
        ]
