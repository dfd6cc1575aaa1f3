"""How the archive stands, as JSON."""

from typing import Any

from fastapi import APIRouter

from archive.research.status import status_json
from archive.web.pages.status import Standing

router = APIRouter(tags=["status"])


@router.get("/status", summary="The last run, every portal's condition, what waits, the revision in use")
def status(found: Standing) -> dict[str, Any]:
    """Gives how the archive stands today."""
    return status_json(found)
