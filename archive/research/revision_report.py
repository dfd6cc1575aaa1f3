"""The effect of a revision as JSON, and as a page that a maintainer reads."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from archive.model import Figure, Verdict
from archive.plain import check_json, digits
from archive.records.comparison import Pair
from archive.research.revisions import Cell, Change, Effect, Rate, Stand, Verdicts

Json = dict[str, Any]

GROUPS: dict[str, Callable[[Cell], str]] = {
    "indicator": lambda cell: cell.indicator,
    "form": lambda cell: cell.form or "",
    "portal": lambda cell: cell.pair.portal,
    "media-type": lambda cell: cell.pair.media_type or "",
}
"""What the cells can be counted by."""

PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def effect_json(found: Effect, by: str | None = None, sample: int | None = None) -> Json:
    """Gives an effect; with `sample` at most so many cells of each kind and group, the counts are of all."""
    group = GROUPS[by or "indicator"]
    sides = {change: found.of(change) for change in Change}
    turned = {verdict: [one for one in found.verdicts if turns(one) is verdict] for verdict in Verdict}
    return {
        "from": found.old,
        "to": found.new,
        "counts": {change.value: len(cells) for change, cells in sides.items()},
        **({"by": by, "groups": counts(found.cells, group)} if by else {}),
        **{change.value: [cell_json(cell) for cell in some(cells, group, sample)] for change, cells in sides.items()},
        "checks": {
            "newly_holding": [verdicts_json(one) for one in turned[Verdict.HOLDS]],
            "newly_failing": [verdicts_json(one) for one in turned[Verdict.FAILS]],
            "no_longer_checkable": [verdicts_json(one) for one in turned[Verdict.NOT_CHECKABLE]],
            "rates": [rate_json(rate) for rate in found.rates],
        },
        "documents": [moved_json(pair) for pair in found.moved],
        "overrides": [stand_json(stand) for stand in found.overrides],
    }


def turns(one: Verdicts) -> Verdict:
    """Gives what an identity turned into."""
    return Verdict.NOT_CHECKABLE if one.new is None else one.new.verdict


def counts(cells: Iterable[Cell], group: Callable[[Cell], str]) -> list[Json]:
    """Gives how many cells of each group were gained, lost and changed, the most first."""
    found = Counter((group(cell), cell.change) for cell in cells)
    total = Counter(group(cell) for cell in cells)
    return [
        {"name": name, **{change.value: found[name, change] for change in Change}}
        for name, _ in sorted(total.items(), key=lambda item: (-item[1], item[0]))
    ]


def some(cells: Sequence[Cell], group: Callable[[Cell], str], sample: int | None) -> list[Cell]:
    """Gives at most `sample` cells of each group, in their order; all without it."""
    met: Counter[str] = Counter()
    chosen = []
    for cell in cells:
        met[group(cell)] += 1
        if sample is None or met[group(cell)] <= sample:
            chosen.append(cell)
    return chosen


def cell_json(cell: Cell) -> Json:
    """Gives a cell with both sides and its place."""
    return {
        "indicator": cell.indicator,
        "form": cell.form,
        "old": side_json(cell.old),
        "new": side_json(cell.new),
        **provenance_json(cell.pair),
    }


def side_json(figure: Figure | None) -> Json | None:
    """Gives one side of a cell, None where the revision has no such cell."""
    if figure is None:
        return None
    return {"status": figure.status.value, "value": digits(figure.value), "raw": figure.raw, "unit": figure.unit}


def provenance_json(pair: Pair) -> Json:
    """Gives whose report it is and where its bytes lie."""
    return {
        "division": pair.division,
        "agency": pair.agency,
        "year": pair.year,
        "portal": pair.portal,
        "url": pair.url,
        "place": pair.place,
        "media_type": pair.media_type,
        "sha256": pair.sha256,
        "warc_file": pair.warc_file,
        "offset": pair.warc_offset,
        **({"error": pair.new_error} if pair.new_error else {}),
    }


def verdicts_json(one: Verdicts) -> Json:
    """Gives an identity that comes out otherwise in a report."""
    sides = {name: None if check is None else check_json(check) for name, check in (("old", one.old), ("new", one.new))}
    return {"identity": one.identity, **sides, **provenance_json(one.pair)}


def rate_json(rate: Rate) -> Json:
    """Gives how often an identity comes out how."""
    sides = {"old": rate.old, "new": rate.new}
    return {"identity": rate.identity} | {
        name: {verdict.value: side.get(verdict, 0) for verdict in Verdict} for name, side in sides.items()
    }


def moved_json(pair: Pair) -> Json:
    """Gives a report whose agency or year is another."""
    return {
        "old": {"agency": pair.old_agency, "year": pair.old_year},
        "new": {"agency": pair.new_agency, "year": pair.new_year},
        **provenance_json(pair),
    }


def stand_json(stand: Stand) -> Json:
    """Gives how a correction stands to what is read."""
    one = stand.override
    return {
        "division": one.division,
        "agency": one.agency,
        "year": one.year,
        "indicator": one.indicator,
        "value": digits(one.value),
        "note": one.note,
        "author": one.author,
        "old": side_json(stand.old),
        "new": side_json(stand.new),
        "says": stand.says,
        "moved": stand.moved,
    }


def page(found: Effect, by: str, sample: int) -> str:
    """Gives the effect as one HTML page that needs no other file; whatever reports say is escaped."""
    told = effect_json(found, by, sample)
    rates = [(rate, rate_json(rate)) for rate in found.rates if rate.old != rate.new]
    return PAGES.get_template("revisions.html").render(told=told, sample=sample, rates=rates)
