"""Checks (勾稽) and restatements as JSON."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from archive.research.checks import rule_json
from archive.research.identities import rules
from archive.web.listing import Listing, listing_json
from archive.web.pages.checks import failures, tallies
from archive.web.pages.restatements import revised

router = APIRouter(tags=["checks"])


@router.get("/identities", summary="The accounting identities with their formulas")
def identities() -> dict[str, Any]:
    """Gives every identity in Chinese and English, with its formula in indicator codes on each form."""
    rows = [rule_json(rule) for rule in rules().values()]
    return {"total": len(rows), "start": 0, "count": len(rows), "rows": rows}


@router.get("/checks", summary="How often each identity holds, by form and year")
def checks(listing: Annotated[Listing, Depends(tallies)]) -> dict[str, Any]:
    """Gives counts with the rate, which is null where fewer than five reports can be checked."""
    return listing_json(listing)


@router.get("/checks/failures", summary="Where identities fail, with both sides")
def checks_failures(listing: Annotated[Listing, Depends(failures)]) -> dict[str, Any]:
    """Gives failures, the latest year first; each may be the agency's or ours, `doubts` say what speaks for ours."""
    return listing_json(listing)


@router.get("/restatements", summary="Later versions that changed figures, the newest first")
def restatements(listing: Annotated[Listing, Depends(revised)]) -> dict[str, Any]:
    """Gives each later version with the figures it changed, old and new."""
    rows = [{name: value for name, value in row.items() if name != "path"} for row in listing.rows]
    return {"total": listing.total, "start": listing.start, "count": len(rows), "rows": rows}
