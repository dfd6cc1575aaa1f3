"""Tables of the pages and their siblings: the same question as HTML, `.json` and `.csv`.

A question is a function with FastAPI parameters that gives a `Listing`; `siblings` makes the two other addresses.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

Row = Mapping[str, Any]

BATCH = 500  # rows of CSV sent at a time
FORMULA = re.compile(r"[=+\-@＝＋－＠\t\r\n]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in JSON and CSV, the key of its label, and how pages show it.

    `number` aligns to the right, `chinese` marks text in Chinese, `href` names the key of a row that holds the path
    the cell leads to.
    """

    key: str
    label: str
    number: bool = False
    chinese: bool = False
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of a table with the total there is; `name` is what its file is called, `limit` None is all from `start`."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    total: int
    start: int = 0
    limit: int | None = None

    @property
    def count(self) -> int:
        """Gives how many rows these are."""
        left = max(self.total - self.start, 0)
        return left if self.limit is None else min(left, self.limit)


def siblings(router: APIRouter, path: str, question: Callable[..., Listing]) -> None:
    """Adds `path`.json and `path`.csv, answered by the same question as the page."""

    def as_json(listing: Annotated[Listing, Depends(question)]) -> Response:
        return JSONResponse(listing_json(listing))

    def as_csv(
        listing: Annotated[Listing, Depends(question)],
        bom: Annotated[bool, Query(description="begin with a byte order mark, which Excel needs")] = True,
    ) -> Response:
        return csv_answer(listing, bom)

    router.add_api_route(path + ".json", as_json, methods=["GET"], name=f"{path}.json")
    router.add_api_route(path + ".csv", as_csv, methods=["GET"], name=f"{path}.csv")


def listing_json(listing: Listing) -> dict[str, Any]:
    """Gives a listing as JSON: total, start, count, and the rows with the keys of its columns."""
    rows = [{column.key: row[column.key] for column in listing.columns} for row in listing.rows]
    return {"total": listing.total, "start": listing.start, "count": len(rows), "rows": rows}


def csv_answer(listing: Listing, bom: bool = True) -> StreamingResponse:
    """Gives a listing as CSV, streamed; X-Row-Count says how many rows it has, X-Total-Count how many there are."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(listing.name)}.csv",
        "X-Row-Count": str(listing.count),
        "X-Total-Count": str(listing.total),
    }
    keys = [column.key for column in listing.columns]
    return StreamingResponse(csv_lines(keys, listing.rows, bom), headers=headers, media_type="text/csv; charset=utf-8")


def csv_lines(keys: list[str], rows: Iterable[Row], bom: bool) -> Iterator[str]:
    """Gives CSV (RFC 4180) in pieces of BATCH rows."""
    buffer = io.StringIO("\ufeff" if bom else "")
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer)
    writer.writerow(keys)
    for number, row in enumerate(rows, 1):
        writer.writerow([plain(row[key]) for key in keys])
        if number % BATCH == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def plain(value: object) -> str:
    """Gives a value as a spreadsheet may take it: text that would be a formula begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text
