"""What changed between two releases: documents and figures added, gone, changed."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from archive.errors import UsageError

Key = tuple[str, str, str]  # division, agency, year
NAMED = ("division", "agency", "year")
SHOWN = 50  # figures of CHANGES.md; data files have all


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure that both releases have and that differs; sides are digits, or why there is no number."""

    document: Key
    indicator: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Documents that only one release has, those whose figures differ, and the figures; columns that came and went."""

    added: tuple[Key, ...]
    gone: tuple[Key, ...]
    figures: tuple[Changed, ...]
    columns_added: tuple[str, ...]
    columns_gone: tuple[str, ...]
    figures_added: int
    figures_gone: int

    @property
    def changed(self) -> tuple[Key, ...]:
        """Gives the documents of which a figure differs."""
        return tuple(dict.fromkeys(figure.document for figure in self.figures))


def compare(old: Path, new: Path) -> Changes:
    """Gives what changed from one release to another. Raises UsageError where a folder is no release.

    Both are read twice: first a digest a document, then the documents that differ.
    """
    before, after = digests(old), digests(new)
    differ = {key for key in before.keys() & after.keys() if before[key][0] != after[key][0]}
    was, now = chosen(old, differ), chosen(new, differ)
    old_names, new_names = names(old), names(new)
    both = [name for name in new_names if name in set(old_names)]
    return Changes(
        added=tuple(key for key in after if key not in before),
        gone=tuple(key for key in before if key not in after),
        figures=tuple(
            Changed(key, name, was[key][name], now[key][name])
            for key in after
            if key in differ
            for name in both
            if was[key][name] != now[key][name]
        ),
        columns_added=tuple(name for name in new_names if name not in set(old_names)),
        columns_gone=tuple(name for name in old_names if name not in set(new_names)),
        figures_added=sum(count for key, (_, count) in after.items() if key not in before),
        figures_gone=sum(count for key, (_, count) in before.items() if key not in after),
    )


def digests(folder: Path) -> dict[Key, tuple[bytes, int]]:
    """Gives a digest of each document's figures, and how many of them are numbers."""
    found = {}
    for key, cells in rows(folder):
        listed = "\n".join(f"{name}\t{cell}" for name, cell in sorted(cells.items()) if cell != "not_on_form")
        found[key] = hashlib.sha256(listed.encode()).digest()[:16], sum(cell[-1:].isdigit() for cell in cells.values())
    return found


def chosen(folder: Path, wanted: set[Key]) -> dict[Key, dict[str, str]]:
    """Gives the figures of some documents."""
    return {key: cells for key, cells in rows(folder) if key in wanted}


def names(folder: Path) -> list[str]:
    """Gives the indicators of a release."""
    return next(([*cells] for _, cells in islice(rows(folder), 1)), [])


def rows(folder: Path) -> Iterator[tuple[Key, dict[str, str]]]:
    """Gives each document with its figures: digits, else why there is no number."""
    try:
        with (
            (folder / "data" / "wide.csv").open(encoding="utf-8-sig", newline="") as values,
            (folder / "data" / "wide_status.csv").open(encoding="utf-8-sig", newline="") as statuses,
        ):
            for row, status in zip(csv.DictReader(values), csv.DictReader(statuses), strict=True):
                cells = {name: row[name] or status[name] for name in row if "." in name}
                yield (row["division"], row["agency"], row["year"]), cells
    except (OSError, KeyError, ValueError, csv.Error) as error:
        raise UsageError(f"{folder} is no release of Nianbao: {error}") from error


def changes_text(found: Changes | None, before: str | None, version: str) -> str:
    """Gives CHANGES.md; the first release, or one made without the one before, says so."""
    if found is None:
        return f"# {version}\n\n没有与之比较的上一版本。 No earlier release was given to compare with.\n"
    lines = [
        f"# {before} → {version}",
        "",
        f"* 新增报告 reports added: {len(found.added)}（数值 figures: {found.figures_added}）",
        f"* 消失报告 reports gone: {len(found.gone)}（数值 figures: {found.figures_gone}）",
        f"* 数值有变的报告 reports with changed figures: {len(found.changed)}（数值 figures: {len(found.figures)}）",
        f"* 新增指标列 columns added: {', '.join(found.columns_added) or '–'}",
        f"* 取消指标列 columns gone: {', '.join(found.columns_gone) or '–'}",
        "",
        *listed("新增 added", found.added),
        *listed("消失 gone", found.gone),
    ]
    if found.figures:
        lines += ["## 变动 changed", "", "| 报告 report | 指标 indicator | 原 old | 新 new |", "|---|---|---|---|"]
        lines += [
            f"| {' '.join(each.document)} | {each.indicator} | {each.old} | {each.new} |"
            for each in found.figures[:SHOWN]
        ]
        lines += rest(len(found.figures))
    return "\n".join(lines) + "\n"


def listed(title: str, keys: tuple[Key, ...]) -> list[str]:
    """Gives a list of documents, the first of many, and how many more there are."""
    return [f"## {title}", "", *(f"* {' '.join(key)}" for key in keys[:SHOWN]), *rest(len(keys)), ""] if keys else []


def rest(count: int) -> list[str]:
    """Gives how many are not listed."""
    return [f"\n… {count - SHOWN} more; `nianbao release diff` lists all."] if count > SHOWN else []
