"""Restatements over the archive: figures that a later version of a report changed, the newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from archive.plain import time_text
from archive.records import Connection, figures
from archive.records.revised import Revised, revised
from archive.research.diff import FigureChange, figure_changes
from archive.research.document import change_json
from archive.research.find import revision_or_current
from archive.research.places import division_code

AT_ONCE = 200  # versions whose figures are in memory
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Restated:
    """A later version with the figures it changed; none where it changed how a cell is printed, or the text alone."""

    found: Revised
    figures: tuple[FigureChange, ...]


def restated(
    connection: Connection,
    *,
    division: str | None = None,
    first: int | None = None,
    last: int | None = None,
    texts: bool = False,
    revision: int | None = None,
    limit: int | None = None,
    start: int = 0,
) -> tuple[int, Iterator[Restated]]:
    """Gives how many later versions changed a cell (with `texts`: there are at all), and some of them, newest first."""
    under = revision_or_current(connection, revision)
    found = revised(connection, under, division=division_code(division), first=first, last=last)
    kept = [one for one in found if one.figures or texts]
    stop = None if limit is None else start + limit
    return len(kept), with_changes(connection, kept[start:stop])


def with_changes(connection: Connection, found: Sequence[Revised]) -> Iterator[Restated]:
    """Gives later versions with the figures they changed, some at a time."""
    for begin in range(0, len(found), AT_ONCE):
        some = found[begin : begin + AT_ONCE]
        ids = {reading for one in some if one.figures for reading in (one.reading_id, one.previous_reading_id)}
        read = figures.figures_of(connection, ids)
        for one in some:
            changes = figure_changes(read.get(one.previous_reading_id, ()), read.get(one.reading_id, ()))
            yield Restated(one, tuple(changes) if one.figures else ())


def restated_json(restated: Restated) -> Json:
    """Gives a later version with the figures it changed, old and new."""
    found = restated.found
    return {
        "seen": time_text(found.seen),
        "agency": found.agency,
        "division": found.division,
        "agency_code": found.agency_code,
        "level": found.level,
        "year": found.year,
        "url": found.url,
        "source": found.source_id,
        "from": found.previous,
        "to": found.version,
        "figures": [change_json(change) for change in restated.figures],
    }
