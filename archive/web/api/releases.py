"""Releases as JSON, and their files."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from archive.research.release.listing import Release
from archive.web.listing import Listing, listing_json
from archive.web.pages.data import files, release_of
from archive.web.pages.data import releases as question
from archive.web.problems import NOT_HELD

router = APIRouter(tags=["releases"])


@router.get("/releases", summary="Releases that can be had here, newest first")
def releases(listing: Annotated[Listing, Depends(question)]) -> dict[str, Any]:
    """Gives version, date, revision, numbers of reports and files, bytes."""
    return listing_json(listing)


@router.get(
    "/releases/{version}",
    summary="One release: what it says of itself, its files with digests, changes",
    responses=NOT_HELD,
)
def release(
    found: Annotated[Release, Depends(release_of)], listing: Annotated[Listing, Depends(files)]
) -> dict[str, Any]:
    """Gives a release; `href` of a file is its address."""
    return {**found.about, "changes": found.changes, "files": list(listing.rows)}
