"""What an export covers: which documents and indicators, under which revision, as of when."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from archive.errors import UsageError
from archive.records import Connection, documents, figures, panel
from archive.records.codes import catalogue
from archive.records.documents import Document

BATCH = 500


@dataclass(frozen=True, slots=True)
class Selection:
    """Documents of a division (the beginning of a code) and years; None for all.

    `indicators` are codes, or patterns with `*` (`requests.received.*`). `balanced` asks for a row also in years for
    which an agency has no report: from the first to the last of the years that the selection has.
    """

    revision: int
    as_of: datetime | None = None
    division: str | None = None
    years: tuple[int, ...] | None = None
    indicators: tuple[str, ...] = ()
    balanced: bool = False

    def __post_init__(self) -> None:
        if self.division is not None and not re.fullmatch(r"\d{2,12}", self.division):
            raise UsageError(f"{self.division!r} is no division code; give 2 to 12 digits, as 36, 3609 or 360982")

    def wants(self, code: str) -> bool:
        """Tells whether an indicator is asked for."""
        return not self.indicators or any(fnmatchcase(code, pattern) for pattern in self.indicators)


def years_of(text: str) -> tuple[int, ...]:
    """Gives the years of `2019-2023,2025`. Raises UsageError for what is none."""
    found: set[int] = set()
    for piece in text.split(","):
        match = re.fullmatch(r"\s*(\d{4})(?:\s*[-–]\s*(\d{4}))?\s*", piece)
        if match is None or not 1990 <= int(match[1]) <= int(match[2] or match[1]) <= 2100:
            raise UsageError(f"{piece!r} is no year or span of years; write 2021, 2019-2023 or 2019,2021-2023")
        found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return tuple(sorted(found))


def indicators_of(connection: Connection, selection: Selection) -> list[str]:
    """Gives the codes of the forms that are asked for, each once, part by part, earlier forms first.

    The many of the statistics forms before 2019 are left out where no report was read under one. Raises UsageError for
    a code or pattern that no form has.
    """
    listed = catalogue(connection)
    known = list(dict.fromkeys(code for codes in listed.values() for code in codes))
    for pattern in selection.indicators:
        if not any(fnmatchcase(code, pattern) for code in known):
            raise UsageError(f"no form has an indicator {pattern!r}; `nianbao codebook` lists them")
    used = figures.statistics_used(connection, selection.revision)
    order = sorted(listed, key=lambda key: (figures.PARTS.index(key[0]), key[1]))
    wanted = [key for key in order if key[0] != figures.STATISTICS or key[1] in used]
    return list(dict.fromkeys(code for key in wanted for code in listed[key] if selection.wants(code)))


def chosen(connection: Connection, selection: Selection) -> Iterator[list[Document]]:
    """Gives the documents of a selection in their fixed order, some hundreds at a time, so that memory stays small."""
    ids = ids_of(connection, selection)
    for at in range(0, len(ids), BATCH):
        yield documents.find(connection, selection.revision, ids=ids[at : at + BATCH], as_of=selection.as_of)


def ids_of(connection: Connection, selection: Selection) -> list[int]:
    """Gives the ids of the documents of a selection in their fixed order."""
    own = selection
    return panel.document_ids(connection, own.revision, own.as_of, own.division, own.years)


def rows_of(connection: Connection, selection: Selection) -> int:
    """Gives how many documents a selection has."""
    return len(ids_of(connection, selection))


def readings_of(batch: Sequence[Document]) -> list[int]:
    """Gives the readings of documents."""
    return [document.reading_id for document in batch]
