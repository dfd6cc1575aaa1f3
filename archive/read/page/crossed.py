"""Table 3 without rules: labelled rows crossed with seven columns of applicants."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from archive.read.forms.catalogue import forms
from archive.read.forms.labels import EXACT_BELOW, normal
from archive.read.page.labelled import Label, known
from archive.read.page.labelled_grid import Span, caption, cells_of, table
from archive.read.page.model import Region
from archive.read.page.places import columns_of, leanings, rows_of
from archive.read.page.runs import Run
from archive.read.page.scene import BLANK_CELL, Draft, Scene, clusters, figures_in, strangers_in

KEYS = tuple(column.key for column in forms()["2021"].requests.columns)
GROUPS = {row.key: row.group for form in forms().values() for row in form.requests.rows if row.group}
LABEL_COLUMNS = 3
GAP = 3.5
"""Gap in em between the two lines of the header row."""
ENOUGH = 4
"""Headers that, side by side, make a table one of this kind."""
FEWEST = 3
"""Rows of the form that a table must have."""
THREE = "other"
"""The row 其他处理, which is a group of three rows in the later form."""


@dataclass(frozen=True, slots=True)
class Body:
    """A table's labels, its header from left to right, its rows, what stands among them, and its figures."""

    own: Sequence[Label]
    heads: Sequence[Label]
    rows: Sequence[Label]
    strange: Sequence[Label]
    figures: Sequence[Run]


def crossed(scene: Scene) -> Iterator[Draft]:
    """Gives the tables 3 of a strip."""
    for stretch in scene.stretches(("applicant", "request", "group", "head")):
        heads = heads_in(stretch)
        if not heads:
            continue
        for start, stop in tables_in(heads, stretch):
            own = [label for label in stretch if start <= label.middle < stop]
            if draft := read(scene, own, [zone for zone in heads if start <= zone[0].middle < stop]):
                yield draft


def heads_in(stretch: Sequence[Label]) -> list[list[Label]]:
    """Gives the complete header rows, each from left to right."""
    named = [label for label in stretch if "applicant" in label.keys]
    made = []
    for zone in clusters([label for label in named if len(normal(label.text)) >= EXACT_BELOW], GAP):
        if len({label.keys["applicant"] for label in zone}) < ENOUGH:
            continue
        top, bottom, left = min(x.y0 for x in zone), max(x.y1 for x in zone), min(x.x0 for x in zone)
        size = zone[0].runs[0].em
        beside = [x for x in named if top - size <= x.middle <= bottom + size and x.x0 >= left]
        if sorted(label.keys["applicant"] for label in beside) == sorted(KEYS):
            made.append(sorted(beside, key=lambda label: label.x0))
    return made


def tables_in(heads: Sequence[Sequence[Label]], stretch: Sequence[Label]) -> list[tuple[float, float]]:
    """Gives from where to where each table reaches: a head printed again on the next page starts no new one."""
    starts: list[float] = []
    seen: set[str] = set()
    for place, zone in enumerate(heads):
        top = min(label.y0 for label in zone)
        stop = min((label.y0 for label in heads[place + 1]), default=0.0) if place + 1 < len(heads) else float("inf")
        rows = {label.keys["request"] for label in rows_in(stretch, zone) if top <= label.y0 < stop}
        if not starts or rows & seen:
            starts.append(top)
            seen = set()
        seen |= rows
    above = [0.0] + [max(x.y1 for x in stretch if x.y0 < start and "request" in x.keys) for start in starts[1:]]
    return list(zip(above, [*above[1:], float("inf")], strict=True))


def rows_in(stretch: Sequence[Label], zone: Sequence[Label]) -> list[Label]:
    """Gives the labels of rows, left of the columns and below the head, exact ones before misprinted ones.

    Half a label of a group (予公开) may look like another row, misprinted.
    """
    left, bottom = zone[0].x0, max(label.y1 for label in zone)
    rows = [x for x in stretch if "request" in x.keys and x.x0 < left and x.middle > bottom]
    keys = {label.keys["request"] for label in rows}
    grouped = {key for key, group in GROUPS.items() if group and normal(group) == normal("其他处理")}
    exact = {x.keys["request"] for x in rows if normal(x.text) in known().whole["request"]}
    return [
        x
        for x in rows
        if not (x.keys["request"] == THREE and keys & grouped)
        and (x.keys["request"] not in exact or normal(x.text) in known().whole["request"])
    ]


def read(scene: Scene, own: Sequence[Label], heads: Sequence[Sequence[Label]]) -> Draft | None:
    """Gives one table, None where it has too few rows."""
    zone = heads[0]
    rows = rows_in(own, zone)
    if len({row.keys["request"] for row in rows}) < FEWEST:
        return None
    bottom = max(row.y1 for row in rows)
    headed = [(min(x.y0 for x in each), max(x.y1 for x in each)) for each in heads]
    figures = figures_in(scene, rows, headed, bottom)
    strange = strangers_in(scene, rows, headed, bottom, figures)
    top = min(label.y0 for label in own if label.middle <= headed[0][1] or label in zone)
    span = scene.lines(top, max([bottom, *(figure.middle for figure in figures)]))
    return Draft(leanings(figures, zone), partial(region, Body(own, zone, rows, strange, figures), span))


def region(body: Body, span: tuple[int, int], sides: Sequence[float]) -> Region:
    """Gives the region of one table."""
    columns = columns_of(body.figures, body.heads, sides)
    cells = cells_of(body.figures, rows_of(body.figures, body.rows, body.strange), columns)
    filled = {row for row, _ in cells}
    labels = [*body.rows, *body.strange]
    made = [head(body.own, body.heads)]
    used: set[str] = set()
    for n in sorted(range(len(labels)), key=lambda n: labels[n].y0):
        if n < len(body.rows) or n in filled:
            values = [Span(cells.get((n, column), BLANK_CELL)) for column in range(len(KEYS))]
            made.append([*captions(labels[n], body.own, used), *values])
    return Region(*span, table(made))


def head(own: Sequence[Label], zone: Sequence[Label]) -> list[Span]:
    """Gives the head as one row: the corner over the label columns, then the columns."""
    corner = next((x for x in own if "head" in x.keys and x.x1 <= zone[0].x0), None)
    return [caption(corner, LABEL_COLUMNS), *map(caption, zone)]


def captions(label: Label, own: Sequence[Label], used: set[str]) -> list[Span]:
    """Gives the label cells of a row: before the first of a group's, the group's own label."""
    group = GROUPS.get(label.keys.get("request", ""))
    printed = next((x for x in own if group and x.keys.get("group") == group), None)
    if group is None or printed is None or group in used:
        return [caption(label, LABEL_COLUMNS)]
    used.add(group)
    return [caption(printed, 2), caption(label, LABEL_COLUMNS - 2)]
