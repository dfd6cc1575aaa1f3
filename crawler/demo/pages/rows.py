"""The rows of a column: reports and noise together, newest first."""

from dataclasses import dataclass
from datetime import date

from crawler.demo import plan


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list page."""

    title: str
    published: date
    path: str
    source: str


def rows(portal: str, column: str, night: int) -> list[Row]:
    """Gives the rows of a column on a night, newest first."""
    name = plan.PORTALS[portal]
    reports = [
        Row(entry.title, entry.published, entry.moved_from or entry.page, plan.agencies()[entry.agency].office)
        for entry in plan.present(night)
        if (entry.portal, entry.column) == (portal, column)
    ]
    noise = [
        Row(row.title, row.published, row.path, f"{name}办公室")
        for row in plan.noise()
        if (row.portal, row.column) == (portal, column)
    ]
    return sorted(reports + noise, key=lambda row: (row.published, row.path), reverse=True)


def pages(rows: list[Row], size: int) -> list[list[Row]]:
    """Gives the rows cut into pages."""
    return [rows[start : start + size] for start in range(0, len(rows), size)]
