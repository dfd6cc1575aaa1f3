"""Trouble as RFC 9457 has it, as an answer and as the OpenAPI document describes it."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse

API = re.compile(r"(/en)?/api/v1(/|$)")
MEDIA_TYPE = "application/problem+json"
SCHEMA = {
    "title": "Problem",
    "type": "object",
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail"],
}


def tells_problems(path: str) -> bool:
    """Tells whether trouble at a path is told as a problem: below /api/v1, and where a table's file is asked for."""
    return API.match(path) is not None or path.endswith((".json", ".csv"))


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Gives a problem."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def documented(what: str) -> dict[str, Any]:
    """Gives the description of an answer that is a problem."""
    return {"description": what, "content": {MEDIA_TYPE: {"schema": SCHEMA}}}


ANYWHERE: dict[int | str, dict[str, Any]] = {
    422: documented("A parameter cannot be understood"),
    503: documented("Not ready, or busy: ask again later"),
}
"""What every endpoint may answer."""

NOT_HELD: dict[int | str, dict[str, Any]] = {404: documented("The path names nothing that is held")}
"""What an endpoint may answer whose path names something."""
