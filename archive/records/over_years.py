"""The accounting identities (勾稽关系) over two years: of each report, and the agency's one of the year before."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import CTE, Integer, Select, Subquery, Text, Values, and_, case, column, literal, select, values

from archive.model import Verdict
from archive.records.tables import VERDICT_CODES, documents, figures

FIGURES_OF = ("before", "plus", "minus", "now")  # what an identity over two years is made of
PAIR = ("part", "form", "document_id", "agency_id", "year", "reading_id", "before_id")  # two reports and their table
NOWHERE = 0  # in place of a position, which counts from 1, where an identity has no such cell

Across = Mapping[str, Mapping[str, str]]
"""Identities over two years: code → the cells they take, by FIGURES_OF."""


def over_years(current: CTE, codes: Mapping[tuple[str, str], list[str]], across: Across) -> Select[Any]:
    """Gives the query for the evaluations over two years: of each report, and the agency's one of the year before.

    `before`, plus and less this year's changes, is `now`; evaluated where both forms have the cells. Where these stand
    is worked out here, so that every pair of reports is looked at once, whatever the number of identities.
    """
    at = places(codes, across)
    two = years_apart(current, {cells["now"].partition(".")[0] for cells in across.values()})
    change = {n: case((at.c[n] == NOWHERE, literal(0)), else_=two.c.values_now[at.c[n]]) for n in ("plus", "minus")}
    pairs = (
        select(
            at.c.identity,
            *(two.c[name] for name in PAIR),
            two.c.values_then[at.c.before].label("before"),
            change["plus"].label("plus"),
            change["minus"].label("minus"),
            two.c.values_now[at.c.now].label("right"),
        )
        .join(at, and_(at.c.part == two.c.part, at.c.form == two.c.form, at.c.form_before == two.c.form_before))
        .offset(0)  # so that each array is unpacked once for a value, not once for each time the value is used
        .subquery("pairs")
    )
    left, right = pairs.c.before + pairs.c.plus - pairs.c.minus, pairs.c.right
    verdict = case(
        (left.is_(None) | right.is_(None), VERDICT_CODES[Verdict.NOT_CHECKABLE]),
        (left == right, VERDICT_CODES[Verdict.HOLDS]),
        else_=VERDICT_CODES[Verdict.FAILS],
    )
    return select(
        pairs.c.identity,
        *(pairs.c[name] for name in PAIR),
        verdict.label("verdict"),
        left.label("left"),
        right.label("right"),
    )


def years_apart(current: CTE, parts: Collection[str]) -> Subquery:
    """Gives the query for tables of reports beside those of the agency's report of the year before.

    OFFSET 0 has the two found once for each table: else the planner may look them up again for each identity.
    """
    earlier, then, now = documents.alias("earlier"), figures.alias("then"), figures.alias("now")
    before = current.alias("before")
    return (
        select(
            now.c.part,
            now.c.form,
            then.c.form.label("form_before"),
            documents.c.id.label("document_id"),
            documents.c.agency_id,
            documents.c.year,
            current.c.reading_id,
            before.c.reading_id.label("before_id"),
            then.c["values"].label("values_then"),
            now.c["values"].label("values_now"),
        )
        .join(current, current.c.document_id == documents.c.id)
        .join(now, now.c.reading_id == current.c.reading_id)
        .join(earlier, and_(earlier.c.agency_id == documents.c.agency_id, earlier.c.year == documents.c.year - 1))
        .join(before, before.c.document_id == earlier.c.id)
        .join(then, and_(then.c.reading_id == before.c.reading_id, then.c.part == now.c.part))
        .where(now.c.part.in_(sorted(parts)))
        .offset(0)
        .subquery("years_apart")
    )


def places(codes: Mapping[tuple[str, str], list[str]], across: Across) -> Values:
    """Gives where the cells of identities over two years stand in the arrays, for each pair of forms."""
    columns = ("identity", "part", "form", "form_before")
    rows = []
    for identity, cells in across.items():
        part = cells["now"].partition(".")[0]
        own = {form: listed for (of, form), listed in codes.items() if of == part}
        for form, listed in own.items():
            for form_before, listed_before in own.items():
                if cells["before"] in listed_before and all(cells[n] in listed for n in cells if n != "before"):
                    found = [listed.index(cells[n]) + 1 if n in cells else NOWHERE for n in ("plus", "minus", "now")]
                    rows.append((identity, part, form, form_before, listed_before.index(cells["before"]) + 1, *found))
    typed = [column(name, Text) for name in columns] + [column(name, Integer) for name in FIGURES_OF]
    return values(*typed, name="at").data(rows)
