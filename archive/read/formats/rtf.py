"""RTF ([MS-OXRTFCP] names the specification, 1.9.1): groups, text and tables, read in one pass without recursion.

What Word does not print is skipped: destinations (fonts, styles, pictures, headers, field codes, all that \\* marks and
is not known), hidden and deleted runs. Tables nested in a cell stand behind the table around them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from archive.model import Hints, Issue, Payload
from archive.read.blocks import Block, Document, Paragraph, Table
from archive.read.formats.edges import table
from archive.read.formats.rtf_table import Builder, Definition
from archive.read.formats.rtf_text import CODEPAGES, DEFAULT, Text, Token, charset_of, damaged, tokens
from archive.read.words import is_furniture, tidy

MAX_DEPTH = 1_000
MAX_NESTED = 40
MAX_FALLBACK = 16
SKIPPED = frozenset(
    (
        *("colortbl", "stylesheet", "info", "pict", "fldinst", "objdata", "objclass", "filetbl", "listtable", "revtbl"),
        *(
            "header",
            "headerl",
            "headerr",
            "headerf",
            "footer",
            "footerl",
            "footerr",
            "footerf",
            "footnote",
            "annotation",
        ),
        *("ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "tc", "xe", "rxe", "sp", "shprslt", "txe"),
        *("nonesttables", "themedata", "colorschememapping", "latentstyles", "datastore", "template", "private"),
    )
)
PRINTED_STARRED = frozenset(("shpinst", "ud", "nesttableprops", "fonttbl"))
BREAKS = frozenset(("line", "lbr", "softline", "column"))
SIGNS = {
    "tab": "\t",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
}
SYMBOLS = {"~": "\u00a0", "_": "-", "\t": "\t"}


@dataclass(slots=True)
class State:
    """What a group inherits and forgets at its end."""

    skipped: bool = False
    fonts: bool = False  # inside the font table
    alternatives: bool = False  # \\upr: the same text twice, the second time in Unicode
    font: int | None = None
    fallback: int = 1
    hidden: bool = False
    deleted: bool = False
    in_table: bool = False
    level: int | None = None
    nested: bool = False  # the definition of a nested row


@dataclass(slots=True)
class Reader:
    """All that is known while the tokens go by."""

    state: State = field(default_factory=State)
    stack: list[State] = field(default_factory=list)
    text: Text = field(default_factory=Text)
    blocks: list[Block] = field(default_factory=list)
    tables: list[Builder] = field(default_factory=list)
    inner: list[Table] = field(default_factory=list)
    outer_row: Definition = field(default_factory=Definition)
    nested_row: Definition = field(default_factory=Definition)
    open_row: bool = False
    charsets: dict[int, str | int] = field(default_factory=dict)
    default_font: int | None = None
    page: str = DEFAULT
    starred: bool = False
    opening: bool = False
    to_skip: int = 0

    @property
    def row(self) -> Definition:
        """Gives the row definition that control words speak of."""
        return self.nested_row if self.state.nested else self.outer_row

    @property
    def level(self) -> int:
        """Gives how deep in tables the paragraph stands."""
        if self.state.level is not None:
            return min(max(self.state.level, 0), MAX_NESTED)
        return int(self.state.in_table or self.open_row)

    def printing(self) -> bool:
        """Tells whether text is printed here."""
        return not (self.state.skipped or self.state.fonts or self.state.hidden or self.state.deleted)

    def codec(self) -> str:
        """Gives the codec of the current font."""
        font = self.default_font if self.state.font is None else self.state.font
        charset = None if font is None else self.charsets.get(font)
        return charset if isinstance(charset, str) else charset_of(charset, self.page)

    def builder(self, level: int) -> Builder:
        """Gives the table that is open at a level (1 is the outermost)."""
        while len(self.tables) < level:
            self.tables.append(Builder())
        return self.tables[level - 1]

    def close_inner(self, level: int) -> None:
        """Ends the tables deeper than a level."""
        while len(self.tables) > level:
            builder = self.tables.pop()
            if builder.lines or builder.texts:
                left_over(builder, self.outer_row)
            if builder.rows:
                self.inner.append(table(builder.rows))

    def end_paragraph(self) -> None:
        """Ends a paragraph: a line of the cell it stands in, or of the document."""
        said = self.text.take()
        level = self.level
        if level:
            self.close_inner(level)
            self.builder(level).lines.append(said)
            return
        if not said.strip() and not self.tables:
            return
        self.end_tables()
        self.blocks += [Paragraph(clean) for line in said.split("\n") if (clean := tidy(line))]

    def end_tables(self) -> None:
        """Puts the tables that are open among the blocks, those inside another behind it."""
        if self.tables:
            self.close_inner(0)
            self.blocks += [*self.inner[-1:], *self.inner[:-1]]
            self.inner.clear()

    def end_cell(self, level: int) -> None:
        """Ends a cell at a level."""
        self.close_inner(level)
        builder = self.builder(level)
        said = self.text.take()
        if said or not builder.lines:
            builder.lines.append(said)
        builder.end_cell()


def left_over(builder: Builder, definition: Definition) -> None:
    """Ends a row that the document does not end."""
    if builder.lines:
        builder.end_cell()
    builder.end_row(definition)


def read(payload: Payload, hints: Hints) -> Document:
    """Gives the blocks of an RTF. Raises UnreadableDocumentError('damaged-rtf')."""
    reader = Reader()
    for token in tokens(payload.data):
        step(reader, token)
    truncated = bool(reader.stack)
    if reader.tables and reader.level:
        finish_row(reader, 1, reader.outer_row)
    reader.state = State()
    reader.open_row = False
    reader.end_paragraph()
    reader.end_tables()
    blocks = tuple(reader.blocks)
    prose = "\n".join(b.text for b in blocks if not isinstance(b, Table) and not is_furniture(b.text))
    return Document(blocks, prose, issues=tuple(issues(truncated, reader.text.lost)))


def issues(truncated: bool, lost: int) -> Iterator[Issue]:
    """Gives what a reading has to say of its file."""
    if truncated:
        yield Issue("truncated", "the RTF ends inside a group: what should follow is lost")
    if lost:
        yield Issue("charset-replacements", f"{lost} places could not be decoded by the charset of their font")


def step(reader: Reader, token: Token) -> None:
    """Takes one token."""
    if token.kind == "{":
        if len(reader.stack) >= MAX_DEPTH:
            raise damaged(f"groups lie more than {MAX_DEPTH} deep")
        reader.stack.append(reader.state)
        reader.state = replace(reader.state)
        reader.opening, reader.to_skip = True, 0
    elif token.kind == "}":
        if reader.stack:
            reader.state = reader.stack.pop()
        reader.opening, reader.starred, reader.to_skip = False, False, 0
    elif token.kind == "symbol" and token.name == "*":
        reader.starred = True
    elif reader.to_skip and not (token.kind == "text" and len(token.data) > reader.to_skip):
        reader.to_skip -= len(token.data) if token.kind == "text" else 1
    elif token.kind == "word":
        word(reader, token.name, token.number)
        reader.opening = reader.starred = False
    else:
        characters(reader, token)
        reader.opening = reader.starred = False


def characters(reader: Reader, token: Token) -> None:
    """Takes text, a byte or a symbol."""
    if reader.opening and reader.state.alternatives and not reader.state.skipped:
        reader.state.skipped = True
    data = token.data[reader.to_skip :]
    reader.to_skip = 0
    if not reader.printing():
        return
    if token.kind in ("text", "byte"):
        reader.text.add_bytes(data, reader.codec())
    elif token.name in ("\\", "{", "}"):
        reader.text.add_bytes(token.name.encode("ascii"), reader.codec())
    elif token.name in ("\r", "\n"):
        reader.end_paragraph()
    elif token.name in SYMBOLS:
        reader.text.add(SYMBOLS[token.name])


def word(reader: Reader, name: str, number: int | None) -> None:
    """Takes a control word."""
    state = reader.state
    if reader.opening or reader.starred:
        destination(reader, name)
    if state.skipped:
        return
    if state.fonts:
        font(reader, name, number)
    elif name in SIGNS:
        if reader.printing():
            reader.text.add(SIGNS[name])
    elif name in BREAKS:
        if reader.printing():
            reader.text.add("\n")
    elif action := WORDS.get(name):
        action(reader, number)


def destination(reader: Reader, name: str) -> None:
    """Notes what kind of group the first control word opens."""
    state = reader.state
    in_unicode = name == "ud"
    if name in SKIPPED or (reader.starred and name not in PRINTED_STARRED) or (state.alternatives and not in_unicode):
        state.skipped = True
    elif in_unicode:
        state.alternatives = False
    elif name == "upr":
        state.alternatives = True
    elif name == "fonttbl":
        state.fonts = True
    elif name == "nesttableprops":
        state.nested = True


def font(reader: Reader, name: str, number: int | None) -> None:
    """Takes a control word of the font table."""
    state = reader.state
    if name == "f":
        state.font = number
    elif name == "fcharset" and state.font is not None:
        reader.charsets.setdefault(state.font, number or 0)
    elif name == "cpg" and state.font is not None and number in CODEPAGES:
        reader.charsets[state.font] = CODEPAGES[number]


def code_point(reader: Reader, number: int | None) -> None:
    """Takes \\uN: a UTF-16 unit, negative above 32767; what stands in for it is passed over."""
    if reader.printing() and number is not None and -0x8000 <= number <= 0x10FFFF:
        reader.text.add(chr(number % 0x10000 if number < 0 else number))
    reader.to_skip = reader.state.fallback


def paragraph(reader: Reader, number: int | None) -> None:
    """Takes \\par and what ends a paragraph like it; a hidden mark joins two paragraphs."""
    if reader.printing():
        reader.end_paragraph()


def default_paragraph(reader: Reader, number: int | None) -> None:
    """Takes \\pard."""
    reader.state.in_table, reader.state.level = False, None


def row_definition(reader: Reader, number: int | None) -> None:
    """Takes \\trowd."""
    if reader.state.nested:
        reader.nested_row = Definition()
    else:
        reader.outer_row = Definition()
        reader.open_row = True


def end_row(reader: Reader, number: int | None) -> None:
    """Takes \\row."""
    finish_row(reader, 1, reader.outer_row)
    reader.open_row = False


def end_nested_cell(reader: Reader, number: int | None) -> None:
    """Takes \\nestcell."""
    reader.end_cell(max(reader.level, 2))


def end_nested_row(reader: Reader, number: int | None) -> None:
    """Takes \\nestrow."""
    finish_row(reader, max(reader.level, 2), reader.nested_row)


def finish_row(reader: Reader, level: int, definition: Definition) -> None:
    """Ends the row that is open at a level; text whose cell has no end is a cell, too."""
    reader.close_inner(level)
    said = reader.text.take()
    builder = reader.builder(level)
    if said.strip() or any(line.strip() for line in builder.lines):
        builder.lines.append(said)
        builder.end_cell()
    builder.lines.clear()
    builder.end_row(definition)


def ansi_page(reader: Reader, number: int | None) -> None:
    """Takes \\ansicpg."""
    reader.page = CODEPAGES.get(number or 0, DEFAULT)


def default_font(reader: Reader, number: int | None) -> None:
    """Takes \\deff."""
    reader.default_font = number


def setting(name: str, value: Callable[[int | None], object]) -> Callable[[Reader, int | None], None]:
    """Gives the action of a control word that only changes the state."""

    def action(reader: Reader, number: int | None) -> None:
        setattr(reader.state, name, value(number))

    return action


def edge(name: str) -> Callable[[Reader, int | None], None]:
    """Gives the action of a control word about the next cell's edge."""

    def action(reader: Reader, number: int | None) -> None:
        setattr(reader.row.pending, name, True)

    return action


