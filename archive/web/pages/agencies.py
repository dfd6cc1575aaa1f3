"""Agencies: by place or by what people type of them; one agency over the years."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from archive.divisions import Division, Table, lineage
from archive.records import Connection, documents
from archive.records.agency_search import Listed
from archive.research import agencies as research
from archive.research.agencies import KEY_SERIES, Profile, profile_json
from archive.research.compare import compare
from archive.research.comparison import Comparison
from archive.research.find import revision_or_current
from archive.web.asking import Archive, Part
from archive.web.conditions import Region, Today, Word
from archive.web.errors import or_not_found
from archive.web.listing import Column, Listing, Row, csv_answer, siblings
from archive.web.rendering import render, report_path, segment
from archive.web.site import site_of
from archive.web.sparkline import sparkline

router = APIRouter()

COLUMNS = (
    Column("agency", "column.agency", chinese=True, href="path"),
    Column("agency_code", "agencies.code"),
    Column("division", "agencies.portal_division"),
    Column("level", "agencies.level"),
    Column("found", "agencies.found", number=True),
    Column("expected", "agencies.expected", number=True),
    Column("latest", "agencies.latest", number=True),
    Column("failing", "agencies.failing", number=True),
    Column("path", "search.path"),
)
SERIES = (
    Column("indicator", "agencies.indicator"),
    Column("year", "column.year", number=True),
    Column("status", "agencies.status"),
    Column("value", "agencies.value", number=True),
    Column("form", "agencies.form"),
)
Typed = Annotated[str, Query(max_length=200, description="name, former name, pinyin, initials or code")]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which agencies a page lists: those a query finds under a region, else those of the region itself."""

    query: str
    region: str | None
    level: str | None

    @property
    def own(self) -> bool:
        """Tells whether what lies below the region is shown as places, not as agencies."""
        return not self.query.strip() and self.region is not None and len(self.region) == 6 and self.region[4:] == "00"

    @property
    def places(self) -> bool:
        """Tells whether places are shown."""
        return not self.query.strip()

    @property
    def listed(self) -> bool:
        """Tells whether agencies are shown."""
        return bool(self.query.strip() or self.region or self.level)


def asked(q: Typed = "", region: Region = None, level: Word = None) -> Asked:
    """Gives what the address asks."""
    if region is not None and len(region) in (2, 4):
        region = region.ljust(6, "0")
    return Asked(q, region, level)


Asking = Annotated[Asked, Depends(asked)]


def listing(request: Request, archive: Archive, today: Today, asking: Asking, part: Part) -> Listing:
    """Gives the agencies that are asked for."""
    total, found = research.agencies(
        archive,
        asking.query,
        division=asking.region,
        level=asking.level,
        own=asking.own,
        limit=part.limit,
        offset=part.start,
    )
    table = site_of(request).divisions
    rows = [row_of(agency, research.missing(agency, table, today)) for agency in found]
    return Listing("agencies", COLUMNS, rows, total, part.start, part.limit)


def row_of(agency: Listed, missing: tuple[int, ...]) -> Row:
    """Gives an agency as a row; `failed` are the years of which a report fails a check."""
    return {
        "agency": agency.name,
        "agency_code": agency.code,
        "division": agency.division,
        "level": agency.level,
        "found": len(agency.years),
        "expected": len(agency.years) + len(missing),
        "latest": max(agency.years, default=None),
        "failing": len(agency.failing),
        "path": agency_path(agency.division, agency.name),
        "latest_path": report_path(agency.division, agency.name, max(agency.years)) if agency.years else None,
    }


def agency_path(division: str, agency: str) -> str:
    """Gives the path of an agency's page."""
    return f"/agencies/{segment(division)}/{segment(agency)}"


@router.get("/agencies")
def page(
    request: Request, archive: Archive, asking: Asking, found: Annotated[Listing, Depends(listing)]
) -> HTMLResponse:
    """Gives the places right below a region and its agencies, or the agencies that a query finds."""
    table = site_of(request).divisions
    values = {
        "asking": asking,
        "listing": found,
        "places": research.places(archive, table, asking.region) if asking.places else [],
        "path": path_of(table, asking.region),
        "words": asking.query,
    }
    return render(request, "agencies.html", values)


def path_of(table: Table, region: str | None) -> tuple[Division, ...]:
    """Gives the region after what it lies in."""
    return lineage(table, region.ljust(6, "0")[:6]) if region else ()


siblings(router, "/agencies", listing)


def known(request: Request, archive: Archive, today: Today, division: str, agency: str) -> Profile:
    """Gives the agency that a path names."""
    with or_not_found():
        return research.profile(archive, f"{division}/{agency}", site_of(request).divisions, today)


Known = Annotated[Profile, Depends(known)]


def series_of(archive: Connection, found: Profile) -> Comparison | None:
    """Gives what an agency reported over the years, None where it has no report."""
    name = f"{found.agency.division}/{found.agency.name}"
    return compare(archive, [name], KEY_SERIES) if found.agency.years else None


def series(archive: Archive, found: Known) -> Listing:
    """Gives what an agency reported over the years as rows."""
    compared = series_of(archive, found)
    rows: list[dict[str, Any]] = [
        {
            "indicator": one.indicator,
            "year": point.year,
            "status": point.status,
            "value": None if point.value is None else f"{point.value:f}",
            "form": " ".join(point.forms) or None,
        }
        for one in (compared.series if compared else ())
        for point in one.points
    ]
    return Listing(f"{found.agency.division}-{found.agency.name}", SERIES, rows, len(rows))


@router.get("/agencies/{division}/{agency:path}.csv")
def as_csv(found: Annotated[Listing, Depends(series)]) -> Response:
    """Gives what an agency reported over the years."""
    return csv_answer(found)


@router.get("/agencies/{division}/{agency:path}.json")
def as_json(found: Known) -> Response:
    """Gives an agency."""
    return JSONResponse(profile_json(found))


@router.get("/agencies/{division}/{agency:path}")
def one(request: Request, archive: Archive, found: Known) -> HTMLResponse:
    """Gives an agency: its names, its years, its key figures, its reports."""
    revision = revision_or_current(archive, None)
    compared = series_of(archive, found)
    values = {
        "profile": found,
        "agency": found.agency,
        "years": sorted({*found.agency.years, *found.missing}),
        "compared": compared,
        "lines": [(each, sparkline(each, compared.breaks)) for each in compared.series] if compared else [],
        "documents": documents.find(archive, revision, agency_ids=[found.agency.id])[::-1],
    }
    return render(request, "agency.html", values)
