"""Checks of a report against the one of the year before. They are hints: agencies are merged, split and renamed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from archive.model import Check, Figure, Verdict
from archive.read.forms import forms
from archive.read.forms.catalogue import Across
from archive.records import Connection, documents, figures
from archive.records.documents import Document


def cross_year_checks(
    connection: Connection, document: Document, this_year: Iterable[Figure], as_of: datetime | None = None
) -> list[Check]:
    """Gives the identities between a document and the agency's one of the year before, both under one revision.

    Empty where the archive does not hold the year before. An identity of which either form lacks a cell is left out.
    """
    earlier = documents.reading_before(connection, document, as_of)
    if earlier is None:
        return []
    rules = rules_of(document)
    found = figures.figures_of(connection, [earlier], {rule.before for rule in rules}).get(earlier, [])
    return evaluate(rules, by_code(found), by_code(this_year))


def rules_of(document: Document) -> list[Across]:
    """Gives the identities that the forms of a document define, each once."""
    names = dict.fromkeys(name for name in document.forms.values() if name in forms())
    return list({rule.code: rule for name in names for rule in forms()[name].across}.values())


def by_code(found: Iterable[Figure]) -> dict[str, Figure]:
    """Gives figures by their indicator."""
    return {figure.indicator: figure for figure in found}


def evaluate(rules: Iterable[Across], before: Mapping[str, Figure], now: Mapping[str, Figure]) -> list[Check]:
    """Gives the identities evaluated whose cells both years' forms have."""
    checks = []
    for rule in rules:
        change = [code for code in (rule.plus, rule.minus) if code]
        if rule.before in before and all(code in now for code in (rule.now, *change)):
            left = left_side(rule, before, now)
            checks.append(Check(rule.code, verdict(left, now[rule.now].value), left, now[rule.now].value))
    return checks


def left_side(rule: Across, before: Mapping[str, Figure], now: Mapping[str, Figure]) -> Decimal | None:
    """Gives what the year before and this year's changes come to, None where one of them is no number."""
    amount = before[rule.before].value
    for code, sign in ((rule.plus, 1), (rule.minus, -1)):
        if code is not None:
            change = now[code].value
            amount = None if amount is None or change is None else amount + sign * change
    return amount


def verdict(left: Decimal | None, right: Decimal | None) -> Verdict:
    """Gives whether both sides are the same."""
    if left is None or right is None:
        return Verdict.NOT_CHECKABLE
    return Verdict.HOLDS if left == right else Verdict.FAILS
