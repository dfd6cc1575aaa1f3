"""Archived bytes as a download. They are foreign: on this origin never anything but a file to keep."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import Response

from archive.records import payloads
from archive.warc.reader import payload_at
from archive.web.asking import Archive
from archive.web.site import site_of

router = APIRouter()

Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the bytes")]


@router.get("/payloads/{sha256}")
def payload(request: Request, archive: Archive, sha256: Digest) -> Response:
    """Gives the bytes of a payload to keep, whatever they are."""
    place = payloads.location(archive, sha256)
    if place is None:
        raise HTTPException(404, f"no payload {sha256} is held")
    headers = {
        "Content-Disposition": f'attachment; filename="{sha256}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    data = payload_at(site_of(request).storage, place)
    return Response(data, media_type="application/octet-stream", headers=headers)
