"""Which division an agency is or belongs to: its name, read in every way, against what lies under its portal.

A pure function of the agency's name, the portal's division and the table, so that it can be asked again at any time.
Within a county no two townships have one name; above it a name that two divisions have is left to a person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.divisions.names import (
    ABOVE,
    AREA,
    DEPARTMENT,
    TOWNSHIP,
    ZONE,
    bare,
    comparable,
    cut,
    plain,
    short_names,
    stem,
    without_places,
)
from archive.divisions.table import Division, Table, areas, everywhere, lineage, named, trimmed, under

CONFIDENCES = ("high", "medium", "low")
HOWS = ("settled", "exact", "self", "above", "office", "renamed", "department", "alone", "unmatched")
"""How an agency was resolved:

settled: the operator says so; exact: the name of one division; self: the portal's own government; above: a government
above it; office: such a government's office; renamed: the name but for its kind (镇, 街道, 县, 区) or a people's name;
department: a body of a division; alone: no portal, one division of the name in the country; unmatched: a person must
say.
"""


@dataclass(frozen=True, slots=True)
class Resolved:
    """An agency's division; `confidence` is one of CONFIDENCES. Unmatched and told to have none: no code."""

    code: str | None
    level: str | None
    confidence: str | None
    how: str


Readings = Sequence[tuple[str, str | None]]
UNMATCHED = Resolved(None, None, None, "unmatched")


@dataclass(frozen=True, slots=True)
class Pool:
    """What an agency of a portal can be: divisions by every name they go by, and by the stem of it."""

    exact: Mapping[str, tuple[Division, ...]]
    stems: Mapping[str, tuple[Division, ...]]  # townships without 镇, 乡, 街道
    counties: Mapping[str, tuple[Division, ...]]  # counties without 县, 市, 区
    places: tuple[tuple[str, str], ...]  # what may stand before an agency's name, and whose name it is


def resolve(agency: str, portal_division: str, table: Table) -> Resolved:
    """Gives the division of an agency that a portal publishes for; without a portal ("") the whole country is asked."""
    name = plain(agency)
    if decision := table.decisions.get((portal_division, name)):
        level = decision.level or (level_of(decision.code) if decision.code else None)
        return Resolved(decision.code, level, "high", "settled")
    if not portal_division:
        return alone(cut(name), table)
    pool = pool_of(table, portal_division)
    readings = readings_of(name, pool)
    return (
        by_name(name, portal_division, pool, readings)
        or by_stem(pool, readings)
        or as_department(name, portal_division, table, readings)
        or UNMATCHED
    )


def alone(name: str, table: Table) -> Resolved:
    """Gives the one division of the country that has a name."""
    found = {row.code for row in everywhere(table, name)} if comparable(name) else set()
    code = found.pop() if len(found) == 1 else None
    return Resolved(code, level_of(code), "medium", "alone") if code else UNMATCHED


def readings_of(name: str, pool: Pool) -> Readings:
    """Gives a plain name, then what is left of it without the places before it, each with the last place's code."""
    return list(without_places(ABOVE.sub("", name), pool.places))


def by_name(name: str, portal: str, pool: Pool, readings: Readings) -> Resolved | None:
    """Gives the division whose name the agency has, with or without its office; None where none or several have it."""
    for text, place in readings:
        short = cut(text)
        whole = within(pool.exact.get(text, ()), place)
        rows = whole or within(pool.exact.get(short, ()), place)
        if len(rows) > 1:
            return None
        if not rows:
            continue
        (row,) = rows
        if len(row.code) == 6 and not whole and not text.endswith("政府"):
            return Resolved(row.code, row.level, "medium", "office")
        how = "self" if row.code == portal else "exact" if row.code.startswith(trimmed(portal)) else "above"
        return Resolved(row.code, row.level, "high", how)
    return None


def by_stem(pool: Pool, readings: Readings) -> Resolved | None:
    """Gives the township or county of which only the kind has changed: 镇 to 街道, 县 to 区, or the other way round."""
    for text, place in readings:
        short = cut(text)
        if TOWNSHIP.search(short) or short.endswith("办事处"):
            rows = within(pool.stems.get(stem(short), ()), place)
        else:
            rows = within(pool.counties.get(bare(short), ()) if AREA.search(short) else (), place)
        if len(rows) == 1:
            return Resolved(rows[0].code, rows[0].level, "medium", "renamed")
    return None


