"""Resolves agencies to divisions and tells which of them a person must settle in divisions.toml."""

import json
from dataclasses import dataclass

from archive.divisions import Division, Table, candidates, hinted, path_of, resolve
from archive.records import Connection, agencies
from archive.records.agencies import Waiting


@dataclass(frozen=True, slots=True)
class Settled:
    """What a run did: agencies there are, those whose resolution is another than before, those that wait."""

    agencies: int
    changed: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Question:
    """An agency of the queue with what it may be; `hint` is the candidate that its report speaks of."""

    agency: Waiting
    candidates: tuple[tuple[Division, str], ...]  # with the path to it
    hint: str | None

    @property
    def toml(self) -> str:
        """Gives the lines to paste into divisions.toml; a person takes the mark from one of the codes."""
        places = ", ".join(self.agency.portals)
        years = ", ".join(map(str, self.agency.years))
        choices = [f'# code = "{row.code}"  # {path}' + self.hinted(row) for row, path in self.candidates]
        return "\n".join(
            (
                f"# {places}: {years}; {self.agency.url}",
                "[[agency]]",
                f'portal = "{self.agency.division}"',
                f"name = {json.dumps(self.agency.name, ensure_ascii=False)}",
                *choices,
                '# code = "none"  # it has no division',
                "",
            )
        )

    def hinted(self, row: Division) -> str:
        """Gives what marks the hint."""
        return "; its report speaks of such a one" if row.code == self.hint else ""


def settle(connection: Connection, table: Table, *, only_new: bool = False) -> Settled:
    """Resolves every agency with a table and writes what has changed; again it changes nothing.

    `only_new` leaves those alone that were resolved before, by whatever table.
    """
    known = agencies.every_agency(connection)
    found = [(agency, resolve(agency.name, agency.division, table)) for agency in known]
    open_ = [(agency, resolved) for agency, resolved in found if agency.resolved is None or not only_new]
    changed = [(agency.id, resolved) for agency, resolved in open_ if resolved != agency.resolved]
    agencies.write(connection, changed)
    return Settled(len(known), len(changed), len(agencies.waiting(connection)))


def queue(connection: Connection, table: Table) -> list[Question]:
    """Gives the agencies that wait for a person, with what they may be."""
    return [question(connection, table, agency) for agency in agencies.waiting(connection)]


def question(connection: Connection, table: Table, agency: Waiting) -> Question:
    """Gives an agency of the queue with what it may be."""
    found = candidates(agency.name, agency.division, table)
    hint = hinted(found, agencies.a_text(connection, agency.id), table) if len(found) > 1 else None
    return Question(agency, tuple((row, path_of(table, row.code)) for row in found), hint.code if hint else None)
