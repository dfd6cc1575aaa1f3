"""The divisions there are: the shipped list with later changes laid over it. Nothing is parsed but what is asked for.

The list is NBS's of 2023-06-30 (docs/divisions.md), sorted by code, so that all divisions under a code are one slice of
the file. Codes have six digits down to the county (GB/T 2260), twelve below it (统计用区划代码).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

AREAS = "areas.csv"
FILES = (AREAS, "townships.csv")
LEVELS = ("province", "prefecture", "county", "township", "unit", "department")
"""`unit`: a zone, farm or forest that is run like a township (类似乡级单位); `department`: a body of the division."""


@dataclass(frozen=True, slots=True)
class Division:
    """A division under one of its names; `since` and `until` are the first and last year it was so, where known."""

    code: str
    name: str
    since: int | None = None
    until: int | None = None
    successor: str | None = None

    @property
    def level(self) -> str:
        """Gives which of LEVELS the division is."""
        if len(self.code) == 12:
            return "unit" if self.code[6] in "45" else "township"
        return {"0000": "province", "00": "prefecture"}.get(self.code[len(trimmed(self.code)) :], "county")


@dataclass(frozen=True, slots=True)
class Decision:
    """What the operator says an agency is; no code: it has no division, and nobody need be asked again.

    `until`: the last year it reports on, where it is no more.
    """

    code: str | None
    level: str | None = None
    until: int | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """The shipped list and what is laid over it: codes with other rows than the list has, and the operator's decisions.

    A decision is found by the portal's division and the agency's plain name (`names.plain`). Once loaded a table does
    not change.
    """

    changed: dict[str, tuple[Division, ...]] = field(default_factory=dict)
    decisions: dict[tuple[str, str], Decision] = field(default_factory=dict)


def trimmed(code: str) -> str:
    """Gives the beginning that all codes under a division have: 360900 → 3609, 360982104000 → 360982104."""
    if len(code) == 12 and code.endswith("000"):
        return code[:9]
    if len(code) == 6 and code.endswith("00"):
        return code[:2] if code.endswith("0000") else code[:4]
    return code


def under(table: Table, prefix: str) -> tuple[Division, ...]:
    """Gives the divisions whose codes begin with a prefix, counties and higher first; former names as well."""
    return laid(table, rows(prefix), (known for code, known in table.changed.items() if code.startswith(prefix)))


@lru_cache(maxsize=4)
def areas(table: Table) -> tuple[Division, ...]:
    """Gives every county and higher division of the country."""
    return laid(table, rows("", (AREAS,)), (known for code, known in table.changed.items() if len(code) == 6))


def laid(
    table: Table, shipped: Iterable[tuple[str, str]], later: Iterable[tuple[Division, ...]]
) -> tuple[Division, ...]:
    """Gives shipped divisions, but those that have changed as they are and were."""
    kept = [Division(*row) for row in shipped if row[0] not in table.changed]
    kept += [row for known in later for row in known]
    return tuple(sorted(kept, key=lambda row: (len(row.code), row.code, row.until is not None)))


def named(table: Table, code: str) -> Division | None:
    """Gives the division of a code under its last name, None where no division has or had it."""
    return table.changed[code][-1] if code in table.changed else shipped(code)


@lru_cache(maxsize=100_000)  # more than there are; a page on coverage asks for a few of them thousands of times
def shipped(code: str) -> Division | None:
    """Gives the division that has a code in the shipped lists, None where none has."""
    files = FILES[:1] if len(code) == 6 else FILES[1:]
    return next((Division(*row) for row in rows(code[:9] + ",", files)), None)


def lineage(table: Table, code: str) -> tuple[Division, ...]:
    """Gives a division of six digits after those above it, the province first; what has no name is left out."""
    codes = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code[:6]))
    return tuple(found for each in codes if (found := named(table, each)))


def everywhere(table: Table, name: str) -> tuple[Division, ...]:
    """Gives the divisions of the country that have a name, letter by letter."""
    later = (tuple(row for row in known if row.name == name) for known in table.changed.values())
    return laid(table, rows_named(name), later)


def rows(prefix: str, files: Iterable[str] = FILES) -> Iterator[tuple[str, str]]:
    """Gives code and name of the shipped divisions under a prefix."""
    for file in files:
        listed = shipped_file(file)
        sought = b"\n" + prefix.encode()
        at = listed.find(sought)
        while at >= 0 and listed.startswith(sought, at) and at + 1 < len(listed):
            end = listed.index(b"\n", at + 1)
            yield split(listed[at + 1 : end])
            at = end


def rows_named(name: str) -> Iterator[tuple[str, str]]:
    """Gives code and name of the shipped divisions of a name."""
    sought = f",{name}\n".encode()
    for file in FILES:
        listed = shipped_file(file)
        at = listed.find(sought)
        while at >= 0:
            line = listed[listed.rindex(b"\n", 0, at) + 1 : at + len(sought) - 1]
            yield split(line)
            at = listed.find(sought, at + 1)


def split(line: bytes) -> tuple[str, str]:
    """Gives code and name of a line; a township's code in the list lacks the three zeros at its end."""
    code, _, name = line.decode().partition(",")
    return (code if len(code) == 6 else code + "000"), name


@lru_cache(maxsize=len(FILES))
def shipped_file(name: str) -> bytes:
    """Gives a shipped list as it is: a header, then a line a division, sorted by code."""
    return Path(__file__).with_name(name).read_bytes()
