"""The archive at a glance: four numbers, reports by year, what is new and what was revised."""

from collections import Counter
from dataclasses import dataclass

from archive.records import Connection, holdings
from archive.records.documents import Document
from archive.research.find import revision_or_current

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Overview:
    """How much the archive holds; `years` has the reports of every year from the first to the last."""

    agencies: int
    reports: int
    figures: int
    years: dict[int, int]
    newest: tuple[Document, ...]
    revised: tuple[Document, ...]


def overview(connection: Connection) -> Overview:
    """Gives the archive at a glance, as it is now."""
    revision = revision_or_current(connection, None)
    held, cells = holdings.held(connection), holdings.cells_of(connection)
    years: Counter[int] = Counter()
    for one in held:
        years[one.year] += one.documents
    span = range(min(years), max(years) + 1) if years else ()
    return Overview(
        agencies=holdings.agencies_held(connection),
        reports=years.total(),
        figures=sum(one.documents * cells.get(part, 0) for one in held for part in one.forms.items()),
        years={year: years[year] for year in span},
        newest=tuple(holdings.newest(connection, revision, SHOWN)),
        revised=tuple(holdings.revised(connection, revision, SHOWN)),
    )
