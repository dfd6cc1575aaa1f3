"""When a document was seen in which state: runs of versions, restatements, withdrawals."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from archive.records import Connection, documents
from archive.records.documents import Document
from archive.records.histories import Sighting, VersionReading, sightings, versions_of
from archive.research.diff import FigureChange, changed_figures


@dataclass(frozen=True, slots=True)
class Run:
    """An unbroken stretch of captures that showed one version, or (version None) that it was gone.

    The change to this state happened after `not_before`, the last capture that did not show it, and not later than
    `first_seen`.
    """

    source_id: int
    version: int | None
    version_id: int | None
    first_seen: datetime
    last_seen: datetime
    captures: int
    not_before: datetime | None


@dataclass(frozen=True, slots=True)
class Restatement:
    """A later version of a source that changes figures."""

    source_id: int
    version: int
    previous: int
    seen: datetime
    figures: tuple[FigureChange, ...]


def runs(connection: Connection, source_ids: Iterable[int], revision: int) -> list[Run]:
    """Gives the runs of sources under a revision; A → B → A is two runs of A."""
    seen = sightings(connection, list(source_ids), revision)
    return [run for _, group in groupby(seen, key=lambda s: s.source_id) for run in runs_of_one(list(group))]


def runs_of_one(seen: list[Sighting]) -> Iterator[Run]:
    """Gives the runs of one source from its sightings in the order of time."""
    before: datetime | None = None
    for _, group in groupby(seen, key=lambda s: (s.version_id, s.gone)):
        stretch = list(group)
        first, last = stretch[0], stretch[-1]
        version = None if first.gone else first.version
        yield Run(
            source_id=first.source_id,
            version=version,
            version_id=None if first.gone else first.version_id,
            first_seen=first.at,
            last_seen=last.at,
            captures=len(stretch),
            not_before=before,
        )
        before = last.at


def restatements(connection: Connection, document: Document) -> list[Restatement]:
    """Gives the later versions of a document's sources that change figures, cell by cell."""
    ids = [source.id for source in documents.sources_of(connection, document.id, document.revision)]
    seen = versions_of(connection, ids, document.revision)
    return restatements_in(connection, (seen[source] for source in ids if source in seen))


def restatements_in(connection: Connection, seen: Iterable[Sequence[VersionReading]]) -> list[Restatement]:
    """Gives the later versions that change figures, of the versions of some sources."""
    found = []
    for previous, later in (pair for versions in seen for pair in pairwise(versions)):
        if changes := changed_figures(connection, previous.reading_id, later.reading_id):
            of_source = later.source_id, later.number, previous.number, later.first_seen
            found.append(Restatement(*of_source, tuple(changes)))
    return found
