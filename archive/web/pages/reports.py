"""One report: its figures in the statutory tables beside the archived source, and where they come from."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from archive.records import Connection
from archive.records.codes import indicator_labels
from archive.records.documents import Document, years_held
from archive.records.histories import texts_of
from archive.research.cite import cited, document_work
from archive.research.document import document_json
from archive.research.find import one_document
from archive.research.one_figure import OneFigure, one_figure
from archive.web.asking import Archive, PathYear
from archive.web.errors import or_not_found
from archive.web.guard import POLICY
from archive.web.listing import Column, Listing, csv_answer
from archive.web.rendering import render, report_path
from archive.web.report_parts import facts_of, parts_of
from archive.web.source_pane import Pane, pane_of

router = APIRouter()

REPORT = "/reports/{division}/{agency:path}/{year}"
COLUMNS = tuple(
    Column(key, f"column.{key}")
    for key in (
        "indicator",
        "label",
        "status",
        "value",
        "raw",
        "unit",
        "value_wan",
        "note",
        "confidence",
        "table",
        "row",
        "column",
    )
)

Chosen = Annotated[str | None, Query(max_length=200, description="the indicator whose figure is chosen")]
View = Annotated[str | None, Query(pattern="^(source|text|original)?$", description="what stands beside the figures")]


def document_at(archive: Connection, division: str, agency: str, year: int) -> Document:
    """Gives the document that a path names. Raises HTTPException 404."""
    with or_not_found():
        return one_document(archive, f"{division}/{agency}", year)


@router.get(REPORT + ".json")
def as_json(archive: Archive, division: str, agency: str, year: PathYear) -> Response:
    """Gives a report as `nianbao show --json` prints it."""
    return JSONResponse(document_json(archive, document_at(archive, division, agency, year)))


@router.get(REPORT + ".csv")
def as_csv(archive: Archive, division: str, agency: str, year: PathYear, bom: bool = True) -> Response:
    """Gives the figures of a report."""
    document = document_at(archive, division, agency, year)
    found, labels = document_json(archive, document), indicator_labels(archive)
    rows = [figure | {"label": label_of(labels, document, figure["indicator"])} for figure in found["figures"]]
    return csv_answer(Listing(f"{agency}-{year}", COLUMNS, rows, len(rows)), bom)


def label_of(labels: dict[tuple[str, str, str], str], document: Document, code: str) -> str:
    """Gives the label of an indicator as the report's form has it."""
    part = code.partition(".")[0]
    return labels[part, document.forms[part], code]


@router.get(REPORT + ".txt")
def as_text(archive: Archive, division: str, agency: str, year: PathYear) -> Response:
    """Gives the whole text of a report, without its tables."""
    document = document_at(archive, division, agency, year)
    return PlainTextResponse(texts_of(archive, [document.reading_id]).get(document.reading_id, ""))


@router.get(REPORT)
def report(
    request: Request,
    archive: Archive,
    division: str,
    agency: str,
    year: PathYear,
    cell: Chosen = None,
    view: View = None,
) -> HTMLResponse:
    """Gives the page of a report; with `cell` its figure is chosen and its source cell marked."""
    document = document_at(archive, division, agency, year)
    found = document_json(archive, document)
    chosen = figure_at(archive, document, found, cell) if cell else None
    pane = pane_of(request, archive, document, found, chosen, view or ("source" if chosen else None))
    values = {
        "report": found,
        "path": report_path(document.division, document.agency, document.year),
        "parts": parts_of(found),
        "facts": facts_of(document, found),
        "years": years_held(archive, document.id),
        "references": {style: cited(document_work(document), style) for style in ("gbt7714", "apa", "bibtex", "ris")},
        "chosen": chosen,
        "pane": pane,
    }
    return render(request, "report.html", values, headers=policy(pane))


def figure_at(archive: Connection, document: Document, found: dict[str, Any], code: str) -> OneFigure:
    """Gives the chosen figure. Raises HTTPException 404."""
    with or_not_found():
        return one_figure(archive, document, found, code)


def policy(pane: Pane | None) -> dict[str, str] | None:
    """Gives the page's own policy where it frames the second origin."""
    if pane is None or pane.frame is None:
        return None
    return {"Content-Security-Policy": f"{POLICY}; frame-src {pane.frame.origin}"}
