"""Keeps the counts of identities over the whole archive, which take seconds; a trigger forgets them at any change."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import Connection, delete, insert, select

from archive.records.tables import check_tallies
from archive.records.verdicts import Tally


def keep(connection: Connection, rules: str, tallies: Iterable[Tally]) -> None:
    """Keeps the counts of `rules`, a digest of the identities; whoever calls holds the lock of those who derive."""
    connection.execute(delete(check_tallies))
    if rows := [{"rules": rules, **asdict(tally)} for tally in tallies]:
        connection.execute(insert(check_tallies), rows)


def kept(connection: Connection, rules: str) -> list[Tally]:
    """Gives the counts of `rules`; none where nothing is kept, or other identities were counted."""
    columns = [check_tallies.c[name] for name in Tally.__dataclass_fields__]
    return [Tally(*row) for row in connection.execute(select(*columns).where(check_tallies.c.rules == rules))]
