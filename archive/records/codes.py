"""What stands at each place of the arrays of figures and checks: codes by (part, form), in their order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, Table, func, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by

from archive.records.tables import identities, indicators

Key = tuple[str, str]
"""Part and form."""


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of the indicators and of the identities of one part in one form."""

    indicators: Sequence[str]
    identities: Sequence[str]

    def reach(self, row: RowMapping) -> bool:
        """Tells whether there is a code for every place of a row of arrays."""
        return len(self.indicators) >= len(row["statuses"]) and len(self.identities) >= len(row["verdicts"])


def catalogue(connection: Connection) -> dict[Key, list[str]]:
    """Gives the indicator codes of each (part, form), in the order of the arrays."""
    return {(part, form): codes for part, form, codes in listed(connection, indicators)}


def indicator_labels(connection: Connection) -> dict[tuple[str, str, str], str]:
    """Gives the Chinese label of each indicator, by part, form and code."""
    rows = connection.execute(select(indicators.c.part, indicators.c.form, indicators.c.code, indicators.c.label))
    return {(row.part, row.form, row.code): row.label for row in rows}


def codes_of(connection: Connection, rows: Sequence[RowMapping]) -> Mapping[Key, Codes]:
    """Gives the codes of the tables that rows of arrays are of.

    A code keeps its place once its form was read, so a connection to the database remembers what it was told. Where a
    row is longer than that, newer code has read it, and the codes are asked for again.
    """
    known: dict[Key, Codes] = connection.info.setdefault("codes", {})
    unknown = {
        key for row in rows for key in ((row["part"], row["form"]),) if key not in known or not known[key].reach(row)
    }
    if unknown:
        sums = {(part, form): codes for part, form, codes in listed(connection, identities, unknown)}
        for part, form, codes in listed(connection, indicators, unknown):
            known[part, form] = Codes(codes, sums.get((part, form), ()))
    return known


def listed(
    connection: Connection, table: Table, within: Collection[Key] | None = None
) -> list[tuple[str, str, list[str]]]:
    """Gives part, form and codes of the rows of a catalogue, or of those of some tables."""
    own = table.c
    codes = func.array_agg(aggregate_order_by(own.code, own.position))
    statement = select(own.part, own.form, codes).group_by(own.part, own.form).order_by(own.part, own.form)
    if within is not None:
        statement = statement.where(tuple_(own.part, own.form).in_(sorted(within)))
    return [(row[0], row[1], row[2]) for row in connection.execute(statement)]
