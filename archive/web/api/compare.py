"""Indicators over years as JSON, as `nianbao compare --json` prints it."""

from typing import Any

from fastapi import APIRouter

from archive.errors import UsageError
from archive.research.comparison import comparison_json
from archive.web.pages.compare import Compared

router = APIRouter(tags=["compare"])


@router.get("/compare", summary="Indicators of a few agencies or divisions over the years")
def compare(found: Compared) -> dict[str, Any]:
    """Gives a series for each agency (`division/name`) or division, and indicator.

    A year without a value says why; `joined` tells whether a line may go on from the year before.
    """
    if found is None:
        raise UsageError("nothing is compared; name an agency or a division")
    return comparison_json(found)
