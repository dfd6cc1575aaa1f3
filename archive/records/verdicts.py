"""What the accounting identities (勾稽关系) came to over many documents: counts, failures, residuals.

Of each document its current reading counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from archive.model import Verdict
from archive.records.agencies import under_division
from archive.records.current import current_readings
from archive.records.revisions import placing
from archive.records.tables import VERDICT_CODES, agencies, documents, figures, identities, indicators

FIGURES_OF = ("before", "plus", "minus", "now")  # what an identity over two years is made of


@dataclass(frozen=True, slots=True)
class Scope:
    """Which documents are looked at; `division` is the beginning of codes, `form` one of the part of the identity."""

    revision: int
    first: int | None = None
    last: int | None = None
    division: str | None = None
    form: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often an identity held, failed or could not be checked in reports on one form and year."""

    identity: str
    form: str
    year: int
    holds: int
    fails: int
    not_checkable: int


@dataclass(frozen=True, slots=True)
class Failing:
    """An identity that failed in a document; `before_id` is the reading of the year before, where it takes part."""

    identity: str
    part: str
    form: str
    document_id: int
    reading_id: int
    before_id: int | None
    agency: str
    division: str
    agency_code: str | None
    level: str | None
    year: int
    left: Decimal
    right: Decimal


Across = Mapping[str, Mapping[str, str]]
"""Identities over two years: code → the cells they take, by FIGURES_OF."""


def tallies(connection: Connection, scope: Scope, within: Sequence[str], across: Across) -> list[Tally]:
    """Gives the counts of identities by identity, form (of the later year) and year."""
    found = evaluated(connection, scope, within, across)
    counts = [func.count().filter(found.c.verdict == VERDICT_CODES[verdict]) for verdict in Verdict]
    keys = (found.c.identity, found.c.form, found.c.year)
    statement = select(*keys, *counts).group_by(*keys).order_by(*keys)
    return [Tally(*row) for row in connection.execute(statement)]


def failing(
    connection: Connection, scope: Scope, within: Sequence[str], across: Across, limit: int | None, start: int = 0
) -> list[Failing]:
    """Gives where identities failed and in whose report, the latest year first."""
    found = evaluated(connection, scope, within, across)
    own = ("identity", "part", "form", "document_id", "reading_id", "before_id")
    statement = (
        select(
            *(found.c[name] for name in own),
            *(agencies.c[name] for name in ("name", "division", "code", "level")),
            *(found.c[name] for name in ("year", "left", "right")),
        )
        .join(agencies, agencies.c.id == found.c.agency_id)
        .where(found.c.verdict == VERDICT_CODES[Verdict.FAILS])
        .order_by(found.c.year.desc(), agencies.c.division, agencies.c.name, found.c.part, found.c.identity)
        .limit(limit)
        .offset(start)
    )
    return [Failing(*row) for row in connection.execute(statement)]


def residuals(connection: Connection, scope: Scope, within: Sequence[str], across: Across) -> dict[Decimal, int]:
    """Gives how far the sides of failing identities are apart, left less right, and how often."""
    found = evaluated(connection, scope, within, across)
    apart = found.c.left - found.c.right
    statement = select(apart, func.count()).where(found.c.verdict == VERDICT_CODES[Verdict.FAILS]).group_by(apart)
    return {row[0]: row[1] for row in connection.execute(statement.order_by(apart))}


def evaluated(connection: Connection, scope: Scope, within: Sequence[str], across: Across) -> Subquery:
    """Gives the query for every evaluation of identities: of one report, and of a report and the one before it."""
    before = 1 if across and scope.first is not None else 0
    wide = replace(scope, first=scope.first - before) if scope.first is not None else scope
    current = current_readings(placing(connection, scope.revision), None, documents_of(wide))
    asked = [in_report(current, within)] if within or not across else []
    if across:
        cells = cells_of(current, sorted({code for codes in across.values() for code in codes.values()}))
        asked += [over_years(cells, identity, codes) for identity, codes in across.items()]
    found = union_all(*asked).subquery("every")
    statement = select(found)
    if scope.first is not None:
        statement = statement.where(found.c.year >= scope.first)
    if scope.form:
        statement = statement.where(found.c.form == scope.form)
    return statement.subquery("evaluated")


