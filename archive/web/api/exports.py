"""The archive as files."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse

from archive.research.exports.selection import Selection
from archive.research.release.datapackage import MEDIA
from archive.web.asking import Archive
from archive.web.exporting import Format, Shape, download, selected
from archive.web.problems import NOT_HELD

router = APIRouter(tags=["exports"])

BYTES = {"schema": {"type": "string", "format": "binary"}}
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": dict.fromkeys((*MEDIA.values(), "application/zip"), BYTES),
        "headers": {"X-Row-Count": {"schema": {"type": "integer"}, "description": "rows of the file"}},
    }
}


@router.get(
    "/exports/{shape}/{form}",
    summary="A shape of the archive as CSV, XLSX, Parquet, Stata or SPSS file",
    response_class=FileResponse,
    responses=FILES | NOT_HELD,
)
def exported(
    archive: Archive, shape: Shape, form: Format, selection: Annotated[Selection, Depends(selected)]
) -> FileResponse:
    """Gives the file whole, never cut; X-Row-Count says its rows.

    The wide panel as CSV or Parquet is a ZIP with the table of reasons.
    """
    return download(archive, shape, form, selection)
