"""Coverage: which reports the archive holds of those that there should be, by place, level, portal and year."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from archive.divisions import Table, lineage, named, trimmed
from archive.errors import UsageError
from archive.plain import time_text
from archive.records import Connection
from archive.records import coverage as records
from archive.records.coverage import Asked, Reporting
from archive.research.expected import HELD, Addresses, Reason, State, addresses, expected_years, reason_of, states_of
from archive.research.find import revision_or_current
from archive.research.places import division_code

GROUPINGS = ("division", "level", "portal")
UNKNOWN_LEVEL = "unknown"
Json = dict[str, Any]
Years = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Cell:
    """How many agencies have a report for a year, how many are expected to, and what is known of the others."""

    year: int
    states: Mapping[State, int]

    @property
    def found(self) -> int:
        """Gives how many reports the archive holds, those that have gone from their portal among them."""
        return sum(self.states.get(state, 0) for state in HELD)

    @property
    def expected(self) -> int:
        """Gives how many reports there should be; whatever is held counts."""
        return sum(n for state, n in self.states.items() if state is not State.NOT_EXPECTED)


@dataclass(frozen=True, slots=True)
class Row:
    """A place, level, portal or agency with a cell for each year; `agency` is one's place in the addresses of pages."""

    key: str
    name: str
    kind: str  # division | level | portal | agency
    agencies: int
    cells: tuple[Cell, ...]
    agency: Reporting | None = None
    portal: Asked | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows by years, with a total over all agencies asked for, each counted once."""

    by: str
    region: str | None
    path: tuple[tuple[str, str], ...]  # code and name of the region and what lies above it
    years: tuple[int, ...]
    revision: int
    today: date
    rows: tuple[Row, ...]
    total: Row


@dataclass(frozen=True, slots=True)
class Gap:
    """One agency and year whose report is expected and not there."""

    agency: Reporting
    year: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Known:
    """What all questions about coverage begin with."""

    agencies: tuple[Reporting, ...]
    expected: Mapping[int, range]
    portals: Mapping[str, Asked]
    loose: Addresses
    revision: int


def coverage(
    connection: Connection,
    table: Table,
    today: date,
    *,
    by: str = "division",
    region: str | None = None,
    years: Years = (None, None),
    revision: int | None = None,
) -> Matrix:
    """Gives the matrix of a region, or of all agencies, by what lies right below it, by level or by portal."""
    if by not in GROUPINGS:
        raise UsageError(f"coverage is by {', '.join(GROUPINGS)}, not by {by!r}")
    found = known(connection, table, today, region, revision)
    span = span_of(found, years)
    prefix = trimmed(region) if region else ""
    cells = {
        agency.id: states_of(agency, found.expected[agency.id], found.portals, found.loose, span)
        for agency in found.agencies
    }
    keys: dict[str, Callable[[Reporting], Iterable[str]]] = {
        "division": lambda agency: (child(agency, prefix, table),),
        "level": lambda agency: (agency.level or UNKNOWN_LEVEL,),
        "portal": lambda agency: agency.portals,
    }
    groups: dict[str, list[Reporting]] = {}
    for agency in found.agencies:
        for key in keys[by](agency):
            groups.setdefault(key, []).append(agency)

    def row(key: str, name: str, kind: str, members: Sequence[Reporting]) -> Row:
        counted = tuple(Cell(year, Counter(cells[agency.id][year] for agency in members)) for year in span)
        one = members[0] if kind == "agency" else None
        return Row(key, name, kind, len(members), counted, one, found.portals.get(key) if kind == "portal" else None)

    rows = [row(key, *title(by, key, members, table, found.portals), members) for key, members in groups.items()]
    return Matrix(
        by=by,
        region=region,
        path=tuple((place.code, place.name) for place in lineage(table, region.ljust(6, "0"))) if region else (),
        years=span,
        revision=found.revision,
        today=today,
        rows=tuple(sorted(rows, key=lambda each: (each.kind == "agency", each.key))),
        total=row("total", "total", "total", found.agencies),
    )


def expected_in(connection: Connection, table: Table, today: date, region: str, revision: int) -> Counter[int]:
    """Gives how many agencies of a region have or should have a report for each year, as `Cell.expected`."""
    agencies = records.reporting(connection, revision, division_code(region))
    return Counter(year for one in agencies for year in {*one.held, *expected_years(one, table, today)})


def gaps(
    connection: Connection,
    table: Table,
    today: date,
    *,
    region: str | None = None,
    level: str | None = None,
    portal: str | None = None,
    years: Years = (None, None),
    revision: int | None = None,
) -> list[Gap]:
    """Gives the reports that are expected and not there, with the reason, by agency and year."""
    found = known(connection, table, today, region, revision)
    first, last = years
    return [
        Gap(agency, year, reason_of(agency, year, found.portals, found.loose))
        for agency in found.agencies
        if level in (None, agency.level or UNKNOWN_LEVEL) and (portal is None or portal in agency.portals)
        for year in found.expected[agency.id]
        if year not in agency.held and (first is None or year >= first) and (last is None or year <= last)
    ]


def known(connection: Connection, table: Table, today: date, region: str | None, revision: int | None) -> Known:
    """Gives the agencies of a region with what is expected of them. Raises UsageError for what is no code."""
    under = revision_or_current(connection, revision)
    agencies = tuple(records.reporting(connection, under, division_code(region)))
    expected = {agency.id: expected_years(agency, table, today) for agency in agencies}
    return Known(agencies, expected, records.asked(connection), addresses(records.loose(connection, under)), under)


def span_of(found: Known, years: Years) -> tuple[int, ...]:
    """Gives the years of the columns: those asked for, else from the first report to the last year due or held."""
    first, last = years
    held = [year for agency in found.agencies for year in (agency.held[0], agency.held[-1])]
    ends = [span[-1] for span in found.expected.values() if span]
    if not held:
        return ()
    return tuple(range(min(held) if first is None else first, (max(held + ends) if last is None else last) + 1))


def child(agency: Reporting, prefix: str, table: Table) -> str:
    """Gives the division right below a region in which an agency lies; an agency of the region itself is its own row.

    A city level without a name of its own (市辖区, counties right under a province) is passed over.
    """
    code = agency.code or agency.division
    for width in (2, 4, 6):
        head = code[:width].ljust(6, "0")
        below = width > len(prefix) and trimmed(head) != prefix and len(trimmed(head)) == width
        if below and (width == 6 or named(table, head)):
            return head
    return f"{agency.division}/{agency.name}"


def title(
    by: str, key: str, members: Sequence[Reporting], table: Table, portals: Mapping[str, Asked]
) -> tuple[str, str]:
    """Gives the name of a row and what kind it is."""
    if by == "portal":
        return (portals[key].name if key in portals else key), "portal"
    if by == "level":
        return key, "level"
    if "/" in key:
        return members[0].name, "agency"
    division = named(table, key)
    own = next((agency.name for agency in members if agency.code == key and agency.level != "department"), key)
    return (division.name if division else own), "division"


def matrix_json(matrix: Matrix) -> Json:
    """Gives a matrix with the states of every cell."""
    return {
        "by": matrix.by,
        "region": matrix.region,
        "path": [{"code": code, "name": name} for code, name in matrix.path],
        "years": list(matrix.years),
        "revision": matrix.revision,
        "due_by": matrix.today.isoformat(),
        "rows": [row_json(row) for row in matrix.rows],
        "total": row_json(matrix.total),
    }


def row_json(row: Row) -> Json:
    """Gives a row; of a portal also how it was asked last and how many reports its file expects."""
    return {
        "key": row.key,
        "name": row.name,
        "kind": row.kind,
        "agencies": row.agencies,
        "found": sum(cell.found for cell in row.cells),
        "expected": sum(cell.expected for cell in row.cells),
        "cells": [cell_json(cell) for cell in row.cells],
    } | ({"portal": asked_json(row.portal)} if row.kind == "portal" else {})


def cell_json(cell: Cell) -> Json:
    """Gives a cell; every state is there, also those of which there are none."""
    counts = {state.value: cell.states.get(state, 0) for state in State}
    return {"year": cell.year, "found": cell.found, "expected": cell.expected, "states": counts}


def gap_json(gap: Gap) -> Json:
    """Gives a gap with its reason and the portal's last crawl."""
    return {
        "agency": gap.agency.name,
        "division": gap.agency.division,
        "agency_code": gap.agency.code,
        "level": gap.agency.level,
        "year": gap.year,
        "state": gap.reason.state.value,
        "why": gap.reason.why,
        "reason": gap.reason.words(),
        "url": gap.reason.url,
        "portals": list(gap.agency.portals),
        "portal": asked_json(gap.reason.asked),
    }


def asked_json(asked: Asked | None) -> Json | None:
    """Gives how a portal was asked last."""
    return (
        None
        if asked is None
        else {
            "id": asked.portal,
            "name": asked.name,
            "last_crawl": time_text(asked.at),
            "state": asked.state,
            "reason": asked.reason,
            "last_complete": time_text(asked.complete_at),
            "expects": asked.expected,
        }
    )
