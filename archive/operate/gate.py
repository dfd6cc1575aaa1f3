"""The gate before a revision is promoted: no figure lost without a reason, no identity failing more, nothing false.

A gate file (docs/reread.md) gives reasons and names recorded cases; without one nothing may be lost at all.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from archive.errors import UsageError
from archive.files import read_files
from archive.research.revision_report import GROUPS
from archive.research.revisions import Cell, Change, Effect

NAMED = 5  # examples in a line of what the gate found
RULES = {"lost": ("indicator", "form", "portal", "media_type", "sha256"), "failing": ("identity",)}


@dataclass(frozen=True, slots=True)
class Rule:
    """What may be lost or fail more often, by patterns in the manner of the shell, and the reason for it."""

    reason: str
    patterns: tuple[tuple[str, str], ...]

    def covers(self, **named: str) -> bool:
        """Tells whether the rule is for something of these names."""
        return all(fnmatchcase(named[name], pattern) for name, pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class Gate:
    """What is demanded of a revision before researchers see it."""

    lost: tuple[Rule, ...] = ()
    failing: tuple[Rule, ...] = ()
    recorded: tuple[Path, ...] = ()  # folders of cases: a file beside expected.json
    unread: str = ""  # the reason for promoting though payloads wait, because their bytes are lost for instance


def load(path: Path) -> Gate:
    """Reads a gate file. Raises UsageError naming the file and what is wrong in it."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: {error}") from error
    if unknown := set(said) - {"recorded", "unread", *RULES}:
        raise UsageError(
            f"{path}: {sorted(unknown)[0]!r} is not known; a gate has recorded, unread, [[lost]] and [[failing]]"
        )
    folders = said.get("recorded", [])
    if not isinstance(folders, list) or not all(isinstance(folder, str) for folder in folders):
        raise UsageError(f"{path}: recorded is a list of folders")
    unread = said.get("unread", "")
    if not isinstance(unread, str) or ("unread" in said and not unread.strip()):
        raise UsageError(f"{path}: unread is the reason for which payloads may wait")
    recorded = tuple(path.parent / folder for folder in folders)
    for folder in recorded:
        if not any(folder.rglob("expected.json")):
            raise UsageError(f"{path}: there are no recorded cases in {folder}")
    return Gate(rules(path, "lost", said), rules(path, "failing", said), recorded, unread)


def rules(path: Path, name: str, said: dict[str, Any]) -> tuple[Rule, ...]:
    """Gives the rules of a table. Raises UsageError for one without a reason or a pattern."""
    tables = said.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UsageError(f"{path}: {name} is written [[{name}]]")
    found = []
    for number, table in enumerate(tables, 1):
        where = f"{path}: [[{name}]] number {number}"
        if not all(isinstance(value, str) for value in table.values()):
            raise UsageError(f"{where}: every value is a text")
        patterns = tuple((key, value) for key, value in table.items() if key != "reason")
        if unknown := [key for key, _ in patterns if key not in RULES[name]]:
            raise UsageError(f"{where}: {unknown[0]!r} is not known; possible: reason, {', '.join(RULES[name])}")
        if not patterns or not table.get("reason", "").strip():
            raise UsageError(f"{where}: it needs a reason, and one of {', '.join(RULES[name])}")
        found.append(Rule(table["reason"].strip(), patterns))
    return tuple(found)


def refusals(gate: Gate, found: Effect) -> list[str]:
    """Gives in words what the gate refuses of an effect."""
    return [*lost(gate, found), *failing(gate, found), *contradicted(found)]


def lost(gate: Gate, found: Effect) -> Iterator[str]:
    """Gives the figures lost without a reason, a line for each indicator."""
    unexplained = [cell for cell in found.of(Change.LOST) if not any(rule.covers(**names(cell)) for rule in gate.lost)]
    for indicator, count in sorted(Counter(cell.indicator for cell in unexplained).items()):
        where = [place(cell) for cell in unexplained if cell.indicator == indicator]
        yield f"{indicator}: {count} figures lost without a reason: {several(where)}"


def names(cell: Cell) -> dict[str, str]:
    """Gives what the rules of a gate can name of a cell."""
    grouped = {name.replace("-", "_"): group(cell) for name, group in GROUPS.items()}
    return grouped | {"sha256": cell.pair.sha256}


def place(cell: Cell) -> str:
    """Gives whose report a cell is of, and the digest of its bytes."""
    return f"{cell.pair.agency} {cell.pair.year} ({cell.pair.sha256[:12]})"


def several(where: Sequence[str]) -> str:
    """Gives the first of some names, and how many more there are."""
    more = f" and {len(where) - NAMED} more" if len(where) > NAMED else ""
    return ", ".join(where[:NAMED]) + more


def failing(gate: Gate, found: Effect) -> Iterator[str]:
    """Gives the identities that hold in a smaller share of reports, without a reason."""
    for rate in found.rates:
        if rate.falls and not any(rule.covers(identity=rate.identity) for rule in gate.failing):
            sides = (f"{held} of {checked}" for held, checked in (rate.share(rate.old), rate.share(rate.new)))
            yield f"{rate.identity}: it held in {' reports, now in '.join(sides)}"


def contradicted(found: Effect) -> Iterator[str]:
    """Gives the numbers that a person has said to be others, and that were not read there before."""
    for stand in found.overrides:
        if stand.newly_false:
            one, now = stand.override, stand.new.value if stand.new else None
            yield f"{one.indicator}: {one.agency} {one.year}: read as {now}, and {one.author} says {one.value}"


def false_numbers(gate: Gate, workers: int) -> list[str]:
    """Gives in words the numbers that this code reads in recorded cases and that are not printed there.

    Raises UsageError for a case that is none.
    """
    cases = {source_of(path): path for folder in gate.recorded for path in sorted(folder.rglob("expected.json"))}
    found = []
    done: set[str] = set()
    for answer in read_files(list(cases), workers=workers) if cases else ():
        path = cases[Path(answer["file"])]
        if answer["file"] in done:
            continue  # a case is one report
        done.add(answer["file"])
        if "error" in answer:
            continue  # no figures, so no false one
        found += [f"{path.parent}: {said}" for said in false_in(path, answer["figures"])]
    return found


def source_of(expected: Path) -> Path:
    """Gives the one file beside expected.json."""
    beside = [path for path in expected.parent.iterdir() if path.is_file() and path.name != expected.name]
    if len(beside) != 1:
        raise UsageError(f"{expected.parent}: one file stands beside expected.json, there are {len(beside)}")
    return beside[0]


def false_in(path: Path, figures: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Gives the numbers of a case that are not printed."""
    try:
        expected = json.loads(path.read_text(encoding="utf-8"))
        printed, status = expected["figures"], expected.get("status", {})
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"{path} is no expected.json: {type(error).__name__} {error}") from error
    for figure in figures:
        code, raw = figure["indicator"], (figure["raw"] or "").strip()
        if figure["status"] != "number" or code not in printed:
            continue
        is_number = status.get(code, "number" if printed[code] is not None else "blank") == "number"
        if not is_number or (raw != printed[code] and code not in status):
            yield f"{code}: read as {figure['value']}, printed is {printed[code]!r}"
