"""Comparison: a few agencies or divisions over the years, as charts, tables and files."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from archive.divisions import Table
from archive.errors import UsageError
from archive.read.forms.wording import label_en, labels_zh
from archive.records import Connection
from archive.records.documents import Agency
from archive.research import compare as research
from archive.research.compare import Years
from archive.research.comparison import Comparison, Series, comparison_json, indicator_json, shown
from archive.web.asking import Archive
from archive.web.chart import Chart, Given, chart
from archive.web.conditions import First, Last, Today, Word
from archive.web.labels import label
from archive.web.listing import Column, Listing, siblings
from archive.web.rendering import language_of, render, templates
from archive.web.site import site_of

router = APIRouter()

COLUMNS = (
    Column("division", "column.division"),
    Column("name", "column.agency", chinese=True),
    Column("indicator", "restatements.indicator"),
    Column("per", "compare.per"),
    Column("measure", "compare.measure"),
    Column("year", "column.year", number=True),
    Column("value", "compare.value", number=True),
    Column("status", "compare.status"),
    Column("form", "checks.form"),
    Column("numerator", "compare.numerator", number=True),
    Column("denominator", "compare.denominator", number=True),
    Column("n", "compare.n", number=True),
    Column("expected", "coverage.expected", number=True),
)
USUAL = "requests.received.total"

Names = Annotated[list[Annotated[str, Query(max_length=200)]], Query(max_length=20)]
Codes = Annotated[list[Annotated[str, Query(max_length=120)]], Query(max_length=20)]
Measure = Annotated[str, Query(pattern="^(sum|median)$", description="of divisions")]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be compared; agencies or divisions, not both."""

    agencies: tuple[str, ...]
    divisions: tuple[str, ...]
    indicators: tuple[str, ...]
    per: str | None
    measure: str
    years: Years


def asked(
    agency: Names = [],  # noqa: B006  FastAPI copies it
    division: Names = [],  # noqa: B006
    indicator: Codes = [],  # noqa: B006
    per: Word = None,
    measure: Measure = "sum",
    first: First = None,
    last: Last = None,
) -> Asked:
    """Gives what is to be compared, without fields that were left empty."""
    chosen = [tuple(dict.fromkeys(each for each in many if each)) for many in (agency, division, indicator)]
    for code in (*chosen[2], *([per] if per else [])):
        research.on_some_form(code)
    return Asked(chosen[0], chosen[1], chosen[2] or (USUAL,), per, measure, Years(first, last))


Question = Annotated[Asked, Depends(asked)]


def compared(request: Request, archive: Archive, today: Today, question: Question) -> Comparison | None:
    """Gives the comparison, None where nothing was chosen yet. Raises UsageError for what cannot be compared."""
    return answer(archive, site_of(request).divisions, today, question)


def answer(archive: Connection, table: Table, today: date, question: Asked) -> Comparison | None:
    """Gives the comparison of a question, None where nothing is chosen."""
    if question.divisions:
        research.only_divisions(question.agencies, question.per)
        return research.compare_divisions(
            archive, table, today, question.divisions, question.indicators, question.measure, question.years
        )
    if not question.agencies:
        return None
    return research.compare(archive, question.agencies, question.indicators, question.years, question.per)


Compared = Annotated[Comparison | None, Depends(compared)]


def rows(found: Compared) -> Listing:
    """Gives the comparison, a year of a series in each row."""
    blank = dict.fromkeys(("form", "numerator", "denominator", "n", "expected"))
    values: list[dict[str, Any]] = []
    for series in comparison_json(found)["series"] if found else ():
        own = {name: series[name] for name in ("division", "name", "indicator")}
        more = {"per": found.per, "measure": found.measure} if found else {}
        values += [blank | own | more | point for point in series["points"]]
    return Listing("comparison", COLUMNS, values, len(values))


siblings(router, "/compare", rows)


@router.get("/compare")
def page(
    request: Request, archive: Archive, today: Today, question: Question, add: Word = None, more: Word = None
) -> HTMLResponse:
    """Gives the comparison with a form to choose.

    `add` is the name or code of one agency more, or what the form then asks about; `more` is one indicator more.
    """
    meant = research.agencies_meant(archive, add) if add else []
    if len(meant) == 1:
        question = replace(question, agencies=tuple(dict.fromkeys((*question.agencies, key_of(meant[0])))))
    if more:
        question = replace(
            question, indicators=tuple(dict.fromkeys((*question.indicators, research.on_some_form(more))))
        )
    found = answer(archive, site_of(request).divisions, today, question)
    language = language_of(request)
    values = {
        "question": question,
        "comparison": found,
        "charts": [chart_of(found, code, language) for code in found.indicators] if found else [],
        "add": add if add and len(meant) != 1 else None,
        "meant": meant,
        "key_of": key_of,
        "choosable": research.choosable(),
        "named": words(language),
        "shown": shown,
        "crossing": indicator_json,
        "most": research.MOST,
        "smallest": research.SMALLEST,
        "asked": parameters(question),
    }
    return render(request, "compare.html", values)


@router.get("/compare.svg")
def drawing(request: Request, found: Compared, chart: Word = None) -> Response:
    """Gives the chart of one indicator, the first unless `chart` names another, as a file of its own."""
    if found is None:
        raise UsageError("nothing is compared; name an agency or a division")
    code = chart or found.indicators[0]
    if code not in found.indicators:
        raise UsageError(f"{code!r} is not compared here; there are: {', '.join(found.indicators)}")
    values = {"chart": chart_of(found, code, language_of(request))}
    answer = templates.TemplateResponse(request, "chart.xml", values, media_type="image/svg+xml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'inline; filename="{code}.svg"'
    return answer


def chart_of(found: Comparison, code: str, language: str) -> Chart:
    """Gives the chart of one indicator."""
    title = words(language)(code) + (f" ÷ {words(language)(found.per)}" if found.per else "")
    if found.measure:
        title = f"{label(f'compare.{found.measure}', language)}: {title}"
    breaks = {year: label("compare.break", language, form=form) for year, form in found.breaks.items()}
    several = [series for series in found.series if series.indicator == code]
    given = [
        Given(f"{series.name} ({behind(series)})", tuple((point.value, point.joined) for point in series.points))
        for series in several
    ]
    years = f"{found.years[0]}–{found.years[-1]}" if found.years else "–"
    said = label("compare.description", language, n=len(several), years=years)
    return chart(f"chart-{found.indicators.index(code)}", title, said, found.years, given, breaks)


def behind(series: Series) -> str:
    """Gives how much stands behind a series: years with a value, or agencies of those expected."""
    of = [point for point in series.points if point.n is not None and point.value is not None]
    if not of:
        return f"n={sum(point.value is not None for point in series.points)}"
    low, high = min(point.n or 0 for point in of), max(point.n or 0 for point in of)
    expected = max(point.expected or 0 for point in of)
    return f"n={low}/{expected}" if low == high else f"n={low}–{high}/{expected}"


def key_of(agency: Agency) -> str:
    """Gives what names one agency among all."""
    return f"{agency.division}/{agency.name}"


def words(language: str) -> Callable[[str], str]:
    """Gives what indicators are called in a language."""
    return label_en if language == "en" else labels_zh().__getitem__


def parameters(question: Asked) -> dict[str, Any]:
    """Gives the parameters of the address that asks a question."""
    return {
        "agency": list(question.agencies) or None,
        "division": list(question.divisions) or None,
        "indicator": list(question.indicators),
        "per": question.per,
        "measure": question.measure if question.divisions else None,
        "from": question.years.first,
        "to": question.years.last,
    }
