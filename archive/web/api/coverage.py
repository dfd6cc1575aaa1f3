"""Coverage as JSON, as `nianbao coverage --json` prints it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from archive.research.coverage import Matrix, matrix_json
from archive.web.listing import Listing, listing_json
from archive.web.pages.coverage import gaps, matrix

router = APIRouter(tags=["coverage"])


@router.get("/coverage", summary="Which reports are held of those that there should be")
def coverage(found: Annotated[Matrix, Depends(matrix)]) -> dict[str, Any]:
    """Gives held and expected reports by year, of what lies right below a region, by level or by portal.

    How "expected" is defined, and what each state means: docs/coverage.md.
    """
    return matrix_json(found)


@router.get("/coverage/gaps", summary="Reports that are expected and not held, with the reason")
def coverage_gaps(listing: Annotated[Listing, Depends(gaps)]) -> dict[str, Any]:
    """Gives each agency and year with the state, the reason and the portal's last crawl."""
    return listing_json(listing)
