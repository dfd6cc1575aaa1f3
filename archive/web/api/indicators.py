"""The codebook as JSON."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from archive.research.codebook.counts import ByYear
from archive.research.codebook.entries import Entry
from archive.research.codebook.render import entry_json
from archive.web.listing import Listing, listing_json
from archive.web.pages.codebook import counted, entry_of
from archive.web.pages.codebook import indicators as question
from archive.web.problems import NOT_HELD

router = APIRouter(tags=["codebook"])


@router.get("/indicators", summary="Every indicator: labels, unit, forms, crosswalk, short name")
def indicators(listing: Annotated[Listing, Depends(question)]) -> dict[str, Any]:
    """Gives the indicators of all forms; `q` looks for words in codes and labels."""
    return listing_json(listing)


@router.get(
    "/indicators/{code}", summary="One indicator, with why it is missing how often in which year", responses=NOT_HELD
)
def indicator(
    entry: Annotated[Entry, Depends(entry_of)], by_year: Annotated[ByYear, Depends(counted)]
) -> dict[str, Any]:
    """Gives positions on each form, crosswalk, identities, and reports by year and reason."""
    return entry_json(entry, by_year)
