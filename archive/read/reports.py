"""Several reports in one document: told apart at their titles, each then read on its own.

A title begins another report only where a report starts again below it: section 一 or a statutory table comes a second
time, and agency or year are others. So a title printed twice, last year's title quoted, a summary before the report,
a list of titles and the names of attachments split nothing. Without a title, first section and tables must both come
again. What stands before the first of several reports (menus, a list of titles) and after the last belongs to none.
Table numbers of a reading count the tables of its own part.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from archive.model import Reading
from archive.read.blocks import Block, Content, Document, Table
from archive.read.forms.match import match
from archive.read.identity import REFERENCE, find_title, identify, is_title, named, names_both, title_identity
from archive.read.words import is_furniture, section, squash, tidy

NUMBERED = re.compile(r"([一二三四五六七八])[、.．,，]")
DATE = re.compile(r"(?:20\d{2}|二[〇○零].{2})年.{1,3}月.{1,3}日")
BODY = re.compile(r"(?:局|委|委员会|办|办公室|办事处|政府|镇|乡|街道|苏木|中心|院|大队|公司|省|市|县|区|旗|盟|州)$")
ANNEX = re.compile(r"[(\[【]?附件?[一二三四五六七八九十\d]*[)\]】]?[:.、]?")
FOOT = re.compile(r"版权|主办|承办|备案|ICP|标识码|公网安备|Copyright|网站地图|技术支持|联系我们|相关|附件", re.I)
SECTIONS, SENTENCES = 3, 2  # what makes a report without tables; a list of contents has no sentences
TITLE_LINES = 3
SHORT = 40  # longer lines are no part of a broken title
LONG_CELL = 200  # in a table that lays out the page
SIGNATURE = 3  # lines after the last sentence, heading or table that still belong to a report


@dataclass(frozen=True, slots=True)
class Part:
    """Blocks from a title to the next, with what tells whether a report begins there."""

    blocks: tuple[Block, ...]
    title: str
    agency: str | None
    year: int | None
    sections: frozenset[str]
    sentences: int
    forms: frozenset[str]

    @property
    def is_report(self) -> bool:
        """Tells whether it has statutory tables, or the sections of a report."""
        return bool(self.forms) or (len(self.sections) >= SECTIONS and self.sentences >= SENTENCES)

    @property
    def is_named(self) -> bool:
        """Tells whether its title says who reports on which year, and sentences follow."""
        return names_both(self.title) and self.sentences >= SENTENCES


def reports(document: Document) -> tuple[Document, ...]:
    """Gives the reports of a document, itself where it is one."""
    starts = beginnings(document.blocks) if may_repeat(document) else []
    if len(starts) < 2:
        return (document,)
    stops = [*starts[1:], len(document.blocks)]
    parts = joined([part_of(document.blocks[start:stop]) for start, stop in zip(starts, stops, strict=True)])
    found = distinct(grouped(parts, prose=False))
    if len(found) < 2:
        return (document,)
    found = distinct(grouped(parts, prose=True))
    return tuple(own_document(document, part, found) for part in found)


def may_repeat(document: Document) -> bool:
    """Tells quickly whether something of a report can come twice: its first section, or a table."""
    firsts = sum(squash(line).startswith("一") for line in document.lines)
    return firsts > 1 or sum(len(table.rows) > 2 for table in document.tables) > 1


def beginnings(blocks: Sequence[Block]) -> list[int]:
    """Gives where reports may begin: at titles of one to three lines, and at 一、总体情况 without a title above it."""
    starts: list[int] = []
    above = False  # a title since the last first section
    for end, block in enumerate(blocks):
        if isinstance(block, Table):
            continue
        spans = list(lines_up_to(blocks, end))
        titles = [(start, text) for start, text in spans if is_title(text)]
        if titles and not REFERENCE.search(tidy(block.text)):
            starts.append(max(titles, key=lambda span: (named(span[1]), span[0]))[0])
            above = True
        elif section(block.text) == 0:
            if starts and not above:
                starts.append(end - 1 if annexed(blocks[end - 1]) else spans[min(1, len(spans) - 1)][0])
            above = False
    return sorted(set(starts))


def annexed(block: Block) -> str | None:
    """Gives the title in 附件1：…年度报告, None where there is none; it counts only right above a first section."""
    if isinstance(block, Table):
        return None
    flat = squash(block.text)
    rest = flat[found.end() :] if (found := ANNEX.match(flat)) else ""
    return rest if is_title(rest) and not REFERENCE.search(rest) else None


def lines_up_to(blocks: Sequence[Block], end: int) -> Iterator[tuple[int, str]]:
    """Gives the line at `end`, then it with the short ones just above it, each with where it begins."""
    text = ""
    for start in range(end, max(end - TITLE_LINES, -1), -1):
        block = blocks[start]
        if isinstance(block, Table) or (text and not may_begin_title(block.text)):
            return
        text = block.text + text
        yield start, text


def may_begin_title(line: str) -> bool:
    """Tells whether a line can be the upper part of a broken title: an agency, a year."""
    flat = squash(line)
    if len(flat) > SHORT or DATE.search(flat) or NUMBERED.match(flat) or is_title(line):
        return False
    return not re.search(r"[。;,:!?()]", flat) and not is_furniture(line) and not REFERENCE.search(line)


def part_of(blocks: Sequence[Block]) -> Part:
    """Gives what tells a part from others."""
    lines = lines_of(blocks)
    tables = [block for block in blocks if isinstance(block, Table)]
    title = find_title((), lines, (annexed(blocks[0]),))
    who = identify(title, "\n".join(lines), None)
    flat = [squash(line) for line in lines]
    headings = (NUMBERED.match(line) for line in flat if len(line) <= SHORT and not line.endswith("。"))
    return Part(
        blocks=tuple(blocks),
        title=title,
        agency=who.agency,
        year=who.year,
        sections=frozenset(heading[1] for heading in headings if heading),
        sentences=sum("。" in line for line in flat),
        forms=frozenset(match(tables, lines, who.year).forms),
    )


def lines_of(blocks: Sequence[Block]) -> list[str]:
    """Gives headings and paragraphs."""
    return [block.text for block in blocks if not isinstance(block, Table)]


def joined(parts: Sequence[Part]) -> list[Part]:
    """Gives parts in which a title stands with the report under its repetition: a cover, a page's running title."""
    found: list[Part] = []
    for part in reversed(parts):
        below = found[-1] if found else None
        if below and not part.is_report and named(part.title) and not differ(part, below):
            found[-1] = part_of(part.blocks + below.blocks)
        else:
            found.append(part)
    return found[::-1]


