"""Coverage: a matrix of places and years, and the gaps in it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from archive.research import coverage as research
from archive.research.coverage import Gap, Matrix
from archive.research.expected import State
from archive.web.asking import Archive, Part
from archive.web.conditions import First, Last, Region, Today, Word
from archive.web.listing import Column, Listing, Row, siblings
from archive.web.rendering import render, report_path
from archive.web.site import site_of

router = APIRouter()

By = Annotated[str, Query(pattern="^(division|level|portal)$", description="what the rows are")]
GAPS = (
    Column("agency", "column.agency", chinese=True),
    Column("division", "column.division"),
    Column("agency_code", "coverage.agency_code"),
    Column("level", "coverage.level"),
    Column("year", "column.year", number=True),
    Column("state", "coverage.state"),
    Column("why", "coverage.why"),
    Column("reason", "coverage.reason"),
    Column("portal", "coverage.portal"),
    Column("last_crawl", "coverage.last_crawl"),
    Column("last_state", "coverage.last_state"),
    Column("url", "coverage.url"),
)
CELLS = (
    Column("key", "coverage.key"),
    Column("name", "coverage.name", chinese=True),
    Column("kind", "coverage.kind"),
    Column("year", "column.year", number=True),
    Column("found", "coverage.found", number=True),
    Column("expected", "coverage.expected", number=True),
    *(Column(state.value, f"coverage.{state.value}", number=True) for state in State),
)


def matrix(
    request: Request,
    archive: Archive,
    today: Today,
    by: By = "division",
    region: Region = None,
    first: First = None,
    last: Last = None,
) -> Matrix:
    """Gives the matrix of a region by division, level or portal."""
    return research.coverage(archive, site_of(request).divisions, today, by=by, region=region, years=(first, last))


@router.get("/coverage")
def page(request: Request, found: Annotated[Matrix, Depends(matrix)]) -> HTMLResponse:
    """Gives the matrix; a place opens what lies right below it, a cell the gaps in it."""
    return render(request, "coverage.html", {"matrix": found, "states": list(State), "query": request.query_params})


def cells(found: Annotated[Matrix, Depends(matrix)]) -> Listing:
    """Gives the matrix cell by cell."""
    rows: list[dict[str, Any]] = [
        {
            "key": row.key,
            "name": row.name,
            "kind": row.kind,
            "year": cell.year,
            "found": cell.found,
            "expected": cell.expected,
            **{state.value: cell.states.get(state, 0) for state in State},
        }
        for row in found.rows
        for cell in row.cells
    ]
    return Listing("coverage", CELLS, rows, len(rows))


siblings(router, "/coverage", cells)


def gaps(
    request: Request,
    archive: Archive,
    today: Today,
    part: Part,
    region: Region = None,
    level: Word = None,
    portal: Word = None,
    first: First = None,
    last: Last = None,
) -> Listing:
    """Gives the reports that are expected and not there."""
    found = research.gaps(
        archive, site_of(request).divisions, today, region=region, level=level, portal=portal, years=(first, last)
    )
    stop = None if part.limit is None else part.start + part.limit
    rows = [gap_row(gap) for gap in found[part.start : stop]]
    return Listing("coverage-gaps", GAPS, rows, len(found), part.start, part.limit)


def gap_row(gap: Gap) -> Row:
    """Gives a gap as a row; `words` are its reason in both languages, `beside` an address of the agency's."""
    plain = research.gap_json(gap)
    asked = plain.pop("portal") or {}
    held = min(gap.agency.held, key=lambda year: abs(year - gap.year))
    return plain | {
        "portal": asked.get("id") or " ".join(plain.pop("portals")),
        "last_crawl": asked.get("last_crawl"),
        "last_state": asked.get("state"),
        "words": {"zh": gap.reason.words("zh"), "en": gap.reason.words("en")},
        "beside": report_path(gap.agency.division, gap.agency.name, held),
        "held": held,
    }


@router.get("/coverage/gaps")
def gap_page(request: Request, listing: Annotated[Listing, Depends(gaps)]) -> HTMLResponse:
    """Gives the gaps as a list."""
    return render(request, "coverage_gaps.html", {"listing": listing, "query": request.query_params})


siblings(router, "/coverage/gaps", gaps)
