"""One entry an indicator, from the forms alone: labels, names, positions, crosswalk, identities, legal basis."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from archive.read.forms import PARTS, forms, wording
from archive.read.forms.catalogue import Crossed, Disclosure, Identity, Indicator
from archive.read.forms.crosswalk import Crossing, crossing_of
from archive.read.forms.statistics_form import StatisticsForm, statistics_forms
from archive.research.similar import on_a_form

YEARS = {"2008": (2008, 2018), "fujian": (2009, 2018), "2014": (2014, 2018), "2019": (2019, 2020), "2021": (2021, None)}
"""form → the report years it is for; None: still in force. A report may use another one all the same."""

TABLES = {
    "disclosure": "第二部分 主动公开政府信息情况",
    "requests": "第三部分 收到和处理政府信息公开申请情况",
    "remedies": "第四部分 政府信息公开行政复议、行政诉讼情况",
    "statistics": "政府信息公开情况统计表",
}


@dataclass(frozen=True, slots=True)
class Position:
    """Where a form has an indicator: row and column counted from 1 among the form's own, as printed."""

    form: str
    notice: str
    part: str
    row: int
    row_label: str
    column: int
    column_label: str
    first_year: int
    last_year: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """What the codebook says of an indicator."""

    code: str
    short_name: str
    label_zh: str
    label_en: str
    unit: str | None
    positions: tuple[Position, ...]
    crossing: Crossing | None
    identities: tuple[str, ...]

    @property
    def part(self) -> str:
        """Gives the part of a report it belongs to."""
        return self.code.partition(".")[0]


@cache
def entries() -> tuple[Entry, ...]:
    """Gives the entries of every form, part by part, each code once."""
    found: dict[str, list[Position]] = {}
    units: dict[str, str | None] = {}
    for position, indicator in every_position():
        found.setdefault(indicator.code, []).append(position)
        units[indicator.code] = indicator.unit or units.get(indicator.code)
    ordered = sorted(found, key=lambda code: PARTS.index(found[code][0].part))
    return tuple(entry(code, tuple(found[code]), units[code]) for code in ordered)


def entry(code: str, positions: tuple[Position, ...], unit: str | None) -> Entry:
    """Gives one entry."""
    return Entry(
        code=code,
        short_name=wording.short_name(code),
        label_zh=wording.labels_zh()[code],
        label_en=wording.label_en(code),
        unit=unit,
        positions=positions,
        crossing=crossing_of(code),
        identities=identities_of().get(code, ()),
    )


def one_entry(code: str) -> Entry:
    """Gives the entry of an indicator, also by its short name. Raises UsageError for one that no form has."""
    named = {name: each for each in entries() for name in (each.short_name, each.code)}
    on_a_form("indicator", code, named, "nianbao codebook")
    return named[code]


def every_position() -> Iterator[tuple[Position, Indicator]]:
    """Gives the cells of all forms, oldest form first, in the order of each."""
    for old in statistics_forms().values():
        yield from statistics_positions(old)
    for form in forms().values():
        tables: dict[str, Disclosure | Crossed] = {
            "disclosure": form.disclosure,
            "requests": form.requests,
            "remedies": form.remedies,
        }
        for part, table in tables.items():
            rows = [r for b in table.blocks for r in b.rows] if isinstance(table, Disclosure) else list(table.rows)
            keys = {row.key: (number, f"{row.group or ''}{row.label}") for number, row in enumerate(rows, 1)}
            columns = {column.key: (number, column.label) for number, column in enumerate(table.columns, 1)}
            for indicator in form.parts[part].indicators:
                _, row_key, column_key = wording.pieces(indicator.code)
                where = (*keys[row_key], *columns[column_key])
                yield Position(form.name, form.notice, part, *where, *YEARS[form.name]), indicator


def statistics_positions(form: StatisticsForm) -> Iterator[tuple[Position, Indicator]]:
    """Gives the cells of a statistics table, row by row."""
    cells = iter(form.part.indicators)
    for row_number, row in enumerate(form.rows, 1):
        for column_number, column in enumerate(form.columns, 1):
            where = row_number, row.label, column_number, column.label
            yield Position(form.name, form.notice, "statistics", *where, *YEARS[form.name]), next(cells)


@cache
def identities_of() -> dict[str, tuple[str, ...]]:
    """Gives the codes of the identities that each indicator enters, those over two years last."""
    within: list[Identity] = [i for form in statistics_forms().values() for i in form.identities]
    within += [i for form in forms().values() for listed in form.identities.values() for i in listed]
    named = [(i.code, (*i.left, *i.right)) for i in within]
    across = [rule for form in forms().values() for rule in form.across]
    named += [(rule.code, tuple(filter(None, (rule.before, rule.plus, rule.minus, rule.now)))) for rule in across]
    found: dict[str, dict[str, None]] = {}
    for name, codes in named:
        for code in codes:
            found.setdefault(code, {})[name] = None
    return {code: tuple(names) for code, names in found.items()}
