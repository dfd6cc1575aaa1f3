"""Writes RTF as Word for Windows does it in China: GBK bytes by font, merges cell by cell, row properties twice."""

from collections.abc import Sequence

from crawler.demo.layout import Cell, Grid
from crawler.demo.render.slots import slots

HEAD = (
    r"{\rtf1\adeflang1025\ansi\ansicpg936\uc2\adeff0\deff0\stshfdbch13\deflang1033"
    "\r\n"
    r"{\fonttbl{\f0\froman\fcharset0\fprq2{\*\panose 02020603050405020304}Times New Roman;}"
    r"{\f13\fnil\fcharset134\fprq2{\*\falt SimSun}\'cb\'ce\'cc\'e5;}{\f2\fnil\fcharset2 Symbol;}}"
    "\r\n"
    r"{\colortbl;\red0\green0\blue0;}{\stylesheet{\ql \f0 \snext0 Normal;}}"
    r"{\*\generator Msftedit;}{\info{\title hidden}{\author \'d5\'c5}}"
    r"{\header \pard\plain {\dbch\f13 \'d2\'b3\'c3\'bc\par}}"
    "\r\n"
)


def run(text: str, broken: int = 0) -> str:
    """Gives a run: GBK pairs in hex, \\u beyond GBK; every `broken`-th pair is parted by a line break and a word."""
    if text.isascii():
        return rf"{{\hich\af0\dbch\af13\loch\f0 {text}}}"
    made = []
    for place, char in enumerate(text):
        if char == "\n":
            made.append("\\line ")
        elif char.isascii():
            made.append(char)
        elif len(raw := char.encode("gbk", "ignore")) == 2:
            parted = "\r\n\\hich\\af0 " if broken and place % broken == 0 else ""
            made.append(rf"\'{raw[0]:02x}{parted}\'{raw[1]:02x}")
        else:
            units = char.encode("utf-16-le")
            pairs = (int.from_bytes(units[i : i + 2], "little", signed=True) for i in range(0, len(units), 2))
            made.append("".join(rf"\u{pair}\'3f\'3f" for pair in pairs))
    return rf"{{\rtlch\af0 \loch\af0\hich\af0\dbch\f13 {''.join(made)}}}"


def paragraph(text: str, broken: int = 0) -> str:
    """Gives a paragraph."""
    return rf"\pard\plain \ql \itap0 {run(text, broken)}{{\rtlch \par }}" + "\r\n"


def table(grid: Grid, noise: Sequence[int] = (0,), broken: int = 0, last: bool = True) -> str:
    """Gives a table: \\clvmgf and \\clvmrg down, wide cells by their edge; edges off by `noise` twips in turn."""
    made = []
    for number, row in enumerate(slots(grid)):
        off = noise[number % len(noise)]
        width, definition = 0, rf"\trowd \irow{number}\trgaph108\trleft{-108 + off}\trftsWidth1"
        cells = []
        for cell, begins in row:
            width += cell.colspan
            merge = ("\\clvmgf" if begins else "\\clvmrg") if cell.rowspan > 1 else ""
            definition += rf"{merge}\clvertalc\cellx{-108 + off + 600 * width}"
            text = run(cell.text, broken) if begins and cell.text else ""
            cells.append(rf"\pard\plain \intbl {text}\cell ")
        again = rf"\pard \intbl {{\trowd{definition.removeprefix(chr(92) + 'trowd')}\row }}"
        made.append(f"{definition}\r\n{''.join(cells)}\r\n{again if last else chr(92) + 'row '}\r\n")
    return "".join(made)


def document(parts: Sequence[str]) -> bytes:
    """Gives the file."""
    return (HEAD + "".join(parts) + "}").encode("ascii")


def flat(cells: Sequence[Sequence[str]]) -> Grid:
    """Gives a grid of plain cells."""
    return tuple(tuple(Cell(text) for text in row) for row in cells)
