"""What one reading can know to be odd: prose against table, and figures that cannot be. Findings, never corrections."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from archive.model import Figure, Issue, Statement
from archive.read.statements import meant

COUNTERPARTS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("prose.requests.received", (("requests.received.total",), ("statistics.requests.received",))),
    ("prose.requests.carried_in", (("requests.carried_in.total",),)),
    ("prose.requests.carried_out", (("requests.carried_out.total",),)),
    ("prose.review.total", (("remedies.review.total",), ("statistics.review.total",))),
    (
        "prose.litigation.total",
        (
            ("remedies.litigation_direct.total", "remedies.litigation_after_review.total"),
            ("statistics.litigation.total",),
        ),
    ),
)
"""A number in the text, and the figures of a table that count the same (added up)."""

REGULATIONS = tuple(
    f"disclosure.regulations.{key}" for key in ("made", "disclosed", "total_disclosed", "issued", "in_force")
)
NO_RULES = re.compile(r".+(?:镇|乡|街道|苏木)|.{2,8}?(?:县|区|旗|自治州)(?!.*政府).+(?:局|委员会|办公室|中心|大队)")
"""Bodies that cannot make 规章: townships, and departments of counties and districts (立法法 §§91, 93)."""
BEGINNING = 40


def prose_against_tables(statements: Iterable[Statement], figures: Mapping[str, Figure]) -> Iterator[Issue]:
    """Gives an issue for each number of the text that a table gives differently."""
    said = {each.indicator: each for each in statements}
    for indicator, tables in COUNTERPARTS:
        statement = said.get(indicator)
        told = meant(statement) if statement else None
        if statement is None or told is None:
            continue
        for codes in tables:
            printed = total(codes, figures)
            if printed is not None and printed != told:
                where = " + ".join(codes)
                message = f"{indicator}: the text says {statement.raw}, the table {printed:f} ({where}): "
                yield Issue("prose-differs", message + statement.context[:BEGINNING])


def total(codes: Iterable[str], figures: Mapping[str, Figure]) -> Decimal | None:
    """Gives the sum of figures, None where one is no number."""
    values = [figures[code].value if code in figures else None for code in codes]
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None


def implausible(agency: str | None, figures: Mapping[str, Figure]) -> Iterator[Issue]:
    """Gives an issue where a body that cannot make 规章 reports some."""
    if not agency or agency.startswith("国家") or not NO_RULES.fullmatch(agency):
        return
    for code in REGULATIONS:
        value = figures[code].value if code in figures else None
        if value:
            yield Issue("implausible", f"{code} is {value:f}, but {agency} is no body that can make 规章")
