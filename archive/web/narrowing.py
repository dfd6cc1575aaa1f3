"""What a search is narrowed with: the same parameters for the page, its files and the API."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Annotated, Literal

from fastapi import Depends, Query

from archive.errors import UsageError
from archive.records.filters import Filters
from archive.research.agencies import narrowed
from archive.research.filters import filters_of
from archive.research.search import BOUND, Found, Result, search
from archive.research.terms import Asked, asked, parsed
from archive.web.asking import Archive, Given, Year
from archive.web.conditions import First, Last, Region, Revision, Word

Words = Annotated[str, Query(max_length=400, description='words of the text; "a phrase" and -without are understood')]
Place = Annotated[Literal["text", "agency"], Query(alias="in", description="where the words are looked for")]
Checks = Annotated[Literal["failing", "holding"] | None, Query(description="whether a check of it fails"), Given]
FileType = Annotated[str | None, Query(alias="type", max_length=120, description="html, pdf, docx … or a type"), Given]
Instant = Annotated[datetime | date | None, Query(description="what was captured by then (UTC); a day: its end"), Given]

AT_ONCE = 500  # reports fetched together where all are asked for


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A search as its address asks it; `words` as they were typed."""

    archive: Archive
    words: str
    place: str
    asked: Asked
    filters: Filters
    revision: int | None
    as_of: datetime | None

    def found(self, start: int, limit: int | None) -> Found:
        """Gives a part of the answer. Raises UsageError where it begins beyond the best BOUND of ranked reports."""
        if self.asked.words and start >= BOUND:
            raise UsageError(f"a search for words gives its best {BOUND} reports; narrow it by year or place")
        most = AT_ONCE if limit is None else limit
        if self.asked.words:
            most = min(most, BOUND - start)
        asking = (self.archive, self.asked, self.filters)
        return search(*asking, revision=self.revision, as_of=self.as_of, limit=most, offset=start)

    def results(self, start: int, limit: int | None) -> Iterator[Result]:
        """Gives reports one after another, all that there are where there is no limit."""
        found = self.found(start, limit)
        yield from found.results
        while limit is None and not self.asked.words and found.results:
            start += len(found.results)
            found = self.found(start, None)
            yield from found.results


def narrowing(
    archive: Archive,
    q: Words = "",
    place: Place = "text",
    agency: Word = None,
    region: Region = None,
    year: Year = None,
    first: First = None,
    last: Last = None,
    level: Word = None,
    form: Word = None,
    file_type: FileType = None,
    portal: Word = None,
    checks: Checks = None,
    as_of: Instant = None,
    revision: Revision = None,
) -> Narrowing:
    """Gives what the address asks."""
    filters = filters_of(
        archive,
        agency=agency,
        division=region,
        year=year,
        years=(first, last),
        level=level,
        form=form,
        file_type=file_type,
        portal=portal,
        checks=checks,
    )
    by_words = parsed(q) if place == "text" else asked(())
    if place == "agency":
        filters = narrowed(archive, filters, q)
    return Narrowing(archive, q.strip(), place, by_words, filters, revision, instant(as_of))


def instant(given: datetime | date | None) -> datetime | None:
    """Gives the instant that is meant: the end of a day in UTC where no time is given."""
    if given is None:
        return None
    if not isinstance(given, datetime):
        given = datetime.combine(given, time.max)
    return given.replace(tzinfo=UTC) if given.tzinfo is None else given


Asking = Annotated[Narrowing, Depends(narrowing)]
"""A search with its filters: `def page(asking: Asking)`."""
