"""Tables on grids → the figures of the statutory forms.

Each of the three tables finds its own form by its own headers, so hybrids (table 2 of 2021 with table 3 of 2019)
read right; table 4 is the same in both and takes the form of table 3, else of table 2. Reports before 2019 may have one
table of statistics instead of the three.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from archive.model import Check, Figure, Issue, Statement, Verdict
from archive.read.blocks import Table
from archive.read.forms import disclosure, remedies, requests, statistics, unseparated
from archive.read.forms.catalogue import PARTS, TABLES, Identity, PartForm, forms
from archive.read.forms.checks import evaluate
from archive.read.forms.figures import PartReading
from archive.read.forms.scanned import unsettled
from archive.read.forms.statistics_form import PART, statistics_forms
from archive.read.forms.suggest import split_suggestion, suggestions

NEW_FORM_FROM = 2021


@dataclass(frozen=True, slots=True)
class Matched:
    """What the tables of a report say: form by part, all figures in form order, checks, issues."""

    forms: Mapping[str, str]
    figures: tuple[Figure, ...]
    checks: tuple[Check, ...]
    issues: tuple[Issue, ...]
    tables: frozenset[int]  # those that figures or statements were taken from
    statements: tuple[Statement, ...] = ()  # rows of statistics that no form has


def match(tables: Sequence[Table], lines: Sequence[str], year: int | None) -> Matched:
    """Gives the figures of every form found.

    `lines` is the text outside tables, where a table that lost its columns may stand; `year` only decides between
    forms that fit equally well.
    """
    earlier = statistics.read(tables, lines, year)
    if earlier:
        tables = [Table((), each.layout) if i in earlier.tables else each for i, each in enumerate(tables)]
    known = tuple(forms().values())
    likely = None if year is None else ("2021" if year >= NEW_FORM_FROM else "2019")
    second = disclosure.read(tables, known) or unseparated.read("disclosure", lines, known, likely)
    likely = second.form if second else likely
    third = requests.read(tables, known, likely) or unseparated.read("requests", lines, known, likely)
    form = forms()[(third.form if third else likely) or known[-1].name]
    fourth = remedies.read(tables, form, third is not None and third.total_only)
    fourth = fourth or unseparated.read("remedies", lines, (form,), None)
    parts = {part.part: part for part in (second, third, fourth, earlier and earlier.part) if part}
    found = assembled(parts, earlier or statistics.Statistics(None, (), (), frozenset()))
    own = {figure.indicator: figure for figure in found.figures}
    hints = split_suggestion(lines, [code for code in own if code.startswith("remedies.")], own)
    return replace(found, issues=(*found.issues, *hints))


def assembled(parts: Mapping[str, PartReading], earlier: statistics.Statistics) -> Matched:
    """Gives the parts put together in form order, with their checks."""
    issues = [issue for part in parts.values() for issue in part.issues] + list(earlier.issues)
    if not parts:
        issues.append(Issue("no-forms", "no statutory table was found"))
    elif set(parts) != {PART}:
        missing = [part for part in TABLES if part not in parts]
        issues += [Issue("part-missing", f"no table for {part} was found") for part in missing]
    found = {code: figure for part in parts.values() for code, figure in part.figures.items()}
    checks: list[Check] = []
    figures: list[Figure] = []
    for part in (parts[name] for name in PARTS if name in parts):
        form, identities = form_of(part)
        found = unsettled(identities, found)
        figures += [found[indicator.code] for indicator in form.indicators]
        checks += evaluate(identities, found)
        issues += suggestions(identities, found)
    issues += [failed(check) for check in checks if check.verdict is Verdict.FAILS]
    return Matched(
        {name: parts[name].form for name in PARTS if name in parts},
        tuple(figures),
        tuple(checks),
        tuple(issues),
        frozenset(figure.table for figure in figures if figure.table is not None) | earlier.tables,
        earlier.statements,
    )


def form_of(part: PartReading) -> tuple[PartForm, tuple[Identity, ...]]:
    """Gives the form of a part and its identities."""
    if part.part == PART:
        form = statistics_forms()[part.form]
        return form.part, form.identities
    tables = forms()[part.form]
    return tables.parts[part.part], tables.identities[part.part]


def failed(check: Check) -> Issue:
    """Gives the issue of an identity that fails."""
    return Issue("check-fails", f"{check.identity}: {check.left} is not {check.right}")
