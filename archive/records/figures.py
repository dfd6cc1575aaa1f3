"""Figures, checks, statements and issues of readings, from their rows back into the nouns of the model."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, func, literal, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by

from archive.model import Check, Figure, Issue, Statement, Status, Verdict
from archive.records.session import once
from archive.records.tables import figures, identities, indicators, issues, readings, statements

STATISTICS = "statistics"
PARTS = ("disclosure", "requests", "remedies", STATISTICS)
STATUSES = tuple(Status)
VERDICTS = tuple(Verdict)


def catalogue(
    connection: Connection, within: Collection[tuple[str, str]] | None = None
) -> dict[tuple[str, str], list[str]]:
    """Gives the indicator codes of each (part, form), or of those `within`, in the order of the arrays."""
    return codes_of(connection, indicators, within)


def labels(connection: Connection) -> dict[tuple[str, str, str], str]:
    """Gives the Chinese label of each indicator, by part, form and code."""
    rows = connection.execute(select(indicators.c.part, indicators.c.form, indicators.c.code, indicators.c.label))
    return {(row.part, row.form, row.code): row.label for row in rows}


def identity_catalogue(
    connection: Connection, within: Collection[tuple[str, str]] | None = None
) -> dict[tuple[str, str], list[str]]:
    """Gives the identity codes of each (part, form), or of those `within`, in the order of the arrays."""
    return codes_of(connection, identities, within)


def codes_of(
    connection: Connection, table: Table, within: Collection[tuple[str, str]] | None
) -> dict[tuple[str, str], list[str]]:
    """Gives the codes of a catalogue by (part, form), in the order of the arrays; who needs one mostly needs both."""
    key = "catalogues", None if within is None else frozenset(within)
    return once(connection, key, lambda: catalogues(connection, within))[table.name]


def catalogues(
    connection: Connection, within: Collection[tuple[str, str]] | None
) -> dict[str, dict[tuple[str, str], list[str]]]:
    """Gives both catalogues by the names of their tables."""
    found: dict[str, dict[tuple[str, str], list[str]]] = {}
    asked: list[Select[Any]] = []
    for table in (indicators, identities):
        found[table.name] = {}
        listed = func.array_agg(aggregate_order_by(table.c.code, table.c.position))
        each = select(literal(table.name), table.c.part, table.c.form, listed).group_by(table.c.part, table.c.form)
        asked.append(each if within is None else each.where(tuple_(table.c.part, table.c.form).in_(sorted(within))))
    for name, part, form, codes in connection.execute(union_all(*asked).order_by("part", "form")):
        found[name][part, form] = codes
    return found


def statistics_used(connection: Connection, revision: int) -> set[str]:
    """Gives the statistics forms (before 2019) under which a revision read some report."""
    form = readings.c.forms[STATISTICS].astext
    found = connection.scalars(select(form).where(readings.c.revision == revision, form.is_not(None)).distinct())
    return set(found)


def figures_of(
    connection: Connection, reading_ids: Iterable[int], only: Collection[str] | None = None
) -> dict[int, list[Figure]]:
    """Gives the figures of readings, or `only` those of some indicators, by reading, in the order of the forms."""
    return figures_in(connection, array_rows(connection, reading_ids), only)


def figures_and_checks(connection: Connection, reading_id: int) -> tuple[list[Figure], list[Check]]:
    """Gives the figures and the evaluated identities of a reading, in the order of the forms."""
    rows = array_rows(connection, [reading_id])
    return figures_in(connection, rows).get(reading_id, []), checks_in(connection, rows).get(reading_id, [])


def figures_in(
    connection: Connection, rows: Sequence[RowMapping], only: Collection[str] | None = None
) -> dict[int, list[Figure]]:
    """Gives the figures of rows of arrays, or `only` those of some indicators, by reading."""
    codes = catalogue(connection, tables_of(rows))
    result: dict[int, list[Figure]] = {}
    for row in rows:
        found = result.setdefault(row["reading_id"], [])
        for place, code in enumerate(codes[row["part"], row["form"]][: len(row["statuses"])]):
            if only is None or code in only:
                found.append(figure_at(row, place, code))
    return result


def tables_of(rows: Iterable[RowMapping]) -> set[tuple[str, str]]:
    """Gives the tables, as (part, form), that rows of arrays are of."""
    return {(row["part"], row["form"]) for row in rows}


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
    codes = identity_catalogue(connection, tables_of(rows))
    result: dict[int, list[Check]] = {}
    for row in rows:
        evaluated = zip(row["verdicts"], row["lefts"], row["rights"], strict=True)
        own = codes.get((row["part"], row["form"]), [])[: len(row["verdicts"])]  # a later revision may know more
        for code, (verdict, left, right) in zip(own, evaluated, strict=True):
            result.setdefault(row["reading_id"], []).append(Check(code, VERDICTS[verdict], left, right))
    return result


def forms_of(connection: Connection, reading_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """Gives the form of each part of readings, by reading."""
    query = select(readings.c.id, readings.c.forms).where(readings.c.id.in_(list(reading_ids)))
    return {row.id: row.forms for row in connection.execute(query)}


def array_rows(connection: Connection, reading_ids: Iterable[int]) -> list[RowMapping]:
    """Gives the rows of arrays of readings, parts in the order of a report."""
    rows = connection.execute(select(figures).where(figures.c.reading_id.in_(list(reading_ids)))).mappings()
    return sorted(rows, key=lambda row: (row["reading_id"], PARTS.index(row["part"])))


def issues_of(connection: Connection, reading_ids: Iterable[int]) -> dict[int, list[Issue]]:
    """Gives the issues of readings, by reading."""
    result: dict[int, list[Issue]] = {}
    statement = select(issues).where(issues.c.reading_id.in_(list(reading_ids))).order_by(issues.c.id)
    for row in connection.execute(statement):
        result.setdefault(row.reading_id, []).append(Issue(row.code, row.message))
    return result


def statements_of(connection: Connection, reading_ids: Iterable[int]) -> dict[int, list[Statement]]:
    """Gives the numbers outside the statutory tables of readings, by reading, in the order of the report."""
    own = statements.c
    result: dict[int, list[Statement]] = {}
    query = select(statements).where(own.reading_id.in_(list(reading_ids))).order_by(own.reading_id, own.position)
    for row in connection.execute(query):
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
