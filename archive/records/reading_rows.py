"""What a reading puts into each table. No database is asked, so the process that reads a payload works it out.

Numbers and arrays are texts as PostgreSQL writes them: nothing is left to be done with them but to hand them on, or to
compare them with what is stored.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from archive.model import Figure, Issue, Reading, Statement, Status
from archive.plain import digits
from archive.records.tables import STATUS_CODES, VERDICT_CODES

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one report, or of why there is none; ids are not known yet."""

    text: str | None
    reading: Row
    beside: Mapping[str, Sequence[Row]]  # of the tables figures, statements and issues, by their names


def rows_of(found: Reading | Issue) -> Rows:
    """Gives the rows of a reading, or of why there is none."""
    if isinstance(found, Issue):
        return Rows(None, reading_row(None, found), {"figures": (), "statements": (), "issues": (issue_row(found),)})
    beside = {
        "figures": [figure_row(found, part, form) for part, form in found.forms.items()],
        "statements": [statement_row(place, one) for place, one in enumerate(found.statements, 1)],
        "issues": [issue_row(issue) for issue in found.issues],
    }
    return Rows(found.text, reading_row(found, None), beside)


def reading_row(reading: Reading | None, failure: Issue | None) -> Row:
    """Gives the columns of a reading, or of why there is none."""
    start, end = (reading and reading.period) or (None, None)
    return {
        "media_type": reading and reading.media_type,
        "charset": reading and reading.charset,
        "title": reading and reading.title,
        "agency": reading and reading.agency,
        "year": reading and reading.year,
        "period_start": start,
        "period_end": end,
        "forms": dict(reading.forms) if reading else {},
        "text_sha256": reading and hashlib.sha256(reading.text.encode()).hexdigest(),
        "content_hash": reading and reading.content_hash,
        "place": reading.place if reading else "",
        "error_code": failure and failure.code,
        "error_message": failure and failure.message,
    }


def issue_row(issue: Issue) -> Row:
    """Gives the row of something found about a reading."""
    return {"code": issue.code, "message": issue.message}


def statement_row(position: int, one: Statement) -> Row:
    """Gives the row of a number outside the statutory tables; positions are 1-based in the order of the report."""
    return {
        "position": position,
        "indicator": one.indicator,
        "status": STATUS_CODES[one.status],
        "value": number(one.value),
        "raw": one.raw,
        "unit": one.unit,
        "value_wan": number(one.value_wan),
        "context": one.context,
        "heading": one.heading,
    }


def figure_row(reading: Reading, part: str, form: str) -> Row:
    """Gives the row of one part: arrays in the order of the form, details only where they say more."""
    own = [figure for figure in reading.figures if figure.indicator.startswith(part + ".")]
    checks = [check for check in reading.checks if check.identity.startswith(part + ".")]
    details = {str(place): more for place, figure in enumerate(own, 1) if (more := detail(figure))}
    return {
        "part": part,
        "form": form,
        "statuses": array(STATUS_CODES[figure.status] for figure in own),
        "values": array(number(figure.value) for figure in own),
        "places": array(place for figure in own for place in (figure.table, figure.row, figure.column)),
        "details": details,
        "verdicts": array(VERDICT_CODES[check.verdict] for check in checks),
        "lefts": array(number(check.left) for check in checks),
        "rights": array(number(check.right) for check in checks),
    }


def number(value: Decimal | None) -> str | None:
    """Gives a number as PostgreSQL writes it, which has no -0."""
    return None if value is None else digits(value or abs(value))


def array(numbers: Iterable[int | str | None]) -> str:
    """Gives numbers as PostgreSQL writes an array of them."""
    return "{" + ",".join("NULL" if one is None else str(one) for one in numbers) + "}"


def detail(figure: Figure) -> dict[str, str | None]:
    """Gives what the arrays cannot hold: raw text that is not the plain number, unit, value in 万元, note."""
    plain = "" if figure.status is Status.BLANK else None
    if figure.value is not None:
        plain = digits(figure.value)
    more: dict[str, str | None] = {} if figure.raw == plain else {"raw": figure.raw}
    optional = {
        "unit": figure.unit,
        "value_wan": digits(figure.value_wan),
        "note": figure.note,
        "confidence": None if figure.confidence is None else str(figure.confidence),
    }
    return more | {name: value for name, value in optional.items() if value is not None}
