"""The application: pages, the API under /api/v1, and the archive's foreign bytes as downloads.

A page module (archive/web/pages/) and an API module (archive/web/api/) each have a `router`; the lists below name
them. How one is added: docs/web.md.
"""

import mimetypes
from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles

from archive.research.release.datapackage import MEDIA
from archive.web.api import ROUTERS
from archive.web.errors import handle
from archive.web.etag import ETags
from archive.web.guard import Asgi, guarded
from archive.web.pages import PAGES
from archive.web.problems import ANYWHERE
from archive.web.rendering import HERE, NAVIGATION
from archive.web.site import Site

TITLE = "年报 Nianbao"
ABOUT = (
    "Annual reports on government-information disclosure (政府信息公开工作年度报告). Read-only, no key; every answer"
    " has an ETag, every list its total."
)


def make_app(site: Site) -> Asgi:
    """Gives the application over an archive."""
    for media_type, form in (("text/javascript", "js"), *((media_type, form) for form, media_type in MEDIA.items())):
        mimetypes.add_type(media_type, f".{form}")  # whatever this machine says
    app = made(site, PAGES, FastAPI(title=TITLE, openapi_url=None, docs_url=None, redoc_url=None))
    app.mount("/api/v1", make_api(site, app))
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    paths = {getattr(route, "path", None) for router in PAGES for route in router.routes}
    app.state.navigation = [path for path in NAVIGATION if path in paths]
    app.state.search_path = "/search" if "/search" in paths else "/"
    app.add_middleware(ETags)
    return guarded(app)


def make_api(site: Site, pages: FastAPI) -> FastAPI:
    """Gives the API; the pages know it, since one of them documents it."""
    api = FastAPI(
        title=TITLE,
        version="1",
        description=ABOUT,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=ANYWHERE,
    )
    made(site, ROUTERS, api)
    api.add_middleware(CORSMiddleware, allow_origins=["*"], expose_headers=["ETag", "X-Row-Count", "X-Total-Count"])
    pages.state.api = api
    return api


def made(site: Site, routers: Sequence[APIRouter], app: FastAPI) -> FastAPI:
    """Gives an application with its routers, its archive and its way to tell trouble."""
    for router in routers:
        app.include_router(router)
    app.state.site = site
    handle(app)
    return app
