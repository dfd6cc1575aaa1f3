"""Lines of prose → paragraphs; page numbers and running heads are told apart and left out.

A line goes on with the paragraph of the line before where that one is full and it does not start further in. Margins
are those of the page, taken from its full lines, so that left and right pages may differ.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive.read.page.lines import text_of
from archive.read.page.model import Page, TextLine
from archive.read.words import is_furniture, section, squash, tidy

EDGE = 0.12
"""Share of a page's height at its head and foot where page numbers and running heads stand."""
HEAD = 0.6
"""A running head is shorter than this share of the page's width."""
INDENT = 0.8
"""A line that starts this much further in than the margin, in heights of its characters, opens a paragraph."""
FULL = 1.9
"""A line that ends nearer to the right margin than this, in heights, has no room for what follows it."""
ENDS = re.compile(r"[。！？!?；;：:”」』）)]$")
OPENS = re.compile(r"[一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[.．、](?!\d)")
NUMBER = re.compile(r"[-—－–·\s]*(\d{1,3})[-—－–·\s]*(?:[/／]\s*\d{1,3})?")


@dataclass(frozen=True, slots=True)
class Margins:
    """Where lines of prose start and end on a page; `single`: every full line ends a sentence, a paragraph each."""

    left: float
    right: float
    single: bool = False


def furniture(lines: Sequence[TextLine], pages: Sequence[Page]) -> set[int]:
    """Gives the places of lines that belong to the page: numbers at its edges, heads that several pages repeat."""
    edge = {
        index: squash(text_of(line.glyphs))
        for index, line in enumerate(lines)
        if line.y1 < EDGE * pages[line.page].height or line.y0 > (1 - EDGE) * pages[line.page].height
    }
    found = {index for index, text in edge.items() if is_furniture(text)}
    short = [i for i in edge if lines[i].x1 - lines[i].x0 < HEAD * pages[lines[i].page].width and is_head(edge[i])]
    for index in short:
        same = (i for i in short if lines[i].page != lines[index].page and edge[i] == edge[index])
        if any(abs(lines[i].y0 - lines[index].y0) < 4 for i in same):
            found.add(index)
    return found | numbers(lines, edge)


def is_head(text: str) -> bool:
    """Tells whether a line can be a running head: neither a sentence's end nor a section's heading."""
    return not ENDS.search(text) and section(text) is None


def numbers(lines: Sequence[TextLine], edge: Mapping[int, str]) -> set[int]:
    """Gives the places of bare numbers at the edges of pages that count with the pages."""
    offsets: dict[int, int] = {}
    for index, text in edge.items():
        alone = not any(
            i != index and abs(lines[i].y0 - lines[index].y0) < 2 and lines[i].page == lines[index].page for i in edge
        )
        if alone and (match := NUMBER.fullmatch(text)):
            offsets[index] = int(match[1]) - lines[index].page
    common = Counter(offsets.values())
    return {
        index for index, offset in offsets.items() if common[offset] > 1 or (offset == 1 and lines[index].page == 0)
    }


def margins(lines: Iterable[TextLine]) -> dict[int, Margins]:
    """Gives the margins of each page; a page with few lines takes those of the whole."""
    by_page: dict[int, list[TextLine]] = {}
    for line in lines:
        by_page.setdefault(line.page, []).append(line)
    common = margins_of([line for group in by_page.values() for line in group], 1)
    if common is None:
        return {page: Margins(0.0, 0.0) for page in by_page}
    return {page: margins_of(group, 4) or beside(common, group) for page, group in by_page.items()}


def beside(common: Margins, lines: Sequence[TextLine]) -> Margins:
    """Gives the margins of a page with few lines: the common ones, moved sideways as its widest line is."""
    right = max(line.x1 for line in lines)
    widest = max(lines, key=lambda line: line.x1 - line.x0)
    aside = right - common.right
    if widest.x1 - widest.x0 < 0.85 * (common.right - common.left) or abs(aside) < 1.5 * widest.height:
        aside = 0.0
    return Margins(common.left + aside, common.right + aside, common.single)


def margins_of(lines: Sequence[TextLine], least: int) -> Margins | None:
    """Gives where lines start and end, None where fewer than `least` of the widest agree.

    Where every wide line opens a paragraph, the margin is where the short ones start, two characters further out.
    """
    sizes = Counter[int]()
    for line in lines:
        sizes[round(line.height)] += len(line.glyphs)
    height = max(sizes, key=lambda size: sizes[size], default=0) or 1
    body = [line for line in lines if abs(line.height - height) <= 0.15 * height]
    widest = max((line.x1 - line.x0 for line in body), default=0.0)
    wide = [line for line in body if line.x1 - line.x0 > 0.85 * widest]
    if len(wide) < least:
        return None
    lefts = Counter(round(line.x0 / 2) for line in wide)
    often = (place for place, count in lefts.items() if count * 5 >= len(wide))
    left = 2.0 * min(often, default=lefts.most_common(1)[0][0])
    left = min((line.x0 for line in lines if 1.5 <= (left - line.x0) / max(height, 0.1) <= 2.6), default=left)
    right = sorted(line.x1 for line in wide)[-1 - len(wide) // 8] + 0.1 * height
    return Margins(left, right, all(ENDS.search(text_of(line.glyphs)) for line in wide))


def paragraphs(lines: Sequence[TextLine], places: Mapping[int, Margins]) -> list[str]:
    """Gives the paragraphs of lines that follow one another, over page breaks too."""
    made: list[str] = []
    before: TextLine | None = None
    for line in lines:
        text = text_of(line.glyphs)
        if before is not None and goes_on(before, line, places):
            made[-1] += joint(before, line) + text
        else:
            made.append(text)
        before = line
    return [clean for text in made if (clean := tidy(text))]


def joint(before: TextLine, line: TextLine) -> str:
    """Gives what stands between two lines of a paragraph: a space between Latin words."""
    left, right = before.glyphs[-1].text[-1:], line.glyphs[0].text[:1]
    return " " if left.isascii() and right.isascii() and left.isalpha() and right.isalpha() else ""


def goes_on(before: TextLine, line: TextLine, places: Mapping[int, Margins]) -> bool:
    """Tells whether a line continues the paragraph of the line before."""
    here, there = places[line.page], places[before.page]
    height = max(min(before.height, line.height), 1.0)
    if abs(before.height - line.height) > 0.15 * max(before.height, line.height):
        return False
    if there.right - before.x1 > FULL * height or any(
        section(text_of(each.glyphs)) is not None for each in (before, line)
    ):
        return False
    if before.page == line.page and line.y0 - before.y1 > 2.5 * height:
        return False
    start, earlier = line.x0 - here.left, before.x0 - there.left
    closed = ENDS.search(text_of(before.glyphs))
    if start <= INDENT * height:
        return not (closed and (numbered(line) or here.single))
    return abs(start - earlier) <= 0.3 * height and not closed


def numbered(line: TextLine) -> bool:
    """Tells whether a line opens a numbered paragraph."""
    return bool(OPENS.match(text_of(line.glyphs[:6])))
