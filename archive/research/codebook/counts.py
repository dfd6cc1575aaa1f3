"""Why indicators have no value, how often, in which year: counted from the archive."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from archive.records import Connection, statuses
from archive.research.codebook.entries import Entry
from archive.research.missing import REASONS, Missing, unread

NUMBER = "number"
WORDS = (NUMBER, *(each.word for each in Missing if each is not Missing.NO_REPORT))
"""What a figure of a report can be; years without a report are what coverage is about."""

ByYear = Mapping[int, Mapping[str, int]]


def missing_by_year(
    connection: Connection, entries: Sequence[Entry], revision: int, as_of: datetime | None = None
) -> dict[str, ByYear]:
    """Gives for each indicator and year how many reports have a number, and how many have none for which reason."""
    code = entries[0].code if len(entries) == 1 else None
    counted: dict[str, dict[int, Counter[str]]] = {each.code: {} for each in entries}
    for cell in statuses.statuses_by_year(connection, revision, as_of, code):
        if cell.indicator in counted:
            reason = REASONS.get(cell.status)
            by_year = counted[cell.indicator].setdefault(cell.year, Counter())
            by_year[reason.word if reason else NUMBER] += cell.count
    on_forms = statuses.forms_by_year(connection, revision, as_of)
    for each in entries:
        add_unread(each, on_forms, counted[each.code])
    return {code: {year: found[year] for year in sorted(found)} for code, found in counted.items()}


def add_unread(entry: Entry, documents: Sequence[statuses.OnForms], counted: dict[int, Counter[str]]) -> None:
    """Adds the reports none of whose tables has the indicator."""
    tables = {(position.part, position.form) for position in entry.positions}
    for some in documents:
        if not any(some.forms.get(part) == form for part, form in tables):
            counted.setdefault(some.year, Counter())[unread(tables, some.forms, some.year).word] += some.count


def totals(by_year: ByYear) -> dict[str, int]:
    """Gives the same over all years; every word is there."""
    return {word: sum(found.get(word, 0) for found in by_year.values()) for word in WORDS}
