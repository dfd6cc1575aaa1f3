"""One report: its figures, where they come from, what changed."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from archive.records import figures
from archive.research import diff as differences
from archive.research.document import difference_json, document_json, identity_json
from archive.research.find import one_document
from archive.web.asking import Archive, PathYear
from archive.web.errors import or_not_found
from archive.web.rendering import render
from archive.web.tables import parts_of

router = APIRouter()


@router.get("/reports/{division}/{agency:path}/{year}/diff")
def diff(request: Request, archive: Archive, division: str, agency: str, year: PathYear) -> HTMLResponse:
    """Gives what the last version of a report changed."""
    with or_not_found():
        document = one_document(archive, f"{division}/{agency}", year)
        found = differences.compare(archive, document.source_id, document.revision, None, None)
    return render(request, "diff.html", {"report": identity_json(document), "diff": difference_json(found)})


@router.get("/reports/{division}/{agency:path}/{year}")
def report(request: Request, archive: Archive, division: str, agency: str, year: PathYear) -> HTMLResponse:
    """Gives a report."""
    with or_not_found():
        found = document_json(archive, one_document(archive, f"{division}/{agency}", year))
    parts = parts_of(found["figures"], figures.labels(archive), found["forms"])
    return render(request, "report.html", {"report": found, "parts": parts})
