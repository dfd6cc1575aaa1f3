"""A reading as the JSON object that `nianbao read --json` prints."""

from decimal import Decimal
from typing import Any

from archive.model import Check, Figure, Reading


def reading_json(reading: Reading, file: str, sha256: str) -> dict[str, Any]:
    """Gives the object other programs rely on: keys and their order are fixed, decimals are strings."""
    return {
        "file": file,
        "sha256": sha256,
        "media_type": reading.media_type,
        "charset": reading.charset,
        "revision": reading.revision,
        "title": reading.title,
        "agency": reading.agency,
        "year": reading.year,
        "forms": dict(reading.forms),
        "text": reading.text,
        "content_hash": reading.content_hash,
        "figures": [figure_json(figure) for figure in reading.figures],
        "checks": [check_json(check) for check in reading.checks],
        "issues": [{"code": issue.code, "message": issue.message} for issue in reading.issues],
    }


def figure_json(figure: Figure) -> dict[str, Any]:
    """Gives one figure; `table`, `row` and `column` count from 0."""
    return {
        "indicator": figure.indicator,
        "status": str(figure.status),
        "value": decimal(figure.value),
        "raw": figure.raw,
        "unit": figure.unit,
        "value_wan": decimal(figure.value_wan),
        "table": figure.table,
        "row": figure.row,
        "column": figure.column,
    }


def check_json(check: Check) -> dict[str, Any]:
    """Gives one check."""
    return {
        "identity": check.identity,
        "left": decimal(check.left),
        "right": decimal(check.right),
        "verdict": str(check.verdict),
    }


def decimal(value: Decimal | None) -> str | None:
    """Gives a number as digits, never with an exponent."""
    return None if value is None else f"{value:f}"
