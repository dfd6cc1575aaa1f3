"""Exports as downloads: written into a folder of their own first, so that what is sent is whole, then streamed."""

import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from threading import BoundedSemaphore
from typing import Annotated, Literal

from fastapi import HTTPException, Query
from fastapi.responses import FileResponse
from pydantic import StringConstraints
from starlette.background import BackgroundTask

from archive.records import Connection
from archive.research.exports import export
from archive.research.exports.selection import Selection, years_of
from archive.research.exports.writing import Written
from archive.research.find import revision_or_current
from archive.web.asking import Archive, Given

AT_ONCE = BoundedSemaphore(2)  # a full panel takes a core for as long as it is written
EARLIEST = (1980, 1, 1, 0, 0, 0)  # no clock in the bytes

Shape = Literal["wide", "long", "documents", "versions", "checks", "codebook", "crosswalk"]
Format = Literal["csv", "xlsx", "parquet", "dta", "sav"]
Short = Annotated[str, StringConstraints(max_length=100)]
Long = Annotated[str, StringConstraints(max_length=2000)]
Years = Annotated[Short | None, Given, Query(description="2021, 2019-2023 or 2019,2021-2023")]
Division = Annotated[Short | None, Given, Query(description="code or the beginning of one: 36, 360982")]
Indicators = Annotated[Long | None, Given, Query(description="codes with commas, * for any")]
Balanced = Annotated[bool, Query(description="wide: a row also for years without a report")]


def selected(
    archive: Archive,
    years: Years = None,
    division: Division = None,
    indicators: Indicators = None,
    balanced: Balanced = False,
) -> Selection:
    """Gives the selection that parameters name. Raises UsageError for what cannot be understood."""
    return Selection(
        revision_or_current(archive, None),
        division=division,
        years=None if years is None else years_of(years),
        indicators=tuple(filter(None, (code.strip() for code in (indicators or "").split(",")))),
        balanced=balanced,
    )


def download(archive: Connection, shape: Shape, form: Format, selection: Selection) -> FileResponse:
    """Gives a shape as a file, in a ZIP where it comes with its table of reasons; X-Row-Count says its rows."""
    if not AT_ONCE.acquire(blocking=False):
        raise HTTPException(503, "two exports are being written already; try again in a minute", {"Retry-After": "60"})
    folder = Path(tempfile.mkdtemp(prefix="nianbao-export-"))
    try:
        written = export(archive, shape, [form], folder, selection)
        path = written[0].path if len(written) == 1 else zipped(folder / f"{shape}-{form}.zip", written)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        AT_ONCE.release()
    gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    headers = {"X-Row-Count": str(written[0].rows), "X-Notes": "; ".join(note for one in written for note in one.said)}
    return FileResponse(path, filename=path.name, headers=headers, background=gone)


def zipped(path: Path, written: Sequence[Written]) -> Path:
    """Gives files as a ZIP."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in written:
            entry = zipfile.ZipInfo(one.path.name, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as inside, one.path.open("rb") as file:
                shutil.copyfileobj(file, inside, 1 << 20)
    return path
