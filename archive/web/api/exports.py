"""The archive as files."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse

from archive.research.exports.selection import Selection
from archive.web.asking import Archive
from archive.web.exporting import Format, Shape, download, selected

router = APIRouter(tags=["exports"])


@router.get("/exports/{shape}/{form}", summary="A shape of the archive as CSV, XLSX, Parquet, Stata or SPSS file")
def exported(
    archive: Archive, shape: Shape, form: Format, selection: Annotated[Selection, Depends(selected)]
) -> FileResponse:
    """Gives the file whole, never cut; X-Row-Count says its rows.

    The wide panel as CSV or Parquet is a ZIP with the table of reasons.
    """
    return download(archive, shape, form, selection)
