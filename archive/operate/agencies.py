"""Resolves agencies to divisions and tells which of them a person must settle in divisions.toml."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from archive.divisions import Division, Table, candidates, hinted, named, path_of, resolve
from archive.divisions.spelling import spellings
from archive.records import Connection, agencies, catalogues
from archive.records.agencies import Key, Named, Waiting


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
    found = {
        agency: agency.resolved if only_new and agency.resolved else resolve(agency.name, agency.division, table)
        for agency in known
    }
    changed = [(agency.id, resolved) for agency, resolved in found.items() if resolved != agency.resolved]
    agencies.write(connection, changed)
    settle_keys(connection, {agency: resolved.code for agency, resolved in found.items()}, table)
    settle_divisions(connection, table, only_new=only_new)
    return Settled(len(known), len(changed), len(agencies.waiting(connection)))


def settle_divisions(connection: Connection, table: Table, *, only_new: bool) -> None:
    """Writes the names of the divisions that agencies are or lie in; `only_new` leaves out those that are there."""
    codes = {above for code in catalogues.codes_used(connection) for above in (*codes_above(code), code)}
    wanted = codes - (catalogues.codes_named(connection) if only_new else set())
    names = {code: table.changed.get(code) or tuple(filter(None, [named(table, code)])) for code in wanted}
    catalogues.register_divisions(connection, names)


def codes_above(code: str) -> tuple[str, ...]:
    """Gives the codes of province, prefecture and county of a division."""
    return code[:2] + "0000", code[:4] + "00", code[:6]


def settle_keys(connection: Connection, codes: Mapping[Named, str | None], table: Table) -> None:
    """Makes the keys by which agencies are found what their names and divisions say."""
    wanted = {key for agency, code in codes.items() for key in keys_of(agency, code, table)}
    known = agencies.every_key(connection)
    agencies.forget_keys(connection, known - wanted)
    agencies.write_keys(connection, wanted - known)


def keys_of(agency: Named, code: str | None, table: Table) -> Iterator[Key]:
    """Gives what an agency is found by: name, codes, the names of its division, former ones apart.

    The division of a portal, to which an agency belongs of which nothing else is known, is where it is.
    """
    for each in {agency.division, code or agency.division}:
        yield agency.id, "code", each
    for key in spellings(agency.name):
        yield agency.id, "name", key
    own = code or agency.division
    for division in (*table.changed.get(own, ()), *county_names(table, own[:6])):
        kind = "place" if division.until is None else "former"
        for key in spellings(division.name):
            yield agency.id, kind, key


@lru_cache(maxsize=4096)
def county_names(table: Table, code: str) -> tuple[Division, ...]:
    """Gives a division of six digits under each of its names."""
    one = named(table, code)
    return table.changed.get(code) or ((one,) if one else ())


def queue(connection: Connection, table: Table) -> list[Question]:
    """Gives the agencies that wait for a person, with what they may be."""
    return [question(connection, table, agency) for agency in agencies.waiting(connection)]


def question(connection: Connection, table: Table, agency: Waiting) -> Question:
    """Gives an agency of the queue with what it may be."""
    found = candidates(agency.name, agency.division, table)
    hint = hinted(found, agencies.a_text(connection, agency.id), table) if len(found) > 1 else None
    return Question(agency, tuple((row, path_of(table, row.code)) for row in found), hint.code if hint else None)