def grouped(parts: Sequence[Part], *, prose: bool) -> list[Part]:
    """Gives one part a report: what begins no report of its own goes with the one above, before the first with none.

    With `prose` a full title with sentences under it is a report, too: one among several may have no sections.
    """
    found: list[Part] = []
    for part in parts:
        if not found or not (found[-1].is_report or (prose and found[-1].is_named)):
            found[-1:] = [part]
        elif begins_report(found[-1], part) or (prose and part.is_named and differ(found[-1], part)):
            found.append(part)
        else:
            above = found[-1]
            found[-1] = replace(
                above,
                blocks=above.blocks + part.blocks,
                sections=above.sections | part.sections,
                sentences=above.sentences + part.sentences,
                forms=above.forms | part.forms,
            )
    return found


def begins_report(above: Part, part: Part) -> bool:
    """Tells whether a part is another report than the one above it.

    Where neither says who reports or on what, both its sections and its tables must come again, with other words.
    """
    if not part.is_report:
        return False
    sections, tables = "一" in part.sections & above.sections, bool(part.forms & above.forms)
    if differ(above, part):
        return sections or tables
    known = None not in (above.agency, above.year, part.agency, part.year)
    return not known and sections and tables and printed(above) != printed(part)


def differ(one: Part, other: Part) -> bool:
    """Tells whether two parts name other agencies or years; 市财政局 is the end of 樟树市财政局 and may be the same."""
    if one.year and other.year and one.year != other.year:
        return True
    if not one.agency or not other.agency:
        return False
    return not (one.agency.endswith(other.agency) or other.agency.endswith(one.agency))


def distinct(parts: Sequence[Part]) -> list[Part]:
    """Gives the parts without those that repeat an earlier one word for word, as a page for telephones does."""
    return list({printed(part): part for part in reversed(parts)}.values())[::-1]


def printed(part: Part) -> str:
    """Gives everything that a part prints."""
    tables = (block for block in part.blocks if isinstance(block, Table))
    cells = (cell.text for table in tables for row in table.rows for cell in row if cell is not None)
    return squash("".join((*lines_of(part.blocks), *cells)))


def own_document(document: Document, part: Part, found: Sequence[Part]) -> Document:
    """Gives a report as a document of its own, without what follows it on the page.

    Where no report names its agency the page's title does, for all of them; one without a title may have its agency's
    name above it.
    """
    blocks = trimmed(part.blocks)
    lines = [line for line in map(tidy, lines_of(blocks)) if line and not is_furniture(line)]
    publisher = None
    if all(one.agency is None for one in found):
        whole = find_title(document.titles, (), document.lesser_titles)
        publisher = title_identity(whole)[0] or document.publisher
    if not part.title and lines and len(lines[0]) <= SHORT and BODY.search(lines[0]):
        publisher = lines[0]
    text = "\n".join(lines)
    return replace(
        document,
        blocks=blocks,
        text=text,
        titles=(),
        lesser_titles=(part.title,) if annexed(blocks[0]) else (),
        publisher=publisher,
        content=Content(text, tuple(b for b in blocks if isinstance(b, Table) and not lays_out(b))),
    )


def trimmed(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Gives the blocks up to the end of the report: its last sentence, heading or table, and a signature."""
    last = max((index for index, block in enumerate(blocks) if is_own(block)), default=len(blocks) - 1)
    end = last + 1
    for block in blocks[end : end + SIGNATURE]:
        if isinstance(block, Table) or FOOT.search(block.text) or is_title(block.text) or is_furniture(block.text):
            break
        end += 1
    return tuple(blocks[:end])


def is_own(block: Block) -> bool:
    """Tells whether a block is surely the report's, not the page's."""
    if isinstance(block, Table):
        return not lays_out(block)
    return "。" in block.text or bool(NUMBERED.match(squash(block.text)) or DATE.fullmatch(squash(block.text)))


def lays_out(table: Table) -> bool:
    """Tells a table that lays out a page: a long text or the heading of a section stands in a cell."""
    texts = {cell.text for row in table.rows for cell in row if cell is not None}
    return any(len(text) >= LONG_CELL or section(text) is not None for text in texts)


def places(readings: Sequence[Reading]) -> list[str]:
    """Gives the place of each report of a document: its agency and year, numbered where those are unknown or repeated.

    Not its turn: pages put the newest report on top.
    """
    names: list[str] = []
    for turn, reading in enumerate(readings, 1):
        name = f"{reading.agency} {reading.year}" if reading.agency and reading.year else str(turn)
        names.append(name if name not in names else f"{name} ({turn})")
    return names
