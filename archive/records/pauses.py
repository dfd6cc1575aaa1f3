"""Portals that an operator has the nights leave alone, with the reason and the day on which that ends."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, insert, or_, select, update

from archive.records.tables import pauses


@dataclass(frozen=True, slots=True)
class Pause:
    """Why a portal is left alone, since when, and from which day it is crawled again; None: when someone says so."""

    portal: str
    reason: str
    since: date
    until: date | None


def in_force(connection: Connection, today: date) -> dict[str, Pause]:
    """Gives the pauses of today by portal; those that have run out are none any more."""
    statement = select(pauses.c.portal_id, pauses.c.reason, pauses.c.since, pauses.c.until).where(
        pauses.c.resumed_on.is_(None), or_(pauses.c.until.is_(None), pauses.c.until > today)
    )
    return {row.portal_id: Pause(*row) for row in connection.execute(statement.order_by(pauses.c.portal_id))}


def begin(connection: Connection, pause: Pause) -> None:
    """Pauses a portal; a pause that it has already ends on that day."""
    end(connection, pause.portal, pause.since)
    connection.execute(
        insert(pauses).values(portal_id=pause.portal, reason=pause.reason, since=pause.since, until=pause.until)
    )


def end(connection: Connection, portal_id: str, today: date) -> None:
    """Ends what pause a portal has."""
    connection.execute(
        update(pauses).where(pauses.c.portal_id == portal_id, pauses.c.resumed_on.is_(None)).values(resumed_on=today)
    )
