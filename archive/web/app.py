"""The pages: a list of reports to search, one report, the differences of two versions, the bytes.

Archived bytes are foreign: they are only ever sent as a download, sandboxed and never sniffed.
"""

from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from fastapi.templating import Jinja2Templates

from archive.errors import CorruptArchiveError, NianbaoError, UsageError
from archive.model import Storage
from archive.records import Engine, figures, payloads
from archive.records.session import snapshot
from archive.research import diff as differences
from archive.research.document import difference_json, document_json, identity_json
from archive.research.find import find, one_document
from archive.warc.reader import payload_at
from archive.web.tables import parts_of

HERE = Path(__file__).parent
PAGE = 50
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
FOREIGN = SECURITY | {"Content-Security-Policy": "sandbox; default-src 'none'"}

templates = Jinja2Templates(HERE / "templates")


def make_app(engine: Engine, storage: Storage) -> FastAPI:
    """Gives the application over an archive."""
    app = FastAPI(title="Nianbao", docs_url=None, redoc_url=None, openapi_url=None)

    @app.exception_handler(NianbaoError)
    def tell(request: Request, error: Exception) -> HTMLResponse:
        status = 404 if isinstance(error, UsageError) else 500
        return page(request, "error.html", {"message": str(error)}, status)

    @app.get("/")
    def index(request: Request, q: str = "", agency: str = "", year: str = "", start: int = 0) -> HTMLResponse:
        wanted = int(year) if year.isdigit() else None
        start = max(start, 0)
        with snapshot(engine) as connection:
            found = find(
                connection,
                agency=agency.strip() or None,
                year=wanted,
                words=q.split(),
                limit=PAGE + 1,
                offset=start,
            )
        values = {
            "documents": [identity_json(document) for document in found[:PAGE]],
            "query": {"q": q, "agency": agency, "year": year},
            "start": start,
            "more": start + PAGE if len(found) > PAGE else None,
            "back": max(start - PAGE, 0) if start else None,
        }
        return page(request, "index.html", values)

    @app.get("/reports/{division}/{agency}/{year}")
    def report(request: Request, division: str, agency: str, year: int) -> HTMLResponse:
        with snapshot(engine) as connection:
            document = one_document(connection, f"{division}/{agency}", year)
            found = document_json(connection, document)
            labels = figures.labels(connection)
        parts = parts_of(found["figures"], labels, found["forms"])
        return page(request, "report.html", {"report": found, "parts": parts})

    @app.get("/reports/{division}/{agency}/{year}/diff")
    def diff(request: Request, division: str, agency: str, year: int) -> HTMLResponse:
        with snapshot(engine) as connection:
            document = one_document(connection, f"{division}/{agency}", year)
            found = differences.compare(connection, document.source_id, document.revision, None, None)
        values = {"report": identity_json(document), "diff": difference_json(found)}
        return page(request, "diff.html", values)

    @app.get("/payloads/{sha256}")
    def payload(sha256: str) -> Response:
        with snapshot(engine) as connection:
            place = payloads.location(connection, sha256)
        if place is None:
            raise UsageError(f"no payload {sha256} is held")
        try:
            data = payload_at(storage, place)
        except CorruptArchiveError as error:
            return Response(str(error), status_code=500, media_type="text/plain; charset=utf-8", headers=SECURITY)
        headers = FOREIGN | {"Content-Disposition": f'attachment; filename="{sha256}"'}
        return Response(data, media_type="application/octet-stream", headers=headers)

    @app.get("/style.css")
    def style() -> FileResponse:
        return FileResponse(HERE / "static" / "style.css", headers=SECURITY)

    return app


def page(request: Request, template: str, values: Mapping[str, object], status: int = 200) -> HTMLResponse:
    """Gives a rendered page."""
    return templates.TemplateResponse(request, template, dict(values), status_code=status, headers=SECURITY)
