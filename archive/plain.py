"""The nouns of the model as plain JSON values: English keys, decimals as digit strings, times in UTC with Z."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from archive.model import Check, Figure, Issue, Statement


def figure_json(figure: Figure) -> dict[str, Any]:
    """Gives a figure; `table`, `row` and `column` count from 0."""
    return {
        "indicator": figure.indicator,
        "status": figure.status.value,
        "value": digits(figure.value),
        "raw": figure.raw,
        "unit": figure.unit,
        "value_wan": digits(figure.value_wan),
        "table": figure.table,
        "row": figure.row,
        "column": figure.column,
        "confidence": figure.confidence,
    }


def statement_json(statement: Statement) -> dict[str, Any]:
    """Gives a number found outside the statutory tables."""
    return {
        "indicator": statement.indicator,
        "status": statement.status.value,
        "value": digits(statement.value),
        "raw": statement.raw,
        "unit": statement.unit,
        "value_wan": digits(statement.value_wan),
        "context": statement.context,
        "heading": statement.heading,
    }


def check_json(check: Check) -> dict[str, Any]:
    """Gives an evaluated identity."""
    return {
        "identity": check.identity,
        "left": digits(check.left),
        "right": digits(check.right),
        "verdict": check.verdict.value,
    }


def issue_json(issue: Issue) -> dict[str, str]:
    """Gives an issue."""
    return {"code": issue.code, "message": issue.message}


def digits(value: Decimal | None) -> str | None:
    """Gives a decimal as digits, never with an exponent."""
    return None if value is None else f"{value:f}"


def time_text(at: datetime | None) -> str | None:
    """Gives a time in UTC as ISO 8601 with Z."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")
