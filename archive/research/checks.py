"""Checks (勾稽): how often the identities hold, where they fail, by how much, and whether our reading is in doubt."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from archive.errors import UsageError
from archive.model import Figure, Status
from archive.plain import digits
from archive.records import Connection, figures, kept_tallies
from archive.records.over_years import Across
from archive.records.revisions import current_revision
from archive.records.session import once
from archive.records.verdicts import Failing, Scope, Tally, failing, residuals, tallies
from archive.records.versions import lock_versions
from archive.research.filters import LAST_YEAR, known_form
from archive.research.find import revision_or_current
from archive.research.identities import Rule, rule_of, rules
from archive.research.places import division_code

SMALLEST = 5  # a rate over fewer reports is not shown
MOST_TOLD = 2000  # failures whose cells are all looked at in one answer
SIZES = (0, 2, 10, 100, 1000)  # from which a residual counts as larger
RESIDUALS = ("≤ −1000", "−999…−100", "−99…−10", "−9…−2", "−1", "+1", "+2…+9", "+10…+99", "+100…+999", "≥ +1000")
COUNTS = ("holds", "fails", "not_checkable")
PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
DOUBTS = {
    "recognised": ("由图像识别", "recognised from an image"),
    "noted": ("读取时有附注", "a note of the reader stands beside a cell"),
    "not_plain": ("原文不只是数字", "a cell is printed with more than digits"),
    "no_place": ("未能确定单元格位置", "the place of a cell is not known"),
    "unreadable_near": ("同行或同列有未能识别的单元格", "a cell in the same row or column could not be read"),
}
"""Why our reading may be wrong, in Chinese and English."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """Which identities in which reports; None is all. `division` is the beginning of codes."""

    identity: str | None = None
    first: int | None = None
    last: int | None = None
    form: str | None = None
    division: str | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """An identity that failed in a report; `doubts` say why our reading of its cells may be wrong.

    Without doubts its cells are plain numbers that the document itself holds: it stands there as published. `cells` are
    this year's, `before` that of the year before.
    """

    found: Failing
    rule: Rule
    cells: tuple[Figure, ...]
    before: Figure | None
    doubts: tuple[str, ...]

    @property
    def residual(self) -> Decimal:
        """Gives by how much the left side is more than the right."""
        return self.found.left - self.found.right


def counts(connection: Connection, question: Question) -> list[Tally]:
    """Gives how often each identity held, failed and could not be checked, by form and year, in the forms' order."""
    scope, wanted = scope_of(connection, question), asked(question)
    found = once(
        connection,
        ("counts of identities", question),
        lambda: kept_of(connection, question, scope) or tallies(connection, scope, *wanted),
    )
    order = list(rules())
    return sorted(found, key=lambda tally: (order.index(tally.identity), tally.year, tally.form))


def kept_of(connection: Connection, question: Question, scope: Scope) -> list[Tally]:
    """Gives what is kept of the counts over all divisions; none where it must be counted."""
    if scope.division is not None or scope.revision != current_revision(connection):
        return []
    years = range(question.first or 0, (question.last or LAST_YEAR) + 1)
    return [
        tally
        for tally in kept_tallies.kept(connection, digest())
        if question.identity in (None, tally.identity) and scope.form in (None, tally.form) and tally.year in years
    ]


def keep(connection: Connection) -> None:
    """Counts all identities over the whole archive where nobody did since it changed, and keeps that."""
    lock_versions(connection)
    current = current_revision(connection)
    if current is None or kept_tallies.kept(connection, digest()):
        return
    kept_tallies.keep(connection, digest(), tallies(connection, Scope(current), *asked(Question())))