def in_report(current: CTE, codes: Sequence[str]) -> Select[Any]:
    """Gives the query for the evaluations within one report, as they were stored with its reading."""
    at = identities.c.position
    return (
        select(
            identities.c.code.label("identity"),
            figures.c.part,
            figures.c.form,
            documents.c.id.label("document_id"),
            documents.c.agency_id,
            documents.c.year,
            current.c.reading_id,
            cast(null(), BigInteger).label("before_id"),
            figures.c.verdicts[at].label("verdict"),
            figures.c.lefts[at].label("left"),
            figures.c.rights[at].label("right"),
        )
        .join(current, current.c.document_id == documents.c.id)
        .join(figures, figures.c.reading_id == current.c.reading_id)
        .join(identities, and_(identities.c.part == figures.c.part, identities.c.form == figures.c.form))
        .where(identities.c.code.in_(codes))
    )


def documents_of(scope: Scope) -> Select[tuple[int]] | None:
    """Gives the documents of a scope, None for all."""
    conditions: list[ColumnElement[bool]] = []
    if scope.first is not None:
        conditions.append(documents.c.year >= scope.first)
    if scope.last is not None:
        conditions.append(documents.c.year <= scope.last)
    if scope.division is not None:
        conditions.append(documents.c.agency_id.in_(under_division(scope.division)))
    return select(documents.c.id).where(*conditions) if conditions else None


def cells_of(current: CTE, codes: Sequence[str]) -> CTE:
    """Gives the query for the values of a few indicators in every document."""
    return (
        select(
            documents.c.id.label("document_id"),
            documents.c.agency_id,
            documents.c.year,
            current.c.reading_id,
            figures.c.part,
            figures.c.form,
            indicators.c.code,
            figures.c["values"][indicators.c.position].label("value"),
        )
        .join(current, current.c.document_id == documents.c.id)
        .join(figures, figures.c.reading_id == current.c.reading_id)
        .join(indicators, and_(indicators.c.part == figures.c.part, indicators.c.form == figures.c.form))
        .where(indicators.c.code.in_(codes))
        .cte("cells")
    )


def over_years(cells: CTE, identity: str, codes: Mapping[str, str]) -> Select[Any]:
    """Gives the query for the evaluations of an identity over two years; `codes` are by FIGURES_OF.

    `before`, plus and less this year's changes, is `now`. Evaluated where both years are held and have the cells.
    """
    sides = {name: cells.alias() for name in FIGURES_OF if name in codes}
    now, before = sides["now"], sides["before"]
    left: ColumnElement[Any] = before.c.value
    for name, sign in (("plus", 1), ("minus", -1)):
        if name in sides:
            left = left + sign * sides[name].c.value
    right = now.c.value
    verdict = case(
        (left.is_(None) | right.is_(None), VERDICT_CODES[Verdict.NOT_CHECKABLE]),
        (left == right, VERDICT_CODES[Verdict.HOLDS]),
        else_=VERDICT_CODES[Verdict.FAILS],
    )
    statement = (
        select(
            literal(identity).label("identity"),
            *(now.c[name] for name in ("part", "form", "document_id", "agency_id", "year", "reading_id")),
            before.c.reading_id.label("before_id"),
            verdict.label("verdict"),
            left.label("left"),
            right.label("right"),
        )
        .join(before, and_(before.c.agency_id == now.c.agency_id, before.c.year == now.c.year - 1))
        .where(now.c.code == codes["now"], before.c.code == codes["before"])
    )
    for name in ("plus", "minus"):
        if name in sides:
            more = sides[name]
            same = and_(more.c.document_id == now.c.document_id, more.c.code == codes[name])
            statement = statement.join(more, same)
    return statement
