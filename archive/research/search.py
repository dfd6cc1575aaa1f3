"""Search: which reports hold the words, the best first, with passages, and how they are spread.

What is ranked is bounded: at most BOUND candidates, of agencies named so first, then the newest years. Where more may
answer, `truncated` says so and `total` is how many of the candidates do: "more than 870". Rules of the ranking:
docs/search.md.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.records import Connection, documents, searching
from archive.records.documents import Document
from archive.records.filters import Filters, Scope
from archive.records.search_statements import By
from archive.records.searching import Counted, Hit
from archive.research.document import identity_json
from archive.research.find import revision_or_current
from archive.research.passages import Passage, passages_of
from archive.research.terms import Asked

BOUND = 300  # texts that are unpacked and looked through for one answer
COMMON = 0.25  # a word in so many of the texts is found sooner by looking at them than by the index
FEW = 2_000  # texts whose documents are all fetched sooner than the newest of them are met with
WINDOW = 12_000  # characters of a text that are looked through for passages
USUAL = 3000  # characters of a usual report
FACETS = ("year", "province", "level", "form", "type", "checks")
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Result:
    """A report that answers; `counts` tells how often each of the words stands in it."""

    document: Document
    failing: bool
    counts: tuple[int, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A part of the answer, with what is said of the whole.

    `facets` gives for `year`, `province`, `level`, `form`, `type` and `checks` how many reports have each value, the
    most frequent first; of what was counted in `total`.
    """

    results: tuple[Result, ...]
    total: int
    truncated: bool
    facets: dict[str, dict[str, int]]


def search(
    connection: Connection,
    asked: Asked,
    filters: Filters | None = None,
    *,
    revision: int | None = None,
    as_of: datetime | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Found:
    """Gives the reports that pass the filters and hold the words: from `offset`, at most `limit`.

    Without words all that pass, by division, agency and year. Raises UsageError for a revision that answers nothing.
    """
    scope = Scope(connection, revision_or_current(connection, revision), as_of, filters or Filters())
    if not asked.words:
        return browsed(scope, limit, offset)
    searching.prepare(connection)
    words, without = ([word.written for word in some] for some in (asked.words, asked.without))
    ids, truncated = candidates(scope, words, max(BOUND, offset + limit))
    hits = sorted(searching.verified(scope, ids, words, without), key=lambda hit: rank(hit, words))
    page = hits[offset : offset + limit]
    return Found(results(scope, page, words), len(hits), truncated, facets(map(counted_once, hits)))


def candidates(scope: Scope, words: Sequence[Sequence[str]], most: int) -> tuple[list[int], bool]:
    """Gives the documents to look at, and whether there are more that may hold the words."""
    by = found_by(scope.connection, words)
    found = searching.candidates(scope, words, by=by, named=False, most=most + 1)
    if len(found) <= most:
        return found, False
    if searching.name_agencies(scope.connection, words):
        found = [*searching.candidates(scope, words, by=by, named=True, most=most // 2), *found]
    return list(dict.fromkeys(found))[:most], True


def found_by(connection: Connection, words: Sequence[Sequence[str]]) -> By:
    """Gives the quickest way to the candidates for words as frequent as these are."""
    expected = searching.expected(connection, words)
    if expected.share >= COMMON:
        return By.NEWEST
    if expected.texts >= FEW:
        return By.YEARS
    return By.TEXTS if searching.are_few(connection, words, FEW) else By.YEARS


def rank(hit: Hit, words: Sequence[Sequence[str]]) -> tuple[int, float, int, str, str]:
    """Gives what hits are ordered by: words in title or agency, then how much of the text they are, then the year."""
    head = f"{hit.agency}\n{hit.title or ''}"
    named = sum(any(way in head for way in ways) for ways in words)
    weight = sum(count / (count + 1 + hit.length / USUAL) for count in hit.counts)
    return -named, -weight, -hit.year, hit.division, hit.agency


def browsed(scope: Scope, limit: int, offset: int) -> Found:
    """Gives the documents that pass the filters, in the order of a catalogue."""
    page = searching.browsed(scope, limit, offset)
    counted = searching.counted(scope)
    return Found(results(scope, page, ()), sum(one.documents for one in counted), False, facets(counted))


def results(scope: Scope, hits: Sequence[Hit], words: Sequence[Sequence[str]]) -> tuple[Result, ...]:
    """Gives the reports of hits, in their order, with passages."""
    ids = [hit.document_id for hit in hits]
    found = documents.find(scope.connection, scope.revision, ids=ids, as_of=scope.as_of) if ids else []
    by_id = {document.id: document for document in found}
    ways = [way for written in words for way in written]
    readings = [document.reading_id for document in found]
    texts = searching.bodies(scope.connection, readings, ways, WINDOW) if ways else {}
    return tuple(
        Result(document, hit.failing, hit.counts, besides_title(passages_of(text, words), hit.title))
        for hit in hits
        for document in (by_id[hit.document_id],)
        for text in (texts.get(document.reading_id, ""),)
    )


def besides_title(passages: Sequence[Passage], title: str | None) -> tuple[Passage, ...]:
    """Gives passages without those that only repeat the title, unless there are no others."""
    others = tuple(one for one in passages if one.text.strip() != (title or "").strip())
    return others or tuple(passages)


def facets(counted: Iterable[Counted]) -> dict[str, dict[str, int]]:
    """Gives how many reports have each value of what a search can be narrowed by, the most frequent first."""
    tallies: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for one in counted:
        tallies["year"][str(one.year)] += one.documents
        tallies["province"][one.province] += one.documents
        tallies["level"][one.level or UNKNOWN] += one.documents
        for form in one.forms:
            tallies["form"][form] += one.documents
        tallies["type"][one.media_type or UNKNOWN] += one.documents
        tallies["checks"]["failing" if one.failing else "holding"] += one.documents
    return {name: dict(sorted(tally.items(), key=lambda item: (-item[1], item[0]))) for name, tally in tallies.items()}


def counted_once(hit: Hit) -> Counted:
    """Gives a hit as what is counted."""
    return Counted(hit.year, hit.code[:2], hit.level, hit.media_type, hit.forms, hit.failing, 1)


def result_json(result: Result) -> dict[str, Any]:
    """Gives a report that answers; `hits` tells how often each word stands in it, marks count characters from 0."""
    return identity_json(result.document) | {
        "media_type": result.document.media_type,
        "forms": result.document.forms,
        "checks_failing": result.failing,
        "hits": list(result.counts),
        "passages": [
            {
                "text": one.text,
                "marks": [list(mark) for mark in one.marks],
                "section": one.section,
                "cut": list(one.cut),
            }
            for one in result.passages
        ],
    }
