"""One report as JSON, as `nianbao show --json` prints it."""

from typing import Any

from fastapi import APIRouter

from archive.research.document import document_json
from archive.research.find import one_document
from archive.web.api.search import Limit, Start, answer
from archive.web.asking import Archive, PathYear
from archive.web.errors import or_not_found
from archive.web.narrowing import Asking
from archive.web.problems import NOT_HELD

router = APIRouter(tags=["reports"])


@router.get("/reports", summary="All reports that pass the filters, by division, agency and year")
def reports(asking: Asking, start: Start = 0, limit: Limit = 50) -> dict[str, Any]:
    """Gives reports as /search does; without words the total is exact and `next` leads through all of them."""
    return answer(asking, start, limit)


@router.get(
    "/reports/{division}/{agency:path}/{year}",
    summary="One report: figures, checks, versions, provenance",
    responses=NOT_HELD,
)
def report(archive: Archive, division: str, agency: str, year: PathYear) -> dict[str, Any]:
    """Gives an agency's report for a year; `division` is the code that its address on the pages has."""
    with or_not_found():
        document = one_document(archive, f"{division}/{agency}", year)
    return document_json(archive, document)
