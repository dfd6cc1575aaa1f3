"""Figures, checks, statements and issues of readings, from their rows back into the nouns of the model."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, Connection, RowMapping, Text, any_, bindparam, select

from archive.model import Check, Figure, Issue, Statement, Status, Verdict
from archive.records.codes import codes_of
from archive.records.scope import any_given
from archive.records.tables import figures, issues, readings, statements

STATISTICS = "statistics"
PARTS = ("disclosure", "requests", "remedies", STATISTICS)
STATUSES = tuple(Status)
VERDICTS = tuple(Verdict)

ARRAYS = select(figures).where(figures.c.reading_id == any_given("readings"))
ARRAYS_OF_PARTS = ARRAYS.where(figures.c.part == any_(bindparam("parts", type_=ARRAY(Text))))
ISSUES = select(issues).where(issues.c.reading_id == any_given("readings")).order_by(issues.c.id)
STATEMENTS = (
    select(statements)
    .where(statements.c.reading_id == any_given("readings"))
    .order_by(statements.c.reading_id, statements.c.position)
)


def statistics_used(connection: Connection, revision: int) -> set[str]:
    """Gives the statistics forms (before 2019) under which a revision read some report."""
    form = readings.c.forms[STATISTICS].astext
    found = connection.scalars(select(form).where(readings.c.revision == revision, form.is_not(None)).distinct())
    return set(found)


def figures_of(
    connection: Connection, reading_ids: Iterable[int], only: Collection[str] | None = None
) -> dict[int, list[Figure]]:
    """Gives the figures of readings, or `only` those of some indicators, by reading, in the order of the forms."""
    parts = None if only is None else {code.partition(".")[0] for code in only}
    return figures_in(connection, array_rows(connection, reading_ids, parts), only)


def figures_and_checks(connection: Connection, reading_id: int) -> tuple[list[Figure], list[Check]]:
    """Gives the figures and the evaluated identities of a reading, in the order of the forms."""
    rows = array_rows(connection, [reading_id])
    return figures_in(connection, rows).get(reading_id, []), checks_in(connection, rows).get(reading_id, [])


def figures_in(
    connection: Connection, rows: Sequence[RowMapping], only: Collection[str] | None = None
) -> dict[int, list[Figure]]:
    """Gives the figures of rows of arrays, or `only` those of some indicators, by reading."""
    codes = codes_of(connection, rows)
    result: dict[int, list[Figure]] = {}
    for row in rows:
        found = result.setdefault(row["reading_id"], [])
        for place, code in enumerate(codes[row["part"], row["form"]].indicators[: len(row["statuses"])]):
            if only is None or code in only:
                found.append(figure_at(row, place, code))
    return result


def figure_at(row: RowMapping, place: int, code: str) -> Figure:
    """Gives one figure of a row of arrays; `place` counts from 0."""
    status, value = STATUSES[row["statuses"][place]], row["values"][place]
    more: Mapping[str, Any] = row["details"].get(str(place + 1), {})
    plain = "" if status is Status.BLANK else None
    table, line, column = row["places"][3 * place : 3 * place + 3]
    wan = more.get("value_wan")
    return Figure(
        indicator=code,
        status=status,
        raw=more.get("raw", plain if value is None else format(value, "f")),
        value=value,
        unit=more.get("unit"),
        value_wan=None if wan is None else Decimal(wan),
        note=more.get("note"),
        table=table,
        row=line,
        column=column,
        confidence=None if (sure := more.get("confidence")) is None else float(sure),
    )


def checks_of(connection: Connection, reading_ids: Iterable[int]) -> dict[int, list[Check]]:
    """Gives the evaluated identities of readings, by reading."""
    return checks_in(connection, array_rows(connection, reading_ids))


def checks_in(connection: Connection, rows: Sequence[RowMapping]) -> dict[int, list[Check]]:
    """Gives the evaluated identities of rows of arrays, by reading."""
    codes = codes_of(connection, rows)
    result: dict[int, list[Check]] = {}
    for row in rows:
        evaluated = zip(row["verdicts"], row["lefts"], row["rights"], strict=True)
        own = codes[row["part"], row["form"]].identities[: len(row["verdicts"])]  # a later revision may know more
        for code, (verdict, left, right) in zip(own, evaluated, strict=True):
            result.setdefault(row["reading_id"], []).append(Check(code, VERDICTS[verdict], left, right))
    return result


def forms_of(connection: Connection, reading_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """Gives the form of each part of readings, by reading."""
    query = select(readings.c.id, readings.c.forms).where(readings.c.id.in_(list(reading_ids)))
    return {row.id: row.forms for row in connection.execute(query)}


def array_rows(
    connection: Connection, reading_ids: Iterable[int], parts: Collection[str] | None = None
) -> list[RowMapping]:
    """Gives the rows of arrays of readings, or those of some of the parts, in the order of a report."""
    statement, some = (ARRAYS, {}) if parts is None else (ARRAYS_OF_PARTS, {"parts": list(parts)})
    rows = connection.execute(statement, {"readings": list(reading_ids)} | some).mappings()
    return sorted(rows, key=lambda row: (row["reading_id"], PARTS.index(row["part"])))


def issues_of(connection: Connection, reading_ids: Iterable[int]) -> dict[int, list[Issue]]:
    """Gives the issues of readings, by reading."""
    result: dict[int, list[Issue]] = {}
    for row in connection.execute(ISSUES, {"readings": list(reading_ids)}):
        result.setdefault(row.reading_id, []).append(Issue(row.code, row.message))
    return result


def statements_of(connection: Connection, reading_ids: Iterable[int]) -> dict[int, list[Statement]]:
    """Gives the numbers outside the statutory tables of readings, by reading, in the order of the report."""
    result: dict[int, list[Statement]] = {}
    for row in connection.execute(STATEMENTS, {"readings": list(reading_ids)}):
        said = Statement(
            context=row.context,
            status=STATUSES[row.status],
            raw=row.raw,
            indicator=row.indicator,
            heading=row.heading,
            value=row.value,
            unit=row.unit,
            value_wan=row.value_wan,
        )
        result.setdefault(row.reading_id, []).append(said)
    return result
