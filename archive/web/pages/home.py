"""The first page: how to begin, and how much there is."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from archive.research.overview import overview
from archive.web.asking import Archive
from archive.web.rendering import render

router = APIRouter()


@router.get("/")
def home(request: Request, archive: Archive) -> HTMLResponse:
    """Gives the first page."""
    found = overview(archive)
    return render(request, "home.html", {"overview": found, "most": max(found.years.values(), default=1)})
