"""The reports there are: the way in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from archive.records.documents import Document
from archive.research.find import find
from archive.web.asking import Archive, Part, Year
from archive.web.listing import Column, Listing, Row, siblings
from archive.web.pages.addresses import report_path
from archive.web.rendering import render

router = APIRouter()

COLUMNS = (
    Column("agency", "column.agency", chinese=True, href="path"),
    Column("division", "column.division"),
    Column("year", "column.year", number=True),
    Column("title", "column.title", chinese=True),
    Column("versions", "column.versions", number=True),
)

Words = Annotated[str, Query(max_length=200)]


def reports(archive: Archive, part: Part, q: Words = "", agency: Words = "", year: Year = None) -> Listing:
    """Gives the reports with words in their text, of agencies of a name, of a year."""
    found = find(archive, agency=agency.strip() or None, year=year, words=q.split())
    stop = None if part.limit is None else part.start + part.limit
    rows = [row_of(document) for document in found[part.start : stop]]
    return Listing("reports", COLUMNS, rows, len(found), part.start, part.limit)


def row_of(document: Document) -> Row:
    """Gives a report as a row."""
    return {
        "agency": document.agency,
        "division": document.agency_code or document.division,
        "year": document.year,
        "title": document.title,
        "versions": document.versions,
        "path": report_path(document.division, document.agency, document.year),
    }


@router.get("/")
def home(request: Request, listing: Annotated[Listing, Depends(reports)]) -> HTMLResponse:
    """Gives the first page."""
    return render(request, "home.html", {"listing": listing})


siblings(router, "/reports", reports)
