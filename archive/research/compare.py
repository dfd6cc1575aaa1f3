"""Comparison over years: agencies cell by cell, divisions as sums and medians; a gap stays a gap, never a zero."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from archive.divisions import Table, named, trimmed
from archive.errors import UsageError
from archive.model import Status
from archive.read.forms.crosswalk import Relation, crossing_of
from archive.read.forms.wording import labels_zh
from archive.records import Connection, documents, series
from archive.records.documents import Agency
from archive.records.series import Cell, Summed
from archive.research.comparison import FORM_STARTS, Comparison, Point, Series
from archive.research.coverage import expected_in
from archive.research.find import one_agency, revision_or_current
from archive.research.places import division_code
from archive.research.similar import on_a_form

MOST = 8  # agencies or divisions, and indicators
SMALLEST = 5  # a ratio over less is not shown
MEASURES = ("sum", "median")
NO_REPORT, NO_UNIT, SMALL = "no_report", "no_unit", "small_denominator"


@dataclass(frozen=True, slots=True)
class Years:
    """The years that are asked for; None is open."""

    first: int | None = None
    last: int | None = None


def compare(
    connection: Connection,
    agencies: Sequence[str],
    indicators: Sequence[str],
    years: Years = Years(),
    per: str | None = None,
    revision: int | None = None,
) -> Comparison:
    """Gives indicators of agencies (each a name, a code or `code/name`) over the years.

    Raises UsageError for an agency or indicator that is not known, and for more than MOST.
    """
    codes = asked(agencies, indicators, per)
    bodies = list(dict.fromkeys(one_agency(connection, name) for name in agencies))
    under = revision_or_current(connection, revision)
    ids = [body.id for body in bodies]
    held = series.held(connection, under, ids)
    found = {(cell.agency_id, cell.year, cell.indicator): cell for cell in series.cells(connection, under, ids, codes)}
    span = span_of((year for _, year in held), years)

    def points(body: Agency, code: str) -> Iterable[Point]:
        last: tuple[Cell, ...] | None = None
        for year in span:
            used = tuple(found.get((body.id, year, each)) for each in ((code, per) if per else (code,)))
            whole = tuple(cell for cell in used if cell is not None)
            point = point_of(year, whole, len(used), (body.id, year) in held)
            yield joined_to(point, whole, last)
            last = whole if point.value is not None else None

    rows = [
        Series(b.division, b.name, code, tuple(points(b, code))) for code in dict.fromkeys(indicators) for b in bodies
    ]
    return Comparison(span, tuple(dict.fromkeys(indicators)), per, None, tuple(rows))


def compare_divisions(
    connection: Connection,
    table: Table,
    today: date,
    divisions: Sequence[str],
    indicators: Sequence[str],
    measure: str = "sum",
    years: Years = Years(),
    revision: int | None = None,
) -> Comparison:
    """Gives the sum or median of indicators over the agencies of divisions, with n of the N expected to report."""
    if measure not in MEASURES:
        raise UsageError(f"divisions are compared by {' or '.join(MEASURES)}, not by {measure!r}")
    codes = asked(divisions, indicators, None)
    under = revision_or_current(connection, revision)
    places = [code for each in dict.fromkeys(divisions) if (code := division_code(each))]
    found = {place: series.summed(connection, under, place, codes, years.first, years.last) for place in places}
    span = span_of((each.year for some in found.values() for each in some), years)
    rows = []
    for place in places:
        expected = expected_in(connection, table, today, place, under)
        by_key = {(each.year, each.indicator): each for each in found[place]}
        for code in dict.fromkeys(indicators):
            points = [sum_of(year, by_key.get((year, code)), measure, expected[year]) for year in span]
            rows.append(Series(place, place_name(table, place), code, tuple(joined_sums(code, points))))
    order = {code: number for number, code in enumerate(indicators)}
    rows.sort(key=lambda row: order[row.indicator])
    return Comparison(span, tuple(dict.fromkeys(indicators)), None, measure, tuple(rows))


def agencies_meant(connection: Connection, name: str) -> list[Agency]:
    """Gives the agency that a name or code means, or all that it may mean; none where it means none."""
    found = documents.agencies_named(connection, name)
    exact = [agency for agency in found if agency.name == name.rpartition("/")[2]]
    return exact if len(exact) == 1 else found


def choosable() -> dict[str, list[str]]:
    """Gives the indicators that can be compared, by part, in the order of the forms, the newest first."""
    found: dict[str, list[str]] = {}
    for code in labels_zh():
        found.setdefault(code.partition(".")[0], []).append(code)
    return found


def on_some_form(code: str) -> str:
    """Gives an indicator's code. Raises UsageError for one that no form has, naming those like it."""
    on_a_form("indicator", code, labels_zh(), "nianbao codebook")
    return code