def plain(reader: Reader, number: int | None) -> None:
    """Takes \\plain."""
    reader.state.hidden = reader.state.deleted = False
    reader.state.font = None


def left(reader: Reader, number: int | None) -> None:
    """Takes \\trleft."""
    reader.row.left = number or 0


WORDS: Mapping[str, Callable[[Reader, int | None], None]] = {
    "u": code_point,
    "uc": setting("fallback", lambda number: min(max(1 if number is None else number, 0), MAX_FALLBACK)),
    "deff": default_font,
    "f": setting("font", lambda number: number),
    "v": setting("hidden", lambda number: number != 0),
    "deleted": setting("deleted", lambda number: number != 0),
    "intbl": setting("in_table", lambda number: number != 0),
    "itap": setting("level", lambda number: number),
    "plain": plain,
    "ansicpg": ansi_page,
    "par": paragraph,
    "sect": paragraph,
    "page": paragraph,
    "pard": default_paragraph,
    "trowd": row_definition,
    "trleft": left,
    "clmrg": edge("merged_left"),
    "clvmrg": edge("merged_up"),
    "cellx": lambda reader, number: reader.row.cellx(number or 0),
    "cell": lambda reader, number: reader.end_cell(1),
    "row": end_row,
    "nestcell": end_nested_cell,
    "nestrow": end_nested_row,
}
"""Control words and what they do."""
