"""The truth about the demo portals: what a crawl of a night must find, and what the nights change."""

from collections.abc import Mapping
from dataclasses import dataclass

from crawler.demo import plan
from crawler.demo.layout import Figures, Form
from crawler.demo.report import form, printed

FORMATS = {"html": "html", "word-html": "html", "docx": "docx", "txt-cells": "txt", "txt-tabs": "txt"}


@dataclass(frozen=True, slots=True)
class Planted:
    """A report that stands on a portal.

    `path` is where the report itself lies and `page` what the list row finally leads to (the same, unless the
    report hangs below an article); `rendition` is the path of a second copy of the same report.
    """

    portal: str
    agency: str
    year: int
    form: Form
    format: str  # html | docx | txt
    path: str
    page: str
    rendition: str | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class Correction:
    """A report that changed at its URL: indicator → (before, after)."""

    before: Planted
    after: Planted
    figures: Mapping[str, tuple[str | None, str | None]]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a night shows that the night before did not."""

    corrected: tuple[Correction, ...] = ()
    withdrawn: tuple[Planted, ...] = ()
    added: tuple[Planted, ...] = ()


def expected(night: int) -> tuple[Planted, ...]:
    """Gives every report that a crawl of that night can reach, in the order of the plan."""
    return tuple(_planted(entry, night) for entry in plan.present(night))


def changes(night: int) -> Changes:
    """Gives what differs from the night before; nothing for night 1 and from night 3 on."""
    before = {(one.agency, one.year): one for one in expected(night - 1)} if night > 1 else {}
    after = {(one.agency, one.year): one for one in expected(night)}
    if not before:
        return Changes()
    both = [(one, after[key]) for key, one in before.items() if key in after]
    return Changes(
        corrected=tuple(_correction(old, new) for old, new in both if old.figures != new.figures),
        withdrawn=tuple(one for key, one in before.items() if key not in after),
        added=tuple(one for key, one in after.items() if key not in before),
    )


def _planted(entry: plan.Entry, night: int) -> Planted:
    return Planted(
        portal=entry.portal,
        agency=entry.agency,
        year=entry.year,
        form=form(entry),
        format="html" if entry.body else FORMATS[entry.style],
        path=entry.path,
        page=entry.page,
        rendition=entry.file if entry.body else None,
        figures=printed(entry, night),
    )


def _correction(old: Planted, new: Planted) -> Correction:
    moved = {code: (old.figures[code], new.figures[code]) for code in old.figures}
    return Correction(old, new, {code: pair for code, pair in moved.items() if pair[0] != pair[1]})
