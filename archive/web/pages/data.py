"""Taking data away: what for whom, releases, and the panel as it is now."""

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import FileResponse, HTMLResponse

from archive.research.exports import SHAPES
from archive.research.exports.selection import Selection, indicators_of, rows_of
from archive.research.release.listing import Release, file_at, one_release, releases_in
from archive.web.asking import Archive
from archive.web.errors import or_not_found
from archive.web.exporting import Format, Shape, download, selected
from archive.web.listing import Column, Listing, siblings
from archive.web.rendering import render
from archive.web.site import site_of

router = APIRouter()

RELEASES = (
    Column("version", "data.version", href="path"),
    Column("date", "data.date"),
    Column("revision", "data.revision", number=True),
    Column("captured_until", "data.captured_until"),
    Column("reports", "data.reports", number=True),
    Column("files", "data.files", number=True),
    Column("bytes", "data.bytes", number=True),
)
FILES = (
    Column("path", "data.path", href="href"),
    Column("rows", "data.rows", number=True),
    Column("bytes", "data.bytes", number=True),
    Column("sha256", "data.sha256"),
)
Chosen = Annotated[Selection, Depends(selected)]
Version = Annotated[str, Path(max_length=20, description="version of a release")]


def releases(request: Request) -> Listing:
    """Gives the releases that can be had here, newest first."""
    rows = [row_of(each) for each in releases_in(site_of(request).releases)]
    return Listing("releases", RELEASES, rows, len(rows))


def row_of(release: Release) -> dict[str, Any]:
    """Gives a release as a row of the list."""
    return {
        "version": release.version,
        "path": f"/data/releases/{release.version}",
        "date": release.about.get("date"),
        "revision": release.about.get("revision"),
        "captured_until": release.about.get("captured_until"),
        "reports": release.about.get("rows", {}).get("wide"),
        "files": len(release.files),
        "bytes": release.size,
    }


@router.get("/data")
def page(
    request: Request,
    archive: Archive,
    selection: Chosen,
    listing: Annotated[Listing, Depends(releases)],
    shape: Annotated[Shape, Query(description="what a row is")] = "wide",
    form: Annotated[Format, Query(alias="format", description="which file")] = "csv",
) -> HTMLResponse:
    """Gives the page on data; of the panel that its form describes it says how many reports it has."""
    values = {
        "listing": listing,
        "reports": rows_of(archive, selection),
        "indicators": len(indicators_of(archive, selection)),
        "shapes": list(SHAPES),
        "formats": get_args(Format),
        "shape": shape,
        "form": form,
        "query": request.query_params,
    }
    return render(request, "data.html", values)


siblings(router, "/data/releases", releases)


@router.get("/data/export")
def panel(
    archive: Archive,
    selection: Chosen,
    shape: Annotated[Shape, Query(description="what a row is")] = "wide",
    form: Annotated[Format, Query(alias="format", description="which file")] = "csv",
) -> FileResponse:
    """Gives the file that the form describes."""
    return download(archive, shape, form, selection)


def release_of(request: Request, version: Version) -> Release:
    """Gives the release that a path names."""
    with or_not_found():
        return one_release(site_of(request).releases, version)


def files(release: Annotated[Release, Depends(release_of)]) -> Listing:
    """Gives the files of a release with sizes and digests."""
    counted = release.about.get("rows", {})
    rows = [
        {
            "path": file.path,
            "href": f"/data/releases/{release.version}/{file.path}",
            "rows": counted.get(stem(file.path)) if file.path.startswith(("data/", "sources/")) else None,
            "bytes": file.size,
            "sha256": file.sha256,
        }
        for file in release.files
    ]
    return Listing(f"release-{release.version}", FILES, rows, len(rows))


def stem(path: str) -> str:
    """Gives the table that a file of data holds."""
    return path.rpartition("/")[2].partition(".")[0]


siblings(router, "/data/releases/{version}", files)  # before the page, whose path takes any name


@router.get("/data/releases/{version}")
def release(
    request: Request,
    found: Annotated[Release, Depends(release_of)],
    listing: Annotated[Listing, Depends(files)],
) -> HTMLResponse:
    """Gives one release: what it says of itself, its files, what changed."""
    return render(request, "release.html", {"release": found, "listing": listing})


@router.get("/data/releases/{version}/{path:path}")
def release_file(found: Annotated[Release, Depends(release_of)], path: str) -> FileResponse:
    """Gives a file of a release."""
    with or_not_found():
        place = file_at(found, path)
    return FileResponse(place, filename=place.name)
