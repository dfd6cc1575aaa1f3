"""The statistics tables of reports before 2019 as data: rows of one indicator, its unit and one or two numbers.

The national form is 国办发〔2014〕32号 (2014 to 2018); `fujian` and `2008` are provincial ones. Codes are
`statistics.<row>`, with the column behind it where a form has several (`statistics.review.total.cumulative`).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from archive.read.forms.catalogue import Identity, Indicator, Label, PartForm, labels

PART = "statistics"
NAMES = ("2008", "fujian", "2014")


@dataclass(frozen=True, slots=True)
class StatisticsForm:
    """One such table; `sections` are headings without figures, a row's `group` a row or section it stands under."""

    name: str
    notice: str
    columns: tuple[Label, ...]
    sections: tuple[Label, ...]
    rows: tuple[Label, ...]
    identities: tuple[Identity, ...]
    part: PartForm


def code(row: str, column: str) -> str:
    """Gives the indicator of a row under a column; the only column of a form has no key of its own."""
    return ".".join(piece for piece in (PART, row, column) if piece)


def build(raw: dict[str, Any]) -> StatisticsForm:
    """Gives the form of a parsed TOML file."""
    columns, rows = labels(raw["columns"]), labels(raw["rows"])
    indicators = tuple(
        Indicator(code(row.key, column.key), f"{row.label}·{column.label}", row.unit)
        for row in rows
        for column in columns
    )
    identities = tuple(
        Identity(
            code(f"sum.{each['code']}", column.key),
            (code(each["code"], column.key),),
            tuple(code(part, column.key) for part in each["parts"]),
        )
        for each in raw.get("sums", ())
        for column in columns
    )
    part = PartForm(PART, raw["form"], indicators, tuple(identity.code for identity in identities))
    return StatisticsForm(raw["form"], raw["notice"], columns, labels(raw["sections"]), rows, identities, part)


@cache
def statistics_forms() -> Mapping[str, StatisticsForm]:
    """Gives the statistics forms by name, oldest first."""
    folder = files("archive.read.forms")
    return {name: build(tomllib.loads(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))) for name in NAMES}
