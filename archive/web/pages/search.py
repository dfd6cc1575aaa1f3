"""Search: reports by words of their text and by all that narrows them, with passages and facets."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from archive.divisions import Table, named
from archive.research.agencies import agencies
from archive.research.filters import FILE_TYPES
from archive.research.search import BOUND, Result
from archive.web.api.search import answer
from archive.web.asking import Answers, Archive
from archive.web.listing import Column, Listing, Row, csv_answer
from archive.web.narrowing import Asking, Narrowing
from archive.web.rendering import render, report_path
from archive.web.site import site_of

router = APIRouter()

SUGGESTED = 5  # agencies shown above reports
PARAMETERS = {
    "year": "year",
    "province": "region",
    "level": "level",
    "form": "form",
    "type": "type",
    "checks": "checks",
}
"""The parameter by which each facet narrows."""
COLUMNS = (
    Column("agency", "column.agency", chinese=True, href="path"),
    Column("division", "column.division"),
    Column("year", "column.year", number=True),
    Column("title", "column.title", chinese=True),
    Column("media_type", "search.type"),
    Column("checks_failing", "search.checks"),
    Column("versions", "column.versions", number=True),
    Column("hits", "search.hits", number=True),
    Column("section", "search.section", chinese=True),
    Column("passage", "search.passage", chinese=True),
    Column("path", "search.path"),
)


@router.get("/search")
def page(request: Request, archive: Archive, asking: Asking, part: Answers) -> HTMLResponse:
    """Gives the reports that answer, facets beside them, agencies of that name above."""
    found = asking.found(part.start, part.limit)
    listing = Listing("search", COLUMNS, (), found.total, part.start, part.limit)
    named_so = agencies(archive, asking.words, limit=SUGGESTED) if asking.words and asking.place == "text" else (0, [])
    values = {
        "asking": asking,
        "found": found,
        "listing": listing,
        "agencies": named_so,
        "facets": facets(found.facets, site_of(request).divisions),
        "given": {name: request.query_params.get(name) or None for name in (*PARAMETERS.values(), *FURTHER)},
        "words": asking.words,
        "bound": BOUND,
        "short": SHORT,
    }
    return render(request, "search.html", values)


FURTHER = ("agency", "portal", "from", "to", "as_of", "revision")
SHORT = {media_type: name for name, media_type in FILE_TYPES.items()}


def facets(counted: dict[str, dict[str, int]], divisions: Table) -> list[tuple[str, str, list[tuple[str, str, int]]]]:
    """Gives each facet with its parameter and its values: as the parameter has it, as people read it, how many."""
    found = []
    for name, values in counted.items():
        shown = [(SHORT.get(value, value), readable(name, value, divisions), count) for value, count in values.items()]
        if name == "year":
            shown.sort(reverse=True)
        found.append((name, PARAMETERS[name], shown))
    return found


def readable(facet: str, value: str, divisions: Table) -> str:
    """Gives a value of a facet as people read it where that is no label: provinces by name, media types short."""
    if facet == "province":
        division = named(divisions, f"{value}0000")
        return division.name if division else value
    return SHORT.get(value, value) if facet == "type" else value


@router.get("/search.json")
def as_json(asking: Asking, part: Answers) -> Response:
    """Gives the answer with its facets; without a limit all reports."""
    return JSONResponse(answer(asking, part.start, part.limit))


@router.get("/search.csv")
def as_csv(asking: Asking, part: Answers) -> Response:
    """Gives the reports that answer, one a line with its first passage."""
    found = asking.found(part.start, 1)
    listing = Listing("search", COLUMNS, rows(asking, part.start, part.limit), found.total, part.start, part.limit)
    sent = csv_answer(listing)
    sent.headers["X-Total-Truncated"] = "true" if found.truncated else "false"
    return sent


def rows(asking: Narrowing, start: int, limit: int | None) -> Iterator[Row]:
    """Gives reports as rows."""
    return map(row_of, asking.results(start, limit))


def row_of(result: Result) -> dict[str, Any]:
    """Gives a report as a row, with its first passage."""
    document = result.document
    first = result.passages[0] if result.passages else None
    return {
        "agency": document.agency,
        "division": document.agency_code or document.division,
        "year": document.year,
        "title": document.title,
        "media_type": document.media_type,
        "checks_failing": result.failing,
        "versions": document.versions,
        "hits": sum(result.counts) if result.counts else None,
        "section": first.section if first else None,
        "passage": first.text if first else None,
        "path": report_path(document.division, document.agency, document.year),
    }
