"""Agencies as researchers look for them and browse them: by keys, by place, with the years of their reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, and_, bindparam, case, func, or_, select

from archive.divisions import trimmed
from archive.divisions.spelling import comparable_key
from archive.records.agencies import under_division
from archive.records.current import current_readings
from archive.records.pairs import has_pairs, literally
from archive.records.revisions import placing
from archive.records.tables import agencies, agency_keys, documents, portals, sources
from archive.records.tables import current_readings as current_readings_now

STATEMENTS = 200  # that are remembered: writing one takes longer than answering it
OWN = ("code", "name")
"""Kinds of keys that are an agency's own; the others are its place's, and come after."""

own_division = func.coalesce(agencies.c.code, agencies.c.division)


@dataclass(frozen=True, slots=True)
class Listed:
    """An agency as lists show it; `failing` are those of its years whose report has a check that fails."""

    id: int
    name: str
    division: str
    code: str | None
    level: str | None
    years: tuple[int, ...]
    gone: tuple[int, ...]
    failing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Which agencies: those found by all words, under a division or of it alone (`own`), of a level."""

    words: tuple[str, ...] = ()
    division: str | None = None
    level: str | None = None
    own: bool = False


def found(connection: Connection, part: Part, limit: int | None, offset: int = 0) -> tuple[int, list[int]]:
    """Gives how many agencies there are of a part and the keys of some: best match first, then by division and name."""
    keys = [comparable_key(word) for word in part.words]
    statement = finding(tuple((has_inside(key), len(key) > 1) for key in keys), part.division, part.level, part.own)
    asked = {name: value for number, key in enumerate(keys) for name, value in given(number, key).items()}
    rows = connection.execute(statement.limit(limit).offset(offset or None), asked).all()
    if rows or not offset:
        return (rows[0].total if rows else 0), [row.id for row in rows]
    total = connection.scalar(select(func.count()).select_from(statement.subquery()), asked)
    return total or 0, []


def has_inside(key: str) -> bool:
    """Tells whether a key may stand anywhere in a name: a single Latin letter only begins something."""
    return len(key) > 1 or not key.isascii()


def given(number: int, key: str) -> dict[str, str]:
    """Gives a key as the parameters of `matching`."""
    begins = f"{literally(key)}%"
    return {f"key_{number}": key, f"begins_{number}": begins, f"holds_{number}": f"%{begins}"}


@lru_cache(STATEMENTS)
def finding(shapes: tuple[tuple[bool, bool], ...], division: str | None, level: str | None, own: bool) -> Select[Any]:
    """Gives the statement of `found`; a shape tells whether a word may stand inside, and whether it has pairs."""
    statement = select(agencies.c.id, func.count().over().label("total"))
    order: list[ColumnElement[Any]] = []
    for number, shape in enumerate(shapes):
        matches = matching(number, *shape).subquery(f"matches_{number}")
        statement = statement.join(matches, matches.c.agency_id == agencies.c.id)
        order.append(matches.c.rank)
    if division is not None:
        statement = statement.where(own_division == division if own else agencies.c.id.in_(under_division(division)))
    if level is not None:
        statement = statement.where(agencies.c.level == level)
    order += [(agencies.c.level == "department").nulls_last(), own_division, agencies.c.division, agencies.c.name]
    return statement.order_by(*order)


def matching(number: int, inside: bool, pairs: bool) -> Select[tuple[int, int]]:
    """Gives the agencies that a key finds with the rank of the best match; its parameters are those of `given`.

    First come keys of its own that are it, begin with it, hold it, then keys of its place in the same order. Digits
    are the beginning of a code, or anything in a name.
    """
    column = agency_keys.c.key
    key, begins, holds = (bindparam(f"{name}_{number}", type_=Text) for name in ("key", "begins", "holds"))
    how = case((column == key, 0), (column.like(begins), 1), else_=2)
    where = case((agency_keys.c.kind.in_(OWN), 0), else_=3)
    statement = select(agency_keys.c.agency_id, func.min(where + how).label("rank")).group_by(agency_keys.c.agency_id)
    if inside:
        statement = statement.where(or_(column.like(begins), and_(agency_keys.c.kind != "code", column.like(holds))))
    else:
        statement = statement.where(column.like(begins))
    return statement.where(has_pairs(column, key)) if pairs else statement


def listed(connection: Connection, revision: int, ids: Sequence[int]) -> list[Listed]:
    """Gives agencies in the order of their keys as asked, with the years of their reports."""
    if not ids:
        return []
    wanted = select(documents.c.id).where(documents.c.agency_id.in_(ids))
    current = current_readings(placing(connection, revision), None, wanted).c
    years: dict[int, list[tuple[int, bool, bool]]] = {agency: [] for agency in ids}
    statement = select(current.agency_id, current.year, current.gone, current.failing).order_by(current.year)
    for agency, year, gone, failing in connection.execute(statement):
        years[agency].append((year, gone, failing))
    columns = (agencies.c.id, agencies.c.name, agencies.c.division, agencies.c.code, agencies.c.level)
    rows = {row.id: row for row in connection.execute(select(*columns).where(agencies.c.id.in_(ids)))}
    return [
        Listed(
            *rows[agency],
            years=tuple(year for year, _, _ in years[agency]),
            gone=tuple(year for year, gone, _ in years[agency] if gone),
            failing=tuple(year for year, _, failing in years[agency] if failing),
        )
        for agency in ids
    ]


def former_names(connection: Connection, agency_id: int) -> list[str]:
    """Gives the former names of an agency's division, as they are written."""
    former = select(agency_keys.c.key).where(agency_keys.c.agency_id == agency_id, agency_keys.c.kind == "former")
    return sorted(key for key in connection.scalars(former) if not key.isascii())


def kin(connection: Connection, agency_id: int) -> list[tuple[str, str]]:
    """Gives division and name of other agencies that are the same government or township, departments not."""
    own = agencies.alias("own")
    statement = (
        select(agencies.c.division, agencies.c.name)
        .join(own, and_(own.c.code == agencies.c.code, own.c.level == agencies.c.level))
        .where(own.c.id == agency_id, agencies.c.id != agency_id, own.c.level != "department")
        .order_by(agencies.c.division, agencies.c.name)
    )
    return [(row[0], row[1]) for row in connection.execute(statement)]


def portals_of(connection: Connection, agency_id: int) -> list[tuple[str, str, str]]:
    """Gives key, name and address of the portals that publish an agency's reports."""
    statement = (
        select(portals.c.id, portals.c.name, portals.c.base)
        .join(sources, sources.c.portal_id == portals.c.id)
        .join(documents, documents.c.id == sources.c.document_id)
        .where(documents.c.agency_id == agency_id)
        .distinct()
        .order_by(portals.c.id)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(statement)]


def counties(connection: Connection, division: str | None = None) -> list[tuple[str, int, int]]:
    """Gives the divisions of six digits with agencies, under a division where one is given: agencies and reports."""
    code = func.left(own_division, 6)
    of_agency = current_readings_now.c.agency_id
    reports = select(of_agency, func.count().label("reports")).group_by(of_agency).subquery()
    statement = (
        select(code, func.count(), func.sum(reports.c.reports))
        .join(reports, reports.c.agency_id == agencies.c.id)
        .group_by(code)
        .order_by(code)
    )
    if division is not None:
        statement = statement.where(own_division.startswith(trimmed(division), autoescape=True))
    return [(row[0], row[1], int(row[2])) for row in connection.execute(statement)]