def as_department(name: str, portal: str, table: Table, readings: Readings) -> Resolved | None:
    """Gives the division whose body the agency is: the last place before its name, else the portal's.

    None for a name that is no body's, and for one that begins with a place elsewhere.
    """
    if not DEPARTMENT.search(name) or TOWNSHIP.search(cut(name)) or ZONE.search(name):
        return None
    last = min(len(text) for text, _ in readings)
    owners = {place or portal for text, place in readings if len(text) == last}
    for text, place in readings:
        if township := township_before(text, place, pool_of(table, portal)):
            owners = {township}
    if len(owners) > 1 or any(begins_elsewhere(text, portal, table) for text, _ in readings):
        return None
    return Resolved(owners.pop(), "department", "medium", "department")


def township_before(text: str, place: str | None, pool: Pool) -> str | None:
    """Gives the township whose name stands before a body's: 昌傅镇 in 昌傅镇便民服务中心."""
    for size in range(len(text) - 1, 1, -1):
        rows = within(pool.exact.get(text[:size], ()), place) if TOWNSHIP.search(text[:size]) else ()
        if len(rows) == 1:
            return rows[0].code
    return None


def within(rows: Iterable[Division], place: str | None) -> tuple[Division, ...]:
    """Gives the rows under a place, one a code; what is still there before what was."""
    found = tuple(row for row in rows if row.code.startswith(trimmed(place or "")))
    present = tuple(row for row in found if row.until is None) or found
    return tuple({row.code: row for row in present}.values())


def level_of(code: str) -> str:
    """Gives the level that a code says."""
    return Division(code, "").level


@lru_cache(maxsize=64)
def pool_of(table: Table, portal: str) -> Pool:
    """Gives what the agencies of a portal can be."""
    here = under(table, trimmed(portal))
    above = tuple(row for row in lineage(table, portal) if row.code != portal)
    governments = [*above, *(row for row in here if len(row.code) == 6)]
    places = tuple(dict.fromkeys((name, row.code) for row in governments for name in short_names(row.name)))
    exact: dict[str, dict[Division, None]] = {}
    stems: dict[str, dict[Division, None]] = {}
    for row in (*governments, *(row for row in here if len(row.code) == 12)):
        for name in names_of(row, places):
            exact.setdefault(name, {})[row] = None
            if row.level == "township" and len(stem(name)) >= 2:
                stems.setdefault(stem(name), {})[row] = None
    counties: dict[str, dict[Division, None]] = {}
    for row in here:
        if row.level == "county" and len(bare(row.name)) >= 2:
            counties.setdefault(bare(row.name), {})[row] = None
    return Pool(listed(exact), listed(stems), listed(counties), places)


def listed(index: dict[str, dict[Division, None]]) -> Mapping[str, tuple[Division, ...]]:
    """Gives an index whose entries change no more."""
    return {name: tuple(found) for name, found in index.items()}


def names_of(row: Division, places: Iterable[tuple[str, str]]) -> Iterable[str]:
    """Gives the names under which a division is found.

    The list's bureaus (依兰县林业局) are taken for the department of that name; its township 000 is the county (金门县)
    once more.
    """
    if len(row.code) == 6:
        return short_names(row.name)
    if row.code.endswith("000000") or row.name.endswith("局"):
        return ()
    read = (text for text, _ in without_places(plain(row.name), places))
    return dict.fromkeys(name for text in read for name in (text, cut(text)) if comparable(name))


def begins_elsewhere(text: str, portal: str, table: Table) -> bool:
    """Tells whether a body's name begins with a county or higher division that is neither the portal's nor above it.

    Of the portal's neighbours in the prefecture the short name is enough: 丰城财政局 is not a body of 樟树.
    """
    own = {name for name, _ in pool_of(table, portal).places}
    there = (text[:size] for size in range(2, len(text)))
    return any(
        name not in own and (name in full_names(table) or name in near_names(table, portal[:4])) for name in there
    )


@lru_cache(maxsize=4)
def full_names(table: Table) -> frozenset[str]:
    """Gives the names of the country's counties and higher divisions that say enough to be told."""
    return frozenset(row.name for row in areas(table) if len(row.name) >= 3)


@lru_cache(maxsize=64)
def near_names(table: Table, prefecture: str) -> frozenset[str]:
    """Gives the names, the short ones too, of the divisions of a prefecture."""
    return frozenset(name for row in areas(table) if row.code.startswith(prefecture) for name in short_names(row.name))


def last_year(agency: str, portal_division: str, code: str | None, table: Table) -> int | None:
    """Gives the last year that an agency reports on, None where nobody says that it is no more.

    The operator says so for the agency itself; an agency of a division that was merged or abolished ended with it.
    """
    decision = table.decisions.get((portal_division, plain(agency)))
    if decision and decision.until is not None:
        return decision.until
    division = named(table, code) if code else None
    return division.until if division else None
