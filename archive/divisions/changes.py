"""What is laid over the shipped list: our own changes.toml, then the operator's divisions.toml, told line by line."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from archive.divisions.names import plain
from archive.divisions.table import LEVELS, Decision, Division, Table, named
from archive.portal_files import Where, build, parse

NONE = "none"  # as the code of an agency: it has no division
SHIPPED = Path(__file__).with_name("changes.toml")


@dataclass(frozen=True, slots=True)
class Add:
    """A division that the list does not have."""

    code: str
    name: str
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Rename:
    """A division that keeps its code and has another name from a year on."""

    code: str
    name: str
    since: int


@dataclass(frozen=True, slots=True)
class Merge:
    """A division that is part of another from a year on."""

    code: str
    into: str
    since: int


@dataclass(frozen=True, slots=True)
class Abolish:
    """A division that is no more from a year on."""

    code: str
    since: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What an agency of a portal is; `code` "none": it has no division. `until`: the last year it reports on."""

    portal: str
    name: str
    code: str
    level: str | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """A divisions.toml: [[add]], [[rename]], [[merge]], [[abolish]] and, for the agencies of the queue, [[agency]]."""

    add: tuple[Add, ...] = ()
    rename: tuple[Rename, ...] = ()
    merge: tuple[Merge, ...] = ()
    abolish: tuple[Abolish, ...] = ()
    agency: tuple[Settled, ...] = ()


def load(operator: Path | None = None) -> Table:
    """Gives the divisions with an operator's file laid over them, where there is one.

    Raises PortalFileError, whose lines each name file, line and key.
    """
    return laid_over(shipped(), operator) if operator is not None and operator.exists() else shipped()


@lru_cache(maxsize=1)
def shipped() -> Table:
    """Gives the divisions as Nianbao ships them."""
    return laid_over(Table(), SHIPPED)


def laid_over(table: Table, path: Path) -> Table:
    """Gives a table with a file's changes and decisions; each may rest on those above it."""
    file = parse(path)
    changes: Changes | None = build(Changes, file.table, (), file)
    laid = Table(dict(table.changed), dict(table.decisions))
    if changes:
        for kind, lay in KINDS.items():
            for number, change in enumerate(getattr(changes, kind)):
                for key, message in lay(laid, change):
                    where: Where = (kind, number, key)
                    file.complain(where, message)
    file.settle()
    return laid


def lay_add(table: Table, change: Add) -> Iterator[tuple[str, str]]:
    """Lays a new division; gives what is wrong with it, key and message."""
    code = full(change.code)
    if code is None:
        yield "code", not_a_code("code", change.code)
    elif there := named(table, code):
        yield "code", f"'code' {change.code} is {there.name} already; write [[rename]] where it has another name now"
    elif len(code) == 12 and not named(table, code[:6]):
        yield "code", f"'code' {change.code} lies in {code[:6]}, which is no division; add that first"
    elif not plain(change.name):
        yield "name", "'name' is empty"
    else:
        put(table, Division(code, plain(change.name), change.since))


def lay_rename(table: Table, change: Rename) -> Iterator[tuple[str, str]]:
    """Lays a new name; the old one stays known."""
    yield from unknown(table, "code", change.code)
    if not plain(change.name):
        yield "name", "'name' is empty"
    elif last := known(table, change.code):
        former = replace(last, until=change.since - 1)
        put(table, former, Division(last.code, plain(change.name), change.since))


def lay_merge(table: Table, change: Merge) -> Iterator[tuple[str, str]]:
    """Lays the end of a division and what it became a part of."""
    yield from unknown(table, "code", change.code)
    yield from unknown(table, "into", change.into)
    last, into = known(table, change.code), known(table, change.into)
    if last and into and last.code == into.code:
        yield "into", f"'into' is {change.into} itself"
    elif last and into:
        put(table, replace(last, until=change.since - 1, successor=into.code))


def lay_abolish(table: Table, change: Abolish) -> Iterator[tuple[str, str]]:
    """Lays the end of a division; reports of its years keep its code."""
    yield from unknown(table, "code", change.code)
    if last := known(table, change.code):
        put(table, replace(last, until=change.since - 1))


def lay_agency(table: Table, change: Settled) -> Iterator[tuple[str, str]]:
    """Lays a decision; its portal need not be a known division, only the one that the documents have."""
    name, code = plain(change.name), None if change.code == NONE else full(change.code)
    if not re.fullmatch(r"\d{6}", change.portal):
        yield "portal", f"'portal' must be the six digits of a portal's division, not '{change.portal}'"
    if not name:
        yield "name", "'name' is empty"
    if change.code != NONE:
        yield from unknown(table, "code", change.code)
    if change.level is not None and change.level not in LEVELS:
        yield "level", f"'level' is '{change.level}'; possible: {', '.join(LEVELS)}"
    if (change.portal, name) in table.decisions:
        yield "name", f"'name' {change.name} is settled above already"
    table.decisions[(change.portal, name)] = Decision(code, change.level, change.until)


def full(code: str) -> str | None:
    """Gives a code with six or twelve digits, None for what is none; a township's may lack the three zeros."""
    if not re.fullmatch(r"\d{6}|\d{9}(?:000)?", code):
        return None
    return code + "000" if len(code) == 9 else code


def known(table: Table, code: str) -> Division | None:
    """Gives the division of a code as a file writes it."""
    digits = full(code)
    return named(table, digits) if digits else None


def unknown(table: Table, key: str, code: str) -> Iterator[tuple[str, str]]:
    """Gives what is wrong with a code that must be a division's."""
    if full(code) is None:
        yield key, not_a_code(key, code)
    elif known(table, code) is None:
        yield key, f"'{key}' {code} is no division"


def not_a_code(key: str, code: str) -> str:
    """Says what a code looks like."""
    return f"'{key}' must have 6, 9 or 12 digits, the last three of 12 being 000, not '{code}'"


def put(table: Table, *rows: Division) -> None:
    """Lays rows of one code over its last row, in a table that is being made."""
    code = rows[0].code
    table.changed[code] = (*table.changed.get(code, ())[:-1], *rows)


KINDS: dict[str, Callable[..., Iterator[tuple[str, str]]]] = {
    "add": lay_add,
    "rename": lay_rename,
    "merge": lay_merge,
    "abolish": lay_abolish,
    "agency": lay_agency,
}
