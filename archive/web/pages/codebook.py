"""The codebook: every indicator, and one with its places, crosswalk, missing values and names in each format."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse

from archive.read.forms import PARTS
from archive.research.codebook.counts import WORDS, ByYear, missing_by_year
from archive.research.codebook.entries import Entry, entries, one_entry
from archive.research.find import revision_or_current
from archive.research.missing import Missing
from archive.web.asking import Archive, Given, Part
from archive.web.errors import or_not_found
from archive.web.listing import Column, Listing, siblings
from archive.web.rendering import render

router = APIRouter()

PartName = Literal["disclosure", "requests", "remedies", "statistics"]

COLUMNS = (
    Column("indicator", "codebook.indicator", href="path"),
    Column("label_zh", "codebook.label_zh", chinese=True),
    Column("label_en", "codebook.label_en"),
    Column("unit", "codebook.unit", chinese=True),
    Column("forms", "codebook.forms"),
    Column("crosswalk", "codebook.crosswalk"),
    Column("short_name", "codebook.short_name"),
)
YEARS = (Column("year", "column.year", number=True), *(Column(word, f"codebook.{word}", number=True) for word in WORDS))


def indicators(
    window: Part,
    q: Annotated[str, Query(max_length=100, description="words of code or label")] = "",
    part: Annotated[PartName | None, Given, Query(description="part of a report")] = None,
) -> Listing:
    """Gives the indicators whose code or label holds all the words."""
    words = q.lower().split()
    found = [each for each in entries() if part in (None, each.part) and holds(each, words)]
    last = None if window.limit is None else window.start + window.limit
    rows = [row_of(each) for each in found[window.start : last]]
    return Listing("codebook", COLUMNS, rows, len(found), window.start, window.limit)


def holds(entry: Entry, words: list[str]) -> bool:
    """Tells whether an entry has all words."""
    text = f"{entry.code} {entry.label_zh} {entry.label_en} {entry.short_name}".lower()
    return all(word in text for word in words)


def row_of(entry: Entry) -> dict[str, Any]:
    """Gives an entry as a row of the list."""
    return {
        "indicator": entry.code,
        "path": f"/codebook/{entry.code}",
        "label_zh": entry.label_zh,
        "label_en": entry.label_en,
        "unit": entry.unit,
        "forms": ", ".join(position.form for position in entry.positions),
        "crosswalk": entry.crossing.relation.value if entry.crossing else None,
        "short_name": entry.short_name,
    }


@router.get("/codebook")
def page(request: Request, listing: Annotated[Listing, Depends(indicators)]) -> HTMLResponse:
    """Gives the list of indicators."""
    return render(request, "codebook.html", {"listing": listing, "parts": PARTS, "query": request.query_params})


siblings(router, "/codebook", indicators)

Code = Annotated[str, Path(max_length=80, description="an indicator, or its short name")]


def entry_of(code: Code) -> Entry:
    """Gives the indicator that a path names."""
    with or_not_found():
        return one_entry(code)


def counted(archive: Archive, entry: Annotated[Entry, Depends(entry_of)]) -> ByYear:
    """Gives how many reports have a number, and how many none for which reason, by year."""
    return missing_by_year(archive, [entry], revision_or_current(archive, None))[entry.code]


def years(entry: Annotated[Entry, Depends(entry_of)], by_year: Annotated[ByYear, Depends(counted)]) -> Listing:
    """Gives the years of an indicator with its reports by reason."""
    rows = [{"year": year, **{word: found.get(word, 0) for word in WORDS}} for year, found in by_year.items()]
    return Listing(entry.short_name, YEARS, rows, len(rows))


siblings(router, "/codebook/{code}", years)  # before the page, whose path takes any name


@router.get("/codebook/{code}")
def indicator(
    request: Request,
    entry: Annotated[Entry, Depends(entry_of)],
    listing: Annotated[Listing, Depends(years)],
) -> HTMLResponse:
    """Gives one indicator."""
    return render(request, "codebook_entry.html", {"entry": entry, "listing": listing, "reasons": list(Missing)})
