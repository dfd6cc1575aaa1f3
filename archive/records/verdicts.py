"""What the accounting identities (勾稽关系) came to over many documents: counts, failures, residuals.

Of each document its current reading counts.
"""

from collections.abc import Sequence
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
    any_,
    cast,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)

from archive.model import Verdict
from archive.records.agencies import under_division
from archive.records.codes import catalogue
from archive.records.current import current_readings
from archive.records.over_years import Across, over_years
from archive.records.revisions import placing
from archive.records.tables import VERDICT_CODES, agencies, documents, figures, identities


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


def tallies(connection: Connection, scope: Scope, within: Sequence[str], across: Across) -> list[Tally]:
    """Gives the counts of identities by identity, form (of the later year) and year."""
    current = current_of(connection, scope, across)
    asked = [counted(current, within)] if within or not across else []
    if across:
        found = over_years(current, catalogue(connection), across).subquery("over_years")
        keys = [found.c[name] for name in ("identity", "form", "year", "verdict")]
        asked.append(select(*keys, func.count().label("n")).group_by(*keys))
    every = narrowed(union_all(*asked).subquery("every"), scope)
    of = [func.coalesce(func.sum(every.c.n).filter(every.c.verdict == VERDICT_CODES[each]), 0) for each in Verdict]
    by = [every.c[name] for name in ("identity", "form", "year")]
    rows = connection.execute(select(*by, *of).group_by(*by).order_by(*by))
    return [Tally(*row[:3], *(int(n) for n in row[3:])) for row in rows]


def counted(current: CTE, codes: Sequence[str]) -> Select[Any]:
    """Gives the query for the counts within one report.

    Most reports have the same row of verdicts as many others: those are counted first, and only then taken apart.
    """
    alike = (
        select(figures.c.part, figures.c.form, documents.c.year, figures.c.verdicts, func.count().label("n"))
        .join(current, current.c.document_id == documents.c.id)
        .join(figures, figures.c.reading_id == current.c.reading_id)
        .group_by(figures.c.part, figures.c.form, documents.c.year, figures.c.verdicts)
        .subquery("alike")
    )
    each = func.unnest(alike.c.verdicts).table_valued("verdict", with_ordinality="position").render_derived()
    keys = (alike.c.part, alike.c.form, alike.c.year, each.c.position, each.c.verdict)
    apart = select(*keys, func.sum(alike.c.n).label("n")).join(each, true()).group_by(*keys).subquery("apart")
    own = [apart.c[name] == identities.c[name] for name in ("part", "form", "position")]
    return (
        select(identities.c.code.label("identity"), apart.c.form, apart.c.year, apart.c.verdict, apart.c.n)
        .join(apart, and_(*own))
        .where(identities.c.code.in_(codes))
    )


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
    """Gives the query for the evaluations that may have failed: of one report, and of it and the one before it."""
    current = current_of(connection, scope, across)
    asked = [in_report(current, within)] if within or not across else []
    if across:
        asked.append(over_years(current, catalogue(connection), across))
    return narrowed(union_all(*asked).subquery("every"), scope)


def current_of(connection: Connection, scope: Scope, across: Across) -> CTE:
    """Gives the current readings of a scope, with those of the year before where identities over two years ask."""
    before = 1 if across and scope.first is not None else 0
    wide = replace(scope, first=scope.first - before) if scope.first is not None else scope
    return current_readings(placing(connection, scope.revision), None, documents_of(wide))


def narrowed(found: Subquery, scope: Scope) -> Subquery:
    """Gives the rows of a query that are of the scope's first year or later, and on its form."""
    statement = select(found)
    if scope.first is not None:
        statement = statement.where(found.c.year >= scope.first)
    if scope.form:
        statement = statement.where(found.c.form == scope.form)
    return statement.subquery("evaluated")


def in_report(current: CTE, codes: Sequence[str]) -> Select[Any]:
    """Gives the query for the evaluations within reports of which some identity failed, as stored with the reading."""
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
        .where(identities.c.code.in_(codes), literal(VERDICT_CODES[Verdict.FAILS]) == any_(figures.c.verdicts))
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
