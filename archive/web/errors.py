"""How trouble is told: a calm page, and RFC 9457 problem JSON from the API and from `.json` and `.csv`."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException as StarletteError

from archive.errors import DatabaseUnavailableError, EnvironmentNotReadyError, NianbaoError, UsageError
from archive.web.problems import problem, tells_problems
from archive.web.rendering import render

LOG = logging.getLogger(__name__)


@contextmanager
def or_not_found() -> Iterator[None]:
    """Turns a UsageError about what the path names into 404; elsewhere it is about a parameter and becomes 422."""
    try:
        yield
    except UsageError as error:
        raise HTTPException(404, str(error)) from error


def told(request: Request, status: int, detail: str) -> Response:
    """Gives the answer for trouble."""
    if tells_problems(request.scope["path"]):
        return problem(status, detail)
    return render(request, "error.html", {"status": status, "detail": detail}, status)


def status_of(error: NianbaoError) -> int:
    """Gives the status of an error of ours: a question that cannot be understood, not ready, or broken."""
    if isinstance(error, UsageError):
        return 422
    return 503 if isinstance(error, EnvironmentNotReadyError) else 500


def trouble(request: Request, error: NianbaoError) -> tuple[int, str]:
    """Gives status and text of an error of ours; what is no fault of the question is logged for the operator.

    Where the database is concerns the operator alone.
    """
    if (status := status_of(error)) >= 500:
        LOG.error("%s: %s", quote(request.url.path), error)
    gone = isinstance(error, DatabaseUnavailableError)
    return status, "the database does not answer; try again in a minute" if gone else str(error)


def explained(error: RequestValidationError) -> tuple[int, str]:
    """Gives status and text of parameters that cannot be understood; a path that cannot be is not there."""
    first, *_ = error.errors()
    in_path = first["loc"][0] == "path"
    return (404 if in_path else 422), f"{first['loc'][-1]}: {first['msg']}"


def handle(app: FastAPI) -> None:
    """Makes an application tell its trouble."""

    @app.exception_handler(NianbaoError)
    def ours(request: Request, error: NianbaoError) -> Response:
        return told(request, *trouble(request, error))

    @app.exception_handler(StarletteError)
    def http(request: Request, error: StarletteError) -> Response:
        return told(request, error.status_code, error.detail)

    @app.exception_handler(RequestValidationError)
    def parameters(request: Request, error: RequestValidationError) -> Response:
        return told(request, *explained(error))

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> Response:
        return told(request, 500, "an unexpected error; the operator's log names it")
