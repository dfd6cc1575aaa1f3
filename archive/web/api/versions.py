"""The versions of a report and their differences as JSON."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from archive.research.document import difference_json
from archive.web.asking import LARGEST, Archive, PathYear
from archive.web.listing import Listing, listing_json
from archive.web.pages.reports import document_at
from archive.web.pages.versions import difference, versions
from archive.web.problems import NOT_HELD

router = APIRouter(tags=["versions"])

Number = Annotated[int | None, Query(ge=1, le=LARGEST, description="version; by default the last two are compared")]


@router.get(
    "/reports/{division}/{agency:path}/{year}/versions",
    summary="States of a report in the order of time",
    responses=NOT_HELD,
)
def states(listing: Annotated[Listing, Depends(versions)]) -> dict[str, Any]:
    """Gives when each version was seen first (after `not_before`, not later than `first_seen`) and what it changed."""
    return listing_json(listing)


@router.get(
    "/reports/{division}/{agency:path}/{year}/diff",
    summary="What differs between two versions of a report",
    responses=NOT_HELD,
)
def changes(
    archive: Archive,
    division: str,
    agency: str,
    year: PathYear,
    source: Annotated[int | None, Query(ge=1, le=LARGEST, description="one of the report's sources")] = None,
    old: Annotated[int | None, Query(alias="from", ge=1, le=LARGEST, description="the older version")] = None,
    to: Number = None,
) -> dict[str, Any]:
    """Gives changed figures with both sides, and lines of text that went (`- …`) and came (`+ …`)."""
    document = document_at(archive, division, agency, year)
    return difference_json(difference(archive, document, source, old, to))
