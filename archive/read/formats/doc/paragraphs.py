"""The paragraphs of a story: text, place in tables, and which mark ends them ([MS-DOC] 2.4.3)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from archive.read.formats.doc import sprms as names
from archive.read.formats.doc.binary import damaged
from archive.read.formats.doc.pages import Runs
from archive.read.formats.doc.pieces import Pieces
from archive.read.formats.doc.rows import Shape, shape_of
from archive.read.formats.doc.shown import Shown
from archive.read.formats.doc.sprms import Sprm, sprms_of

MARK = re.compile("[\r\x07\x0c]")  # end of a paragraph, of a cell or row, of a page or section
CELL_MARK = "\x07"
MAX_DEPTH = 40
BODY_TEXT = 9  # outline level of what is no heading


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: `depth` counts the tables around it; `hidden` tells that its mark is not printed."""

    text: str
    depth: int
    ends_cell: bool
    ends_row: bool
    shape: Shape | None
    heading: bool
    hidden: bool


@dataclass(frozen=True)
class Reader:
    """What telling paragraphs needs."""

    pieces: Pieces
    shown: Shown
    runs: Runs
    data: bytes
    headings: frozenset[int]

    def paragraphs(self, start: int, stop: int) -> Iterator[Paragraph]:
        """Gives the paragraphs of the characters from `start` to `stop`."""

        @cache
        def modifiers(grpprl: bytes) -> tuple[Sprm, ...]:
            return tuple(sprms_of(grpprl, self.data))

        for match in MARK.finditer(self.shown.text, start, stop):
            fc, piece = self.pieces.at(match.start())
            run = self.runs.at(fc)
            if run is None:
                raise damaged("a paragraph has no properties")
            applied = (*modifiers(run.grpprl), *piece.sprms)
            text = self.shown.between(start, match.start())
            yield paragraph(text, match[0], applied, run.style in self.headings, self.shown.hidden(match.start()))
            start = match.end()
        if start < stop and (rest := self.shown.between(start, stop)).strip():
            yield Paragraph(rest, 0, False, False, None, False, False)


def paragraph(text: str, mark: str, sprms: tuple[Sprm, ...], heading: bool, hidden: bool) -> Paragraph:
    """Gives a paragraph by its modifiers; of two of a kind the last counts."""
    last = dict(sprms)
    depth = depth_of(last)
    ends_row = depth > 0 and any(is_on(last, code) for code in (names.ROW_END, names.INNER_ROW_END))
    level = last.get(names.OUTLINE)
    return Paragraph(
        text,
        depth,
        ends_cell=depth > 0 and not ends_row and (mark == CELL_MARK or is_on(last, names.INNER_CELL)),
        ends_row=ends_row,
        shape=shape_of(sprms) if ends_row else None,
        heading=heading if level is None else level[0] < BODY_TEXT,
        hidden=hidden,
    )


def is_on(last: dict[int, bytes], code: int) -> bool:
    """Tells whether a switch is there and on."""
    return last.get(code, b"\x00")[0] != 0


def depth_of(last: dict[int, bytes]) -> int:
    """Gives how many tables stand around a paragraph."""
    depth = int.from_bytes(last.get(names.DEPTH, b""), "little", signed=True)
    depth += int.from_bytes(last.get(names.DEPTH_CHANGE, b""), "little", signed=True)
    depth = max(depth, int(is_on(last, names.IN_TABLE)))
    if depth > MAX_DEPTH:
        raise damaged(f"its tables are nested more than {MAX_DEPTH} deep")
    return depth
