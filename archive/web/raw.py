"""The second origin: archived bytes as their server sent them, sandboxed, where no page of ours lives.

One process serves both: which application answers is decided by the port a request came in on.
"""

import re
from http import HTTPStatus

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.exceptions import HTTPException as StarletteError

from archive.errors import NianbaoError
from archive.records import payloads
from archive.records.session import snapshot
from archive.warc.http import Message, content_type, decoded, parse_response
from archive.warc.member import Record
from archive.warc.reader import record_at
from archive.web.errors import trouble
from archive.web.guard import Asgi, Receive, Scope, Send, guarded
from archive.web.pages.payloads import Digest
from archive.web.site import Site

SANDBOX = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
INLINE = {
    "text/html",
    "text/plain",
    "application/xhtml+xml",
    "application/pdf",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/bmp",
}
TOKENS = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
CHARSET = re.compile(r"[\w.:-]+", re.ASCII)
UNKNOWN = "application/octet-stream"


def by_port(pages: Asgi, raw: Asgi, raw_port: int) -> Asgi:
    """Gives the application that answers as `raw` on its port and as `pages` on any other."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        server = scope.get("server")
        app = raw if server and server[1] == raw_port else pages
        await app(scope, receive, send)

    return answer


def make_raw_app(site: Site) -> Asgi:
    """Gives the application of the second origin: /raw/{sha256}, nothing else."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.exception_handler(StarletteError)
    def told(request: Request, error: StarletteError) -> Response:
        return PlainTextResponse(f"{error.detail}\n", error.status_code, {"Content-Security-Policy": SANDBOX})

    @app.exception_handler(NianbaoError)
    def ours(request: Request, error: NianbaoError) -> Response:
        status, detail = trouble(request, error)
        return PlainTextResponse(f"{detail}\n", status, {"Content-Security-Policy": SANDBOX})

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Response:
        phrase = HTTPStatus.INTERNAL_SERVER_ERROR.phrase
        return PlainTextResponse(f"{phrase}\n", 500, {"Content-Security-Policy": SANDBOX})

    @app.get("/raw/{sha256}")
    def raw(sha256: Digest) -> Response:
        with snapshot(site.engine) as connection:
            place = payloads.location(connection, sha256)
        if place is None:
            raise HTTPException(404, f"no payload {sha256} is held")
        return original(record_at(site.storage, place), sha256)

    return guarded(app)


def original(record: Record, sha256: str) -> Response:
    """Gives the bytes of a record with the media type and charset that came with them, nothing else of its headers."""
    if record.type == "resource":
        data, claims = record.block, declared(record.headers.get("Content-Type", ""))
    else:
        response = parse_response(record.block)
        data, claims = decoded(response).data, content_type(response)
    kind, charset = claims
    kind = kind if kind and TOKENS.fullmatch(kind) else UNKNOWN
    known = f"; charset={charset}" if charset and CHARSET.fullmatch(charset) else ""
    headers = {
        "Content-Type": kind + known,
        "Content-Disposition": f'{"inline" if kind in INLINE else "attachment"}; filename="{sha256}"',
        "Content-Security-Policy": SANDBOX,
    }
    return Response(data, headers=headers)


def declared(claimed: str) -> tuple[str | None, str | None]:
    """Gives media type and charset of a Content-Type of a WARC record."""
    return content_type(Message(None, b"", ((b"Content-Type", claimed.encode("latin-1", "replace")),), b"", b""))
