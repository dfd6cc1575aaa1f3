"""What pages and API ask for in their signatures: the archive at one instant, a window of a list, a year."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from pydantic import WrapValidator

from archive.records import Connection
from archive.records.latest import latest_capture
from archive.records.session import snapshot
from archive.web.site import site_of

PAGE = 50
ANSWERS = 20
FIRST_YEAR, LAST_YEAR = 1990, 2100
LARGEST = 1_000_000_000


def held(request: Request) -> Iterator[Connection]:
    """Gives a connection that only reads, at one instant, until the answer is sent."""
    with snapshot(site_of(request).engine) as connection:
        request.state.as_of = latest_capture(connection)
        yield connection


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list that is asked for; `limit` None is all of it."""

    start: int
    limit: int | None


def window(usual: int) -> Callable[..., Window]:
    """Gives what understands the window of a list: a page shows so many rows unless told otherwise, a file all."""

    def asked(
        request: Request,
        start: Annotated[int, Query(ge=0, le=LARGEST, description="rows to leave out")] = 0,
        limit: Annotated[
            int | None, Query(ge=1, le=LARGEST, description="rows to give; a page gives at most 500")
        ] = None,
    ) -> Window:
        if request.url.path.endswith((".csv", ".json")):
            return Window(start, limit)
        return Window(start, min(limit or usual, 500))

    return asked


def given(value: object, understand: Callable[[object], object]) -> object:
    """Gives None for the field of a form that was left empty."""
    return None if value == "" else understand(value)


Archive = Annotated[Connection, Depends(held)]
"""A connection that sees the archive at one instant: `def page(archive: Archive)`."""

Part = Annotated[Window, Depends(window(PAGE))]
"""The rows of a list that are asked for: `def question(part: Part)`."""

Answers = Annotated[Window, Depends(window(ANSWERS))]
"""The same of reports with passages, which are taller."""

Given = WrapValidator(given)
"""Takes an empty parameter for one that was not given: `Annotated[int | None, Query(…), Given]`, behind the bounds."""

Year = Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="report year"), Given]
PathYear = Annotated[int, Path(ge=FIRST_YEAR, le=LAST_YEAR, description="report year")]
