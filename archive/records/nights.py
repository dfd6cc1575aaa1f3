"""Nights: runs of the nightly command, each with the digest that was told of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from archive.records.tables import nights


@dataclass(frozen=True, slots=True)
class Stored:
    """A night as it is kept; `crawl_id` is None where nothing was due."""

    crawl_id: int | None
    started_at: datetime
    finished_at: datetime
    exit_code: int
    digest: dict[str, Any]


def store(connection: Connection, night: Stored) -> None:
    """Keeps a night."""
    values = {name: getattr(night, name) for name in Stored.__dataclass_fields__}
    connection.execute(insert(nights).values(values))


def of_crawl(connection: Connection, crawl_id: int) -> Stored | None:
    """Gives the night of a crawl, its last where it took several; None where no night was it."""
    columns = [nights.c[name] for name in Stored.__dataclass_fields__]
    statement = select(*columns).where(nights.c.crawl_id == crawl_id).order_by(nights.c.id.desc()).limit(1)
    row = connection.execute(statement).one_or_none()
    return Stored(*row) if row else None
