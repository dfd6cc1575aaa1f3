"""How the archive stands: the last run, every portal, what waits, the revision in use."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from archive.research.status import Status, status, status_json
from archive.web.asking import Archive
from archive.web.conditions import Today
from archive.web.listing import Column, Listing, siblings
from archive.web.rendering import render

router = APIRouter()

COLUMNS = (
    Column("id", "status_page.portal"),
    Column("name", "status_page.name", chinese=True),
    Column("condition", "status_page.condition"),
    Column("reason", "status_page.reason"),
    Column("last_crawl", "status_page.last_crawl"),
    Column("last_complete", "status_page.last_complete"),
    Column("crawls_in_a_row", "status_page.in_a_row", number=True),
    Column("paused_until", "status_page.paused_until"),
)


def standing(archive: Archive, today: Today) -> Status:
    """Gives how the archive stands today."""
    return status(archive, today)


Standing = Annotated[Status, Depends(standing)]


@router.get("/status")
def page(request: Request, found: Standing) -> HTMLResponse:
    """Gives how the archive stands."""
    return render(request, "status.html", {"status": status_json(found)})


def portals(found: Standing) -> Listing:
    """Gives the portals with their condition."""
    rows = status_json(found)["portals"]
    return Listing("portals", COLUMNS, rows, len(rows))


siblings(router, "/status", portals)