def only_divisions(agencies: Sequence[str], per: str | None) -> None:
    """Raises UsageError where divisions are to be compared together with agencies, or as ratios."""
    if agencies:
        raise UsageError("compare agencies or divisions, not both at once")
    if per:
        raise UsageError("divisions are compared by sum or median; a ratio is for agencies")


def asked(names: Sequence[str], indicators: Sequence[str], per: str | None) -> list[str]:
    """Gives the indicators to ask for. Raises UsageError for none, too many, or one that no form has."""
    for many, what in ((names, "agencies or divisions"), (indicators, "indicators")):
        if not 1 <= len(set(many)) <= MOST:
            raise UsageError(f"compare 1 to {MOST} {what}, not {len(set(many))}")
    return [on_some_form(code) for code in (*dict.fromkeys(indicators), *([per] if per else []))]


def span_of(held: Iterable[int], years: Years) -> tuple[int, ...]:
    """Gives the years of a comparison: those asked for, else from the first report to the last."""
    found = sorted(held)
    first = years.first if years.first is not None else (found[0] if found else None)
    last = years.last if years.last is not None else (found[-1] if found else None)
    return () if first is None or last is None else tuple(range(first, last + 1))


def point_of(year: int, used: Sequence[Cell], needed: int, held: bool) -> Point:
    """Gives a year of an agency's series from the cells of the indicator and of what it is divided by."""
    forms = tuple(cell.form for cell in used)
    missing = next((cell.status.value for cell in used if cell.status is not Status.NUMBER), None)
    if not held:
        return Point(year, NO_REPORT, None)
    if len(used) < needed:
        return Point(year, Status.NOT_ON_FORM.value, None, forms)
    if missing or any(cell.value is None for cell in used):
        return Point(year, missing or NO_UNIT, None, forms)
    values = [cell.value for cell in used if cell.value is not None]
    if needed == 1:
        return Point(year, Status.NUMBER.value, values[0], forms)
    above, below = values
    if below < SMALLEST:
        return Point(year, SMALL, None, forms, numerator=above, denominator=below)
    return Point(year, Status.NUMBER.value, above / below, forms, numerator=above, denominator=below)


def joined_to(point: Point, used: Sequence[Cell], before: Sequence[Cell] | None) -> Point:
    """Gives a point that knows whether it may be joined to the year before: both numbers, on comparable forms."""
    joined = (
        point.value is not None
        and before is not None
        and all(comparable(now.indicator, then.form, now.form) for then, now in zip(before, used, strict=True))
    )
    return replace(point, joined=joined)


def comparable(code: str, one: str, other: str) -> bool:
    """Tells whether an indicator may be set against itself on two forms, as the crosswalk says."""
    if one == other:
        return True
    crossing = crossing_of(code)
    return crossing is not None and crossing.relation is Relation.COMPARABLE


def sum_of(year: int, found: Summed | None, measure: str, expected: int) -> Point:
    """Gives a year of a division's series."""
    if found is None:
        return Point(year, NO_REPORT, None, n=0, expected=expected)
    value = found.sum if measure == "sum" else found.median
    status = Status.NUMBER.value if value is not None else NO_REPORT
    return Point(year, status, value, n=found.numbers, expected=expected)


def joined_sums(code: str, points: Iterable[Point]) -> Iterable[Point]:
    """Gives a division's points, joined unless a value is missing or a form that is not comparable begins."""
    crossing = crossing_of(code)
    goes_on = crossing is not None and crossing.relation is Relation.COMPARABLE
    known = False
    for point in points:
        joined = known and point.value is not None and (goes_on or point.year not in FORM_STARTS)
        known = point.value is not None
        yield replace(point, joined=joined)


def place_name(table: Table, code: str) -> str:
    """Gives the name of a division, its code where nobody knows it."""
    found = named(table, code if len(code) in (6, 12) else code.ljust(6, "0"))
    return found.name if found else trimmed(code)
