"""Passages: what stands around the words that were looked for, under which heading, and where in it they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.read.words import section

BEFORE, AFTER = 30, 60  # characters around a word
MOST = 3  # passages of one report
NUMBERS = tuple("一二三四五六")  # of the statutory sections; what begins otherwise heads none


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a text on one line; `marks` are first and last-but-one places of the words in it, in order.

    `section` is the heading of the section it stands in, None where none is known; `cut` says whether there is more
    text before it and after it.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    section: str | None
    cut: tuple[bool, bool]

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """Gives the text in pieces, with whether each is one of the words; what is cut off shows as …."""
        found, at = [("…" if self.cut[0] else "", False)], 0
        for start, end in self.marks:
            found += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        found += [(self.text[at:], False), ("…" if self.cut[1] else "", False)]
        return [(piece, marked) for piece, marked in found if piece]


def passages_of(text: str, words: Sequence[Sequence[str]], most: int = MOST) -> list[Passage]:
    """Gives passages around the first place of each word, then around further places, none overlapping another.

    `words` are the ways of writing each word that was asked for.
    """
    places = [found for word in words if (found := places_of(text, word))]
    first = [found[0] for found in places]
    further = sorted({place for found in places for place in found[1:]} - set(first))
    chosen: list[tuple[int, int]] = []
    for start, end in (*first, *further):
        if len(chosen) < most and not any(a < end and start < b for a, b in chosen):
            chosen.append(window(text, start, end))
    every = sorted({place for found in places for place in found})
    return [passage(text, start, end, every) for start, end in merged(chosen)]


def places_of(text: str, ways: Sequence[str]) -> list[tuple[int, int]]:
    """Gives where a word stands in a text, however written, in order."""
    found: set[tuple[int, int]] = set()
    for way in ways:
        at = text.find(way)
        while at >= 0:
            found.add((at, at + len(way)))
            at = text.find(way, at + len(way))
    return sorted(found)


def window(text: str, start: int, end: int) -> tuple[int, int]:
    """Gives from where to where a passage around a place goes: to the ends of its line, or so many characters."""
    line, stop = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    return max(start - BEFORE, line), min(end + AFTER, len(text) if stop < 0 else stop)


def merged(windows: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Gives windows in order, those that overlap as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(windows):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def passage(text: str, start: int, end: int, every: Sequence[tuple[int, int]]) -> Passage:
    """Gives the passage of a window, line breaks in it as blanks; places that overlap are one mark."""
    inside = merged([place for place in every if start <= place[0] and place[1] <= end])
    shown = text[start:end].replace("\n", " ").replace("\t", " ")
    marks = tuple((a - start, b - start) for a, b in inside)
    cut = (start > text.rfind("\n", 0, start) + 1, end < len(text) and text[end] != "\n")
    return Passage(shown, marks, heading(text, start), cut)


def heading(text: str, place: int) -> str | None:
    """Gives the last heading of a statutory section before a place, or on its line."""
    stop = text.find("\n", place)
    for line in reversed(text[: stop if stop >= 0 else len(text)].split("\n")):
        if line.lstrip()[:1] in NUMBERS and section(line) is not None:
            return line.strip()
    return None
