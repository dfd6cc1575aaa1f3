"""How the archive is made and what it cannot tell."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from archive.web.asking import Archive
from archive.web.rendering import render

router = APIRouter()


@router.get("/method")
def method(request: Request, archive: Archive) -> HTMLResponse:
    """Gives the page on method, limits and corrections."""
    return render(request, "method.html")