@cache
def digest() -> str:
    """Gives what tells these identities from those of other code."""
    said = [
        (code, sorted(rule.sides.items()), rule.across and sorted(rule.across.items()))
        for code, rule in rules().items()
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def failures(connection: Connection, question: Question, limit: int | None = None, start: int = 0) -> list[Failure]:
    """Gives where identities fail, the latest year first; how many there are in all `counts` says."""
    scope = scope_of(connection, question)
    if limit is not None:
        counted = counts(connection, question)
        if start >= sum(tally.fails for tally in counted):
            return []
        scope, start = years_of(counted, scope, start, start + limit)
    found = failing(connection, scope, *asked(question), limit, start)
    ids = {each.reading_id for each in found} | {each.before_id for each in found if each.before_id}
    read = figures.figures_of(connection, ids)
    return [failure(each, read) for each in found]


def years_of(counted: Iterable[Tally], scope: Scope, start: int, stop: int) -> tuple[Scope, int]:
    """Gives the scope narrowed to the years of the failures from `start` to `stop`, and how many of those to skip.

    There is one at least.
    """
    fails = Counter[int]()
    for tally in counted:
        fails[tally.year] += tally.fails
    years: list[int] = []
    passed = skipped = 0
    for year, number in sorted(fails.items(), reverse=True):
        if passed + number <= start:
            skipped += number
        elif passed < stop:
            years.append(year)
        passed += number
    return replace(scope, first=years[-1], last=years[0]), start - skipped


def told_apart(connection: Connection, question: Question, total: int) -> list[Failure]:
    """Gives all failures, so that they can be told apart by source. Raises UsageError where they are too many."""
    if total > MOST_TOLD:
        raise UsageError(
            f"{total} checks fail there; at most {MOST_TOLD} can be told apart by source at once: choose an identity,"
            " a division or fewer years"
        )
    return failures(connection, question)


def distribution(connection: Connection, question: Question) -> list[tuple[str, int]]:
    """Gives how many failures are off by how much, left less right, from far below to far above."""
    counted = [0] * (2 * len(SIZES))
    for residual, count in residuals(connection, scope_of(connection, question), *asked(question)).items():
        size = sum(abs(residual) >= bound for bound in SIZES[1:])
        counted[len(SIZES) + size if residual > 0 else len(SIZES) - 1 - size] += count
    return list(zip(RESIDUALS, counted, strict=True))


def scope_of(connection: Connection, question: Question) -> Scope:
    """Gives the documents that a question is about. Raises UsageError for what is no code or no form."""
    revision = revision_or_current(connection, question.revision)
    return Scope(revision, question.first, question.last, division_code(question.division), known_form(question.form))


def asked(question: Question) -> tuple[Sequence[str], Across]:
    """Gives the identities of a question: those of one report, and those over two years with their cells."""
    wanted = [rule_of(question.identity)] if question.identity else list(rules().values())
    within = [rule.code for rule in wanted if not rule.across]
    return within, {rule.code: rule.across for rule in wanted if rule.across}


def together(found: Iterable[Tally], *keys: str) -> list[Tally]:
    """Gives counts summed over what is not among `keys`: identity, form, year; in their order."""
    sums: dict[tuple[object, ...], Tally] = {}
    for tally in found:
        key = tuple(getattr(tally, name) for name in keys)
        before = sums.get(key)
        sums[key] = (
            tally if before is None else replace(tally, **{n: getattr(tally, n) + getattr(before, n) for n in COUNTS})
        )
    return list(sums.values())


def rate(tally: Tally) -> Decimal | None:
    """Gives the part of the checkable that holds, None where fewer than SMALLEST are checkable."""
    n = tally.holds + tally.fails
    return None if n < SMALLEST else Decimal(tally.holds) / n


def failure(found: Failing, read: Mapping[int, Sequence[Figure]]) -> Failure:
    """Gives a failure with its cells and what is doubtful about our reading of them; `read` has figures by reading."""
    rule = rule_of(found.identity)
    now = {figure.indicator: figure for figure in read.get(found.reading_id, ())}
    earlier = {figure.indicator: figure for figure in read.get(found.before_id or 0, ())}
    cells = tuple(now[code] for code in rule.cells(found.form) if code in now)
    before = earlier.get(rule.across["before"]) if rule.across else None
    doubts = [*doubts_of(cells, now.values()), *doubts_of([before] if before else [], earlier.values())]
    return Failure(found, rule, cells, before, tuple(dict.fromkeys(doubts)))


def doubts_of(cells: Sequence[Figure], table: Iterable[Figure]) -> list[str]:
    """Gives why the reading of cells may be wrong: how they are printed, how they were read, what is around."""
    lines = {(cell.table, cell.row) for cell in cells if cell.table is not None}
    columns = {(cell.table, cell.column) for cell in cells if cell.table is not None}
    around = [
        figure for figure in table if (figure.table, figure.row) in lines or (figure.table, figure.column) in columns
    ]
    tests = {
        "recognised": any(cell.confidence is not None for cell in cells),
        "noted": any(cell.note for cell in cells),
        "not_plain": any(cell.raw is not None and not PLAIN.fullmatch(cell.raw.strip()) for cell in cells),
        "no_place": any(cell.table is None for cell in cells),
        "unreadable_near": any(figure.status is Status.UNREADABLE for figure in around),
    }
    return [name for name, true in tests.items() if true]


def tally_json(tally: Tally) -> Json:
    """Gives counts with the rate, its numerator (`holds`) and denominator (`checkable`)."""
    found = rate(tally)
    return {
        "identity": tally.identity,
        "form": tally.form,
        "year": tally.year,
        "holds": tally.holds,
        "fails": tally.fails,
        "checkable": tally.holds + tally.fails,
        "not_checkable": tally.not_checkable,
        "rate": None if found is None else f"{found:.4f}",
    }


def rule_json(rule: Rule) -> Json:
    """Gives what an identity says, with its formula on each form that has it."""
    formulas = {form: rule.formula(form) for form in rule.sides} if rule.sides else {"across": rule.formula()}
    return {"identity": rule.code, "zh": rule.zh, "en": rule.en, "formulas": formulas}


def failure_json(failure: Failure) -> Json:
    """Gives a failure: both sides, the residual, the cells as printed, and what is doubtful about our reading."""
    found = failure.found
    return {
        "identity": found.identity,
        "agency": found.agency,
        "division": found.division,
        "agency_code": found.agency_code,
        "level": found.level,
        "year": found.year,
        "form": found.form,
        "left": digits(found.left),
        "right": digits(found.right),
        "residual": digits(failure.residual),
        "source": "doubtful" if failure.doubts else "as_published",
        "doubts": list(failure.doubts),
        "cells": [cell_json(cell, found.year) for cell in failure.cells]
        + ([cell_json(failure.before, found.year - 1)] if failure.before else []),
    }


def cell_json(cell: Figure, year: int) -> Json:
    """Gives a cell that takes part: of which year's report, its value and what is printed."""
    return {"year": year, "indicator": cell.indicator, "value": digits(cell.value), "raw": cell.raw}
