"""The states of a report in the order of time, with how much each changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from archive.records import Connection, documents
from archive.records.documents import Document, Source
from archive.records.histories import VersionReading, texts_of, version_readings
from archive.research.diff import changed_figures, changed_paragraphs
from archive.research.history import Run, runs


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One unbroken stretch in which a source showed a version, or (version None) was gone.

    It was seen first after `after` (None: never before) and not later than `first_seen`. Changes are against the
    version that the source showed before; None where it showed none.
    """

    source: Source
    version: int | None
    after: datetime | None
    first_seen: datetime
    last_seen: datetime
    captures: int
    sha256: str | None
    previous: int | None
    figures: int | None
    added: int | None
    removed: int | None


def version_lines(connection: Connection, document: Document) -> list[VersionLine]:
    """Gives the states of a document's sources, source by source, oldest first."""
    lines: list[VersionLine] = []
    for source in documents.sources_of(connection, document.id, document.revision):
        read = {each.version_id: each for each in version_readings(connection, source.id, document.revision)}
        lines += lines_of(connection, source, read, runs(connection, [source.id], document.revision))
    return lines


def lines_of(
    connection: Connection, source: Source, read: dict[int, VersionReading], stretches: list[Run]
) -> Iterator[VersionLine]:
    """Gives the lines of one source."""
    before: VersionReading | None = None
    for run in stretches:
        now = read.get(run.version_id) if run.version_id is not None else None
        changes = change_of(connection, before, now) if before and now else (None, None, None)
        yield VersionLine(
            source,
            run.version,
            run.not_before,
            run.first_seen,
            run.last_seen,
            run.captures,
            now.sha256 if now else None,
            before.number if before and now else None,
            *changes,
        )
        before = now or before


def change_of(connection: Connection, old: VersionReading, new: VersionReading) -> tuple[int, int, int]:
    """Gives how many figures changed, and how many characters of text came and went."""
    texts = texts_of(connection, [old.reading_id, new.reading_id])
    changes = changed_paragraphs(texts[old.reading_id], texts[new.reading_id])
    sizes = {op: sum(len(text) for change in changes for kind, text in change if kind == op) for op in (1, -1)}
    return len(changed_figures(connection, old.reading_id, new.reading_id)), sizes[1], sizes[-1]
