"""The API documented as a page: its OpenAPI document as plain HTML with examples, nothing loaded from elsewhere."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from archive.web.rendering import render

router = APIRouter()

EXAMPLES = {"division": "990101", "agency": "青石镇", "year": "2023"}
"""What stands for a path's parameters in the examples: the demo's."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint as the OpenAPI document describes it; `example` is a path that can be asked for."""

    path: str
    example: str
    summary: str
    description: str
    parameters: tuple[dict[str, Any], ...]


def endpoints(document: dict[str, Any]) -> list[Endpoint]:
    """Gives the endpoints of an OpenAPI document by their paths."""
    return [
        Endpoint(
            path,
            example_of(path),
            own.get("summary", ""),
            own.get("description", ""),
            tuple(parameter_of(parameter) for parameter in own.get("parameters", ())),
        )
        for path, methods in sorted(document["paths"].items())
        for own in methods.values()
    ]


def example_of(path: str) -> str:
    """Gives a path with its parameters filled in, as far as EXAMPLES knows them."""
    for name, value in EXAMPLES.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def parameter_of(parameter: dict[str, Any]) -> dict[str, Any]:
    """Gives a parameter: its name, where it stands, its kind, what it means."""
    schema = parameter.get("schema", {})
    kinds = [one.get("type") for one in schema.get("anyOf", [schema])]
    kind = "|".join(each for each in kinds if each and each != "null")
    return {
        "name": parameter["name"],
        "where": parameter["in"],
        "kind": kind,
        "required": parameter.get("required", False),
        "description": parameter.get("description", ""),
    }


@router.get("/api")
def documentation(request: Request) -> HTMLResponse:
    """Gives the documentation of the API."""
    document = request.app.state.api.openapi()
    base = f"{request.url.scheme}://{request.url.netloc}/api/v1"
    return render(request, "api.html", {"endpoints": endpoints(document), "base": base, "about": document["info"]})
