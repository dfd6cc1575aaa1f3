"""Proving a release: every digest, every number of rows, the description, and that the formats say the same."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from archive.errors import UsageError
from archive.research.release.about import SUMS, digest
from archive.research.release.reading import READERS, Field, Value, csv_header, csv_rows, fields_of, same

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a file of a release; `cell` names row (from 1) and column where it is one cell."""

    file: str
    what: str
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what is wrong."""

    version: str
    files: int
    tables: int
    cells: int
    problems: tuple[Problem, ...]


def verify(folder: Path) -> Verified:
    """Gives what is wrong with a release. Raises UsageError where the folder is none."""
    try:
        lines = [line.partition("  ") for line in (folder / SUMS).read_text(encoding="utf-8").splitlines()]
        listed = {path: wanted for wanted, _, path in lines}
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        resources: list[Resource] = package["resources"]
        tables = {each["path"]: fields_of(each["schema"]) for each in resources if "schema" in each}
        version = str(package["version"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{folder} is no release of Nianbao that can be read: {error}") from error
    problems = [*wrong_bytes(folder, listed), *undescribed(listed, resources)]
    cells = 0
    for resource in resources:
        if resource["path"] not in listed or not (folder / resource["path"]).is_file():
            problems.append(Problem(resource["path"], f"is described and not there, or not listed in {SUMS}"))
            continue
        counted, found = wrong_table(folder, resource, tables)
        cells += counted
        problems += found
    return Verified(version, len(listed), len(resources), cells, tuple(dict.fromkeys(problems)))


def wrong_bytes(folder: Path, listed: Mapping[str, str]) -> Iterator[Problem]:
    """Gives the files that are missing, changed, or not listed."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for path, wanted in listed.items():
        if path not in there:
            yield Problem(path, "is missing")
        elif digest(folder / path) != wanted:
            yield Problem(path, f"has changed: its sha256 is not the {wanted[:12]}… of {SUMS}")
    for path in sorted(there - listed.keys() - {SUMS}):
        yield Problem(path, f"is not listed in {SUMS}")


def undescribed(listed: Mapping[str, str], resources: Sequence[Resource]) -> Iterator[Problem]:
    """Gives the files of data that the data package does not describe, and digests that it has otherwise."""
    known = {each["path"]: each for each in resources}
    for path, wanted in listed.items():
        if path.startswith(("data/", "sources/")) and path not in known:
            yield Problem(path, "is not described in datapackage.json")
        elif path in known and known[path]["hash"] != f"sha256:{wanted}":
            yield Problem(path, f"has another sha256 in datapackage.json than in {SUMS}")


def wrong_table(folder: Path, resource: Resource, tables: Mapping[str, list[Field]]) -> tuple[int, list[Problem]]:
    """Gives how many cells a file has that were compared, and what is wrong with it: names, rows, cells."""
    path, form = str(resource["path"]), str(resource["format"])
    as_csv = str(Path(path).with_suffix(".csv"))
    fields = tables.get(as_csv, [])
    if form == "csv":
        found = [field.name for field in fields]
        if csv_header(folder / path) != found:
            return 0, [Problem(path, "has other columns than datapackage.json says")]
        rows = sum(1 for _ in csv_rows(folder / path, fields, None))
        return 0, list(wrong_rows(path, resource, rows))
    if form not in READERS or not (folder / as_csv).is_file():
        return 0, []
    statuses = folder / as_csv.replace(".csv", "_status.csv")
    with_reasons = form != "parquet" and any(field.figure for field in fields) and statuses.is_file()
    wanted = csv_rows(folder / as_csv, fields, statuses if with_reasons else None)
    try:
        return compared(resource, fields, wanted, READERS[form](folder / path, fields))
    except Exception as error:  # noqa: BLE001  three libraries, each with its own errors for a damaged file
        return 0, [Problem(path, f"cannot be read: {error}")]


def wrong_rows(path: str, resource: Resource, rows: int) -> Iterator[Problem]:
    """Gives a number of rows that is not what the data package says."""
    if rows != (said := resource.get("row_count")):
        yield Problem(path, f"has {rows} rows, datapackage.json says {said}")


def compared(
    resource: Resource, fields: Sequence[Field], wanted: Iterator[list[Value]], found: Iterator[list[Value]]
) -> tuple[int, list[Problem]]:
    """Gives the number of cells of a file, and the first that differs from CSV with how many do."""
    path, form = str(resource["path"]), str(resource["format"])
    rows = wrong = 0
    first: Problem | None = None
    for number, (left, right) in enumerate(zip_longest(wanted, found), 1):
        rows += right is not None
        if left is None or right is None:
            continue
        if left == right:
            continue
        for field, one, other in zip(fields, left, right, strict=True):
            if not same(one, other, form):
                wrong += 1
                first = first or Problem(
                    path, f"says {other!r} where CSV says {one!r}", f"row {number}, column {field.name}"
                )
    problems = list(wrong_rows(path, resource, rows))
    if first is not None:
        more = f"; {wrong} cells differ" if wrong > 1 else ""
        problems.append(Problem(first.file, first.what + more, first.cell))
    return rows * len(fields), problems
