"""What a comparison is: series of points over years, and how it stands in JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from archive.plain import digits
from archive.read.forms.crosswalk import crossing_of
from archive.read.forms.wording import label_en, labels_zh

FORM_STARTS = {2019: "2019", 2021: "2021"}  # report year from which a statutory form is in use
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Point:
    """A year of a series. `value` None: `status` says why (a cell's status, no report, unit not known, small ratio).

    `joined`: the form is such that the line may go on from the year before. `n` of `expected` agencies stand behind the
    value of a division. A ratio has its numerator and denominator.
    """

    year: int
    status: str
    value: Decimal | None
    forms: tuple[str, ...] = ()
    joined: bool = False
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    n: int | None = None
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One indicator of one agency or division over the years."""

    division: str
    name: str
    indicator: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Series over the same years; `per` is the indicator that each is divided by, `measure` is None for agencies."""

    years: tuple[int, ...]
    indicators: tuple[str, ...]
    per: str | None
    measure: str | None
    series: tuple[Series, ...]

    @property
    def breaks(self) -> dict[int, str]:
        """Gives the years of these from which another statutory form is in use."""
        return {year: form for year, form in FORM_STARTS.items() if year in self.years[1:]}


def comparison_json(comparison: Comparison) -> Json:
    """Gives a comparison; values are digit strings, a ratio with six places beside numerator and denominator."""
    return {
        "years": list(comparison.years),
        "indicators": [indicator_json(code) for code in comparison.indicators],
        "per": indicator_json(comparison.per) if comparison.per else None,
        "measure": comparison.measure,
        "form_breaks": [{"year": year, "form": form} for year, form in comparison.breaks.items()],
        "series": [
            {
                "division": each.division,
                "name": each.name,
                "indicator": each.indicator,
                "points": [point_json(point, comparison) for point in each.points],
            }
            for each in comparison.series
        ],
    }


def indicator_json(code: str) -> Json:
    """Gives what an indicator is called and how it stands to the form of 2021."""
    crossing = crossing_of(code)
    return {
        "code": code,
        "zh": labels_zh()[code],
        "en": label_en(code),
        "crosswalk": crossing and crossing.relation.value,
        "note_zh": crossing and crossing.note_zh,
        "note_en": crossing and crossing.note_en,
    }


def point_json(point: Point, comparison: Comparison) -> Json:
    """Gives a point, with what stands behind it."""
    value = shown(point, comparison)
    plain: Mapping[str, Any] = {"year": point.year, "value": value, "status": point.status, "joined": point.joined}
    if comparison.per:
        return {**plain, "numerator": digits(point.numerator), "denominator": digits(point.denominator)}
    if comparison.measure:
        return {**plain, "n": point.n, "expected": point.expected}
    return {**plain, "form": point.forms[0] if point.forms else None}


def shown(point: Point, comparison: Comparison) -> str | None:
    """Gives the value of a point as digits."""
    if point.value is None:
        return None
    return f"{point.value:.6f}" if comparison.per else digits(point.value)
