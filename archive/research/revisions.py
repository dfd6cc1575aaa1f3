"""What another revision of the reading code makes of what is stored: cells, identities, documents, corrections.

Compared are the reports of all payloads that both revisions have read, earlier versions as well: researchers ask for
those too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from archive.model import Check, Figure, Status, Verdict
from archive.records import Connection, comparison, documents, figures
from archive.records.comparison import Corrected, Pair
from archive.research.diff import meaning

BATCH = 500
UNREAD = (None, Status.UNREADABLE, Status.NOT_ON_FORM)


class Change(StrEnum):
    """What became of a cell."""

    GAINED = "gained"
    LOST = "lost"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Cell:
    """An indicator that two revisions give differently, in one report."""

    change: Change
    indicator: str
    form: str | None
    old: Figure | None
    new: Figure | None
    pair: Pair


@dataclass(frozen=True, slots=True)
class Verdicts:
    """An identity that comes out otherwise, in one report; None where a revision does not evaluate it."""

    identity: str
    old: Check | None
    new: Check | None
    pair: Pair


@dataclass(frozen=True, slots=True)
class Rate:
    """How an identity comes out under two revisions, over all reports that both have read."""

    identity: str
    old: dict[Verdict, int]
    new: dict[Verdict, int]

    @staticmethod
    def share(side: dict[Verdict, int]) -> tuple[int, int]:
        """Gives in how many reports it held, and in how many it could be checked."""
        held = side.get(Verdict.HOLDS, 0)
        return held, held + side.get(Verdict.FAILS, 0)

    @property
    def falls(self) -> bool:
        """Tells whether it holds in a smaller share of the reports in which it can be checked."""
        (held, checked), (holds, checks) = self.share(self.old), self.share(self.new)
        return checked > 0 and checks > 0 and holds * checked < held * checks


@dataclass(frozen=True, slots=True)
class Stand:
    """How a person's correction stands to what two revisions read."""

    override: Corrected
    old: Figure | None
    new: Figure | None
    moved: bool  # the report is one of another agency or year now, and the correction stays with the document

    @property
    def says(self) -> str:
        """Gives `agrees`, `contradicts`, or `silent` where the new revision reads no number there and one was said."""
        if self.new is None or self.new.status in UNREAD:
            return "silent"
        return "agrees" if self.new.value == self.override.value else "contradicts"

    @property
    def newly_false(self) -> bool:
        """Tells whether the new revision reads a number that a person says is another, and the old did not read it."""
        now = None if self.new is None else self.new.value
        before = None if self.old is None else self.old.value
        return now is not None and now not in (before, self.override.value)


@dataclass(slots=True)
class Effect:
    """What the step from one revision to another does."""

    old: int
    new: int
    cells: list[Cell] = field(default_factory=list)
    verdicts: list[Verdicts] = field(default_factory=list)
    moved: list[Pair] = field(default_factory=list)  # reports whose agency or year is another
    rates: list[Rate] = field(default_factory=list)
    overrides: list[Stand] = field(default_factory=list)

    def of(self, change: Change) -> list[Cell]:
        """Gives the cells with one kind of change."""
        return [cell for cell in self.cells if cell.change is change]


def effect(connection: Connection, old: int, new: int) -> Effect:
    """Gives what a step from one revision to another does, all of it seen at one instant by the connection."""
    found = Effect(old, new)
    if old != new:
        pairs = comparison.differing(connection, old, new)
        for batch in batches(pairs):
            take_in(connection, found, batch)
    counted = comparison.verdicts(connection, old, new)
    codes = sorted({code for code, _ in counted})
    found.rates = [Rate(code, counted.get((code, old), {}), counted.get((code, new), {})) for code in codes]
    found.overrides = stands(connection, old, new, {pair.new_id for pair in found.moved})
    return found


def batches(pairs: Iterator[Pair]) -> Iterator[list[Pair]]:
    """Gives the pairs in lists of at most BATCH."""
    while batch := list(islice(pairs, BATCH)):
        yield batch


def take_in(connection: Connection, found: Effect, batch: list[Pair]) -> None:
    """Adds what differs in some reports."""
    ids = [reading for pair in batch for reading in (pair.old_id, pair.new_id) if reading is not None]
    cells, checks = figures.figures_of(connection, ids), figures.checks_of(connection, ids)
    forms = figures.forms_of(connection, ids)
    for pair in batch:
        old, new = pair.old_id or 0, pair.new_id or 0
        known = forms.get(old, {}) | forms.get(new, {})
        found.cells += changes(pair, cells.get(old, ()), cells.get(new, ()), known)
        found.verdicts += turned(pair, checks.get(old, ()), checks.get(new, ()))
        if pair.old_id and pair.new_id and (pair.old_agency, pair.old_year) != (pair.new_agency, pair.new_year):
            found.moved.append(pair)


def changes(pair: Pair, old: Iterable[Figure], new: Iterable[Figure], forms: dict[str, str]) -> Iterator[Cell]:
    """Gives the cells of a report that differ, in the order of the forms."""
    before = {figure.indicator: figure for figure in old}
    after = {figure.indicator: figure for figure in new}
    for code in before | after:
        one, other = before.get(code), after.get(code)
        if meaning(one) != meaning(other) and not ((one is None or other is None) and unread(one) and unread(other)):
            yield Cell(change_of(one, other), code, forms.get(code.partition(".")[0]), one, other, pair)


def unread(figure: Figure | None) -> bool:
    """Tells whether a cell was not read: there is none, it is not on the form, or nobody can read it."""
    return figure is None or figure.status in UNREAD


def change_of(old: Figure | None, new: Figure | None) -> Change:
    """Gives what became of a cell: lost is a number or a cell that was read and is no more, gained the opposite."""
    before, after = weight(old), weight(new)
    if before == after:
        return Change.CHANGED
    return Change.GAINED if after > before else Change.LOST


def weight(figure: Figure | None) -> int:
    """Gives 2 for a number, 1 for a cell that was read as something else, 0 for one that was not read."""
    if figure is not None and figure.value is not None:
        return 2
    return 0 if unread(figure) else 1


def turned(pair: Pair, old: Iterable[Check], new: Iterable[Check]) -> Iterator[Verdicts]:
    """Gives the identities of a report whose verdict is another."""
    before = {check.identity: check for check in old}
    after = {check.identity: check for check in new}
    for code in before | after:
        one, other = before.get(code), after.get(code)
        if (one and one.verdict) != (other and other.verdict):
            yield Verdicts(code, one, other, pair)


def stands(connection: Connection, old: int, new: int, moved: set[int | None]) -> list[Stand]:
    """Gives how the corrections stand to the new readings of the reports that their documents show.

    `moved` are the new readings of reports whose agency or year is another.
    """
    made = comparison.corrected(connection)
    shown = {
        document.id: document.reading_id
        for document in documents.find(connection, old, ids=sorted({one.document_id for one in made}))
    }
    after = comparison.read_as(connection, shown, old, new)
    ids = [*shown.values(), *(reading for reading in after.values() if reading is not None)]
    cells = {
        reading: {figure.indicator: figure for figure in found}
        for reading, found in figures.figures_of(connection, ids).items()
    }

    def cell(reading: int | None, indicator: str) -> Figure | None:
        return cells.get(reading or 0, {}).get(indicator)

    return [
        Stand(
            one,
            cell(shown.get(one.document_id), one.indicator),
            cell(after.get(one.document_id), one.indicator),
            after.get(one.document_id) in moved - {None},
        )
        for one in made
    ]
