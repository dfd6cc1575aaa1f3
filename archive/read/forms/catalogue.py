"""The statutory forms as data: one TOML file a notice, read once into frozen dataclasses.

`PartForm` is what others rely on: the ordered indicators and identities of one table under one form. The database
keeps a reading's values in that order, so an entry may be added to a form only together with a new form name.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

TABLES = ("disclosure", "requests", "remedies")
"""Tables 2, 3 and 4 of a report since 2019: 主动公开, 收到和处理申请, 行政复议和行政诉讼."""

PARTS = (*TABLES, "statistics")
"""The parts figures belong to; reports before 2019 have one table of statistics instead of the three."""

NAMES = ("2019", "2021")


@dataclass(frozen=True, slots=True)
class Indicator:
    """What one cell of a form measures: dotted code, printed label (≤ 80 characters), unit the form gives."""

    code: str
    label_zh: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class PartForm:
    """One table under one form: its indicators and the codes of its identities, both in form order."""

    part: str
    form: str
    indicators: tuple[Indicator, ...]
    identities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """A row or column of a form: its key in indicator codes and every way it is known to be printed."""

    key: str
    label: str
    variants: tuple[str, ...] = ()
    unit: str | None = None
    depth: int = 0
    group: str | None = None

    @property
    def spellings(self) -> tuple[str, ...]:
        """Gives the label and its variants."""
        return (self.label, *self.variants)


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of table 2 that share a header row (one 第二十条第…项)."""

    columns: tuple[str, ...]
    rows: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Table 2: blocks, each under its own header."""

    corner: str
    money: frozenset[str]
    columns: tuple[Label, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Crossed:
    """Tables 3 and 4: every row crossed with every column."""

    headers: tuple[str, ...]
    columns: tuple[Label, ...]
    rows: tuple[Label, ...]
    groups: tuple[str, ...] = ()
    label_columns: int = 0


@dataclass(frozen=True, slots=True)
class Identity:
    """An accounting identity (勾稽关系): the sum of `left` equals the sum of `right`, both indicator codes."""

    code: str
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Across:
    """An identity over two years: `before` of the year before, plus and less figures of this year, is `now`."""

    code: str
    before: str
    now: str
    plus: str | None = None
    minus: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One statutory form with its three tables."""

    name: str
    notice: str
    disclosure: Disclosure
    requests: Crossed
    remedies: Crossed
    identities: Mapping[str, tuple[Identity, ...]]
    parts: Mapping[str, PartForm]
    across: tuple[Across, ...]


def labels(entries: list[dict[str, Any]]) -> tuple[Label, ...]:
    """Gives the labels of a TOML array."""
    return tuple(Label(**entry | {"variants": tuple(entry.get("variants", ()))}) for entry in entries)


def disclosure_of(table: dict[str, Any]) -> Disclosure:
    """Gives table 2 of a form."""
    blocks = tuple(Block(tuple(block["columns"]), labels(block["rows"])) for block in table["blocks"])
    return Disclosure(table["corner"], frozenset(table["money"]), labels(table["columns"]), blocks)


def crossed_of(table: dict[str, Any]) -> Crossed:
    """Gives table 3 or 4 of a form."""
    return Crossed(
        tuple(table["headers"]),
        labels(table["columns"]),
        labels(table["rows"]),
        tuple(table.get("groups", ())),
        table.get("label_columns", 0),
    )


def disclosure_indicators(table: Disclosure) -> tuple[Indicator, ...]:
    """Gives the indicators of table 2, row by row."""
    columns = {column.key: column for column in table.columns}
    return tuple(
        Indicator(f"disclosure.{row.key}.{key}", f"{row.label}·{columns[key].label}", columns[key].unit)
        for block in table.blocks
        for row in block.rows
        for key in block.columns
    )


def crossed_indicators(part: str, table: Crossed) -> tuple[Indicator, ...]:
    """Gives the indicators of table 3 or 4, row by row."""
    return tuple(
        Indicator(f"{part}.{row.key}.{column.key}", f"{row.group or ''}{row.label}·{column.label}")
        for row in table.rows
        for column in table.columns
    )


def request_identities(raw: dict[str, Any], table: Crossed) -> tuple[Identity, ...]:
    """Gives balance and outcomes for every column, then the total of every row."""

    def cells(rows: list[str], columns: list[str]) -> tuple[str, ...]:
        return tuple(f"requests.{row}.{column}" for row in rows for column in columns)

    by_column = [
        Identity(f"requests.{kind}.{c.key}", cells(raw[kind]["left"], [c.key]), cells(raw[kind]["right"], [c.key]))
        for kind in ("balance", "outcomes")
        for c in table.columns
    ]
    by_row = [
        Identity(f"requests.row.{r.key}", cells([r.key], raw["row"]["left"]), cells([r.key], raw["row"]["right"]))
        for r in table.rows
    ]
    return (*by_column, *by_row)


def remedy_identities(raw: dict[str, Any], table: Crossed) -> tuple[Identity, ...]:
    """Gives the total of every block of table 4."""
    return tuple(
        Identity(
            f"remedies.total.{row.key}",
            tuple(f"remedies.{row.key}.{key}" for key in raw["total"]["left"]),
            tuple(f"remedies.{row.key}.{key}" for key in raw["total"]["right"]),
        )
        for row in table.rows
    )


def across_of(entries: list[dict[str, Any]]) -> tuple[Across, ...]:
    """Gives the identities over two years, one for each column or row an entry names."""
    return tuple(
        Across(**{name: text.format(each=key) for name, text in entry.items() if name != "each"})
        for entry in entries
        for key in entry["each"]
    )


def build(raw: dict[str, Any]) -> Form:
    """Gives the form of a parsed TOML file."""
    disclosure = disclosure_of(raw["disclosure"])
    requests, remedies = crossed_of(raw["requests"]), crossed_of(raw["remedies"])
    indicators = {
        "disclosure": disclosure_indicators(disclosure),
        "requests": crossed_indicators("requests", requests),
        "remedies": crossed_indicators("remedies", remedies),
    }
    identities: dict[str, tuple[Identity, ...]] = {
        "disclosure": (),
        "requests": request_identities(raw["requests"], requests),
        "remedies": remedy_identities(raw["remedies"], remedies),
    }
    parts = {
        part: PartForm(part, raw["form"], indicators[part], tuple(i.code for i in identities[part])) for part in TABLES
    }
    across = across_of(raw["across"])
    return Form(raw["form"], raw["notice"], disclosure, requests, remedies, identities, parts, across)


@cache
def forms() -> Mapping[str, Form]:
    """Gives the statutory forms by name, oldest first."""
    folder = files("archive.read.forms")
    return {name: build(tomllib.loads(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))) for name in NAMES}
