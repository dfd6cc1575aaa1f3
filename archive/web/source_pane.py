"""What stands beside the figures: the source as the reader saw it, its text, or the archived page itself in a frame."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request

from archive.model import Figure
from archive.records import Connection, figures
from archive.records.documents import Document
from archive.records.histories import texts_of
from archive.records.payloads import held
from archive.research.one_figure import OneFigure
from archive.research.source_view import SourceCell, SourceTable, SourceView, source_view
from archive.web.raw import INLINE
from archive.web.site import raw_origin, site_of

MAX_TEXT = 100_000
FRAMED = INLINE - {"application/pdf"}
"""Browsers show no PDF in a sandbox."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """The second origin and the address of the bytes there; `framed` where a browser shows them in a sandbox."""

    origin: str
    address: str
    framed: bool


@dataclass(frozen=True, slots=True)
class Pane:
    """One of three views; `codes` are the figures by table, row and column of the cell they were read from."""

    view: str
    source: SourceView | None = None
    cell: SourceCell | None = None
    codes: dict[tuple[int, int, int], str] | None = None
    lines: tuple[str, ...] = ()
    characters: int = 0
    frame: Frame | None = None
    scanned: bool = False


def pane_of(
    request: Request,
    connection: Connection,
    document: Document,
    report: Json,
    chosen: OneFigure | None,
    view: str | None,
) -> Pane | None:
    """Gives the view that is asked for, None where none is."""
    if not view:
        return None
    if view == "text":
        return text_pane(connection, document)
    if view == "original":
        return Pane(view, frame=frame_of(request, connection, document))
    if any(figure["confidence"] is not None for figure in report["figures"]):
        return Pane(view, scanned=True)  # reading a scan again takes minutes
    return source_pane(request, connection, document, chosen)


def source_pane(request: Request, connection: Connection, document: Document, chosen: OneFigure | None) -> Pane:
    """Gives the source as the reader saw it, with the cell of the chosen figure."""
    bytes_ = held(connection, document.sha256)
    if bytes_ is None:
        return Pane("source", source=SourceView(trouble="no-bytes"))
    found = source_view(site_of(request).storage, bytes_, document.place)
    cell = found.cell_of(chosen.figure) if chosen else None
    own = figures.figures_of(connection, [document.reading_id]).get(document.reading_id, [])
    return Pane("source", source=found, cell=cell, codes=codes_of(found, own))


def codes_of(view: SourceView, own: list[Figure]) -> dict[tuple[int, int, int], str]:
    """Gives the figures by the cell they were read from; of several from one cell the first."""
    starts = {
        (table.number, row, column): cell
        for table in view.blocks
        if isinstance(table, SourceTable)
        for line in table.rows
        for cell in line
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    }
    codes: dict[tuple[int, int, int], str] = {}
    for figure in own:
        if figure.table is not None and figure.row is not None and figure.column is not None:
            cell = starts.get((figure.table, figure.row, figure.column))
            if cell is not None:
                codes.setdefault((figure.table, cell.row, cell.column), figure.indicator)
    return codes


def text_pane(connection: Connection, document: Document) -> Pane:
    """Gives the first lines of the text, MAX_TEXT characters at most, and how many there are."""
    text = texts_of(connection, [document.reading_id]).get(document.reading_id, "")
    return Pane("text", lines=tuple(text[:MAX_TEXT].splitlines()), characters=len(text))


def frame_of(request: Request, connection: Connection, document: Document) -> Frame | None:
    """Gives the archived bytes at the second origin, None where this site has none."""
    origin = raw_origin(request)
    if origin is None:
        return None
    bytes_ = held(connection, document.sha256)
    kind = bytes_.hints.media_type if bytes_ else None
    return Frame(origin, f"{origin}/raw/{document.sha256}", kind in FRAMED)
