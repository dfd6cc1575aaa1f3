"""Charts: every value has its mark, gaps end the line, series can be told apart without colour."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from archive.web.chart import BOTTOM, DASHES, LEFT, RIGHT, TOP, Given, chart, scale

YEARS = (2019, 2020, 2021, 2022)


def drawn(*points: tuple[int | None, bool]) -> tuple[int, int]:
    """Gives how many stretches and marks one series has."""
    given_points = tuple((None if value is None else Decimal(value), joined) for value, joined in points)
    [series] = chart("c", "t", "d", YEARS, [Given("甲", given_points)], {}).series
    return len(series.paths), len(series.places)


def test_a_gap_is_a_gap_and_a_line_ends_where_it_may_not_go_on() -> None:
    assert drawn((1, False), (2, True), (3, True), (4, True)) == (1, 4)
    assert drawn((1, False), (None, False), (3, False), (4, True)) == (1, 3)
    assert drawn((1, False), (2, True), (3, False), (4, True)) == (2, 4)
    assert drawn((None, False), (2, False), (None, False), (0, False)) == (0, 2)
    assert drawn(*((None, False),) * 4) == (0, 0)


def test_series_differ_in_dash_and_mark_and_all_are_in_the_legend() -> None:
    several = [Given(f"{n}", ((Decimal(n), False),) * 4) for n in range(8)]
    found = chart("c", "t", "d", YEARS, several, {2021: "2021"})
    assert len({(each.dash, each.mark, each.hollow) for each in found.series}) == 8
    assert len(set(DASHES)) == 8
    assert [each.name for each in found.series] == [each.name for each in several]
    assert len({each.legend_y for each in found.series}) == 8
    assert max(each.legend_y for each in found.series) < found.height
    [(label, x)] = found.breaks
    assert (label, float(x)) == ("2021", LEFT + (RIGHT - LEFT) / 2)


@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=20))
def test_the_axis_has_zero_and_every_value(values: list[Decimal]) -> None:
    low, step, count = scale(values)
    assert step > 0
    assert 1 <= count <= 7
    assert low <= min(Decimal(0), *values)
    assert low + step * count >= max(Decimal(0), *values)
    points = tuple((value, False) for value in values)
    found = chart("c", "t", "d", range(2000, 2000 + len(values)), [Given("甲", points)], {})
    assert all(TOP <= float(y) <= BOTTOM for _, y in found.series[0].places)
    assert len(found.years) <= 14
