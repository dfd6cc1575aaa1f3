"""Overrides: what a person says a figure is. They belong to the document, so no reading loses them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from archive.records.tables import overrides


@dataclass(frozen=True, slots=True)
class Override:
    """A correction; `value` None says that the report gives no number."""

    indicator: str
    value: Decimal | None
    note: str
    author: str
    made_at: datetime


COUNTING = (
    select(*(overrides.c[name] for name in Override.__dataclass_fields__))
    .where(overrides.c.document_id == bindparam("document"))
    .ext(distinct_on(overrides.c.indicator))
    .order_by(overrides.c.indicator, overrides.c.id.desc())
)


def add(
    connection: Connection, document_id: int, indicator: str, value: Decimal | None, note: str, author: str
) -> None:
    """Writes a correction; an earlier one of the same figure stays, but counts no more."""
    values = {"document_id": document_id, "indicator": indicator, "value": value, "note": note, "author": author}
    connection.execute(insert(overrides).values(values))


def overrides_of(connection: Connection, document_id: int) -> list[Override]:
    """Gives the corrections of a document that count, by indicator."""
    return [Override(*row) for row in connection.execute(COUNTING, {"document": document_id})]
