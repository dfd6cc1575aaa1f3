"""The statutory tables as they are printed: header cells with their spans and the indicator that stands in each cell.

Made from the forms alone (archive/read/forms/*.toml); a report's figures are put in by their codes. Header cells have
ids and every figure names its headers, so that three levels of heads can be told apart without seeing them.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from archive.read.forms import forms
from archive.read.forms.catalogue import Block, Crossed, Disclosure, Label
from archive.read.forms.statistics_form import code, statistics_forms

TITLES = {
    "disclosure": "主动公开政府信息情况",
    "requests": "收到和处理政府信息公开申请情况",
    "remedies": "政府信息公开行政复议、行政诉讼情况",
    "statistics": "政府信息公开情况统计",
}
ARTICLES = {
    "regulations": "第二十条第（一）项",
    "licensing": "第二十条第（五）项",
    "penalties": "第二十条第（六）项",
    "fees": "第二十条第（八）项",
    "procurement": "第二十条第（九）项",
}
"""What a block of table 2 is headed with, by the key of its first row."""

BALANCE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


@dataclass(frozen=True, slots=True)
class Laid:
    """A cell: a head with `scope` and `id`, or with `code` the place of an indicator's figure under `headers`."""

    text: str = ""
    code: str | None = None
    rows: int = 1
    columns: int = 1
    scope: str | None = None
    id: str = ""
    headers: tuple[str, ...] = ()
    depth: int = 0


Line = tuple[Laid, ...]


@dataclass(frozen=True, slots=True)
class LaidTable:
    """One table of a form; `bodies` are groups of rows, table 2 has one for each heading."""

    part: str
    form: str
    title: str
    head: tuple[Line, ...]
    bodies: tuple[tuple[Line, ...], ...]


def laid_out(part: str, form: str, printed: Collection[str] | None = None) -> LaidTable:
    """Gives a table of a form as it is printed.

    `printed` names the indicators that a table of statistics has (its form is that of several years together).
    """
    return statistics(form, printed) if part == "statistics" else table_of(part, form)


@cache
def table_of(part: str, form: str) -> LaidTable:
    """Gives one of the three tables that reports have since 2019."""
    tables = forms()[form]
    if part == "disclosure":
        return disclosure(form, tables.disclosure)
    return requests(form, tables.requests) if part == "requests" else remedies(form, tables.remedies)


def disclosure(form: str, table: Disclosure) -> LaidTable:
    """Gives table 2: blocks, each with its own heads, over as many columns as the widest has."""
    labels = {column.key: column for column in table.columns}
    width = max(len(block.columns) for block in table.blocks)
    bodies = [
        tuple(disclosure_block(number, block, labels, width, table.corner))
        for number, block in enumerate(table.blocks, 1)
    ]
    return LaidTable("disclosure", form, TITLES["disclosure"], (), tuple(bodies))


def disclosure_block(number: int, block: Block, labels: dict[str, Label], width: int, corner: str) -> Iterator[Line]:
    """Gives the rows of a block: its article, its heads, its figures."""
    own = f"disclosure-{number}"
    yield (Laid(ARTICLES[block.rows[0].key], columns=width + 1, scope="colgroup", id=own),)
    spans = shared(width, len(block.columns))
    heads = [
        Laid(labels[key].label, columns=span, scope="col", id=f"{own}-{key}")
        for key, span in zip(block.columns, spans, strict=True)
    ]
    yield (Laid(corner, scope="col", id=f"{own}-corner"), *heads)
    for row in block.rows:
        line = f"{own}-{row.key}"
        cells = [
            Laid(code=f"disclosure.{row.key}.{key}", columns=span, headers=(own, f"{own}-{key}", line))
            for key, span in zip(block.columns, spans, strict=True)
        ]
        yield (Laid(row.label, scope="row", id=line), *cells)


def shared(width: int, count: int) -> list[int]:
    """Gives the spans of so many cells over a width, the last taking what is left."""
    each = width // count
    return [each] * (count - 1) + [width - each * (count - 1)]


def requests(form: str, table: Crossed) -> LaidTable:
    """Gives table 3: two or three levels of rows, applicants over three levels of heads."""
    first, *organisations, total = table.columns
    others, deep = len(organisations), table.label_columns
    name = "requests-c-"
    head = (
        (
            Laid(BALANCE, rows=3, columns=deep, scope="colgroup", id="requests-corner"),
            Laid(table.headers[0], columns=others + 2, scope="colgroup", id=name + "applicants"),
        ),
        (
            Laid(first.label, rows=2, scope="col", id=name + first.key),
            Laid(table.headers[1], columns=others, scope="colgroup", id=name + "organisations"),
            Laid(total.label, rows=2, scope="col", id=name + total.key),
        ),
        tuple(Laid(column.label, scope="col", id=name + column.key) for column in organisations),
    )
    above = {column.key: (name + "applicants", name + "organisations") for column in organisations}
    lines: list[Line] = []
    for heads, row in zip(row_heads(table), table.rows, strict=True):
        own = row_ids(table, row)
        cells = tuple(
            Laid(
                code=f"requests.{row.key}.{column.key}",
                headers=(*above.get(column.key, (name + "applicants",)), name + column.key, *own),
            )
            for column in table.columns
        )
        lines.append((*heads, *cells))
    return LaidTable("requests", form, TITLES["requests"], head, (tuple(lines),))


def row_heads(table: Crossed) -> Iterator[Line]:
    """Gives the heads that begin in each row: the group of all outcomes, a group of reasons, the row's own label."""
    inner = sum(row.depth > 0 for row in table.rows)
    begun: set[str] = set()
    for row in table.rows:
        heads = []
        if row.depth and "all" not in begun:
            begun.add("all")
            heads.append(Laid(table.groups[0], rows=inner, scope="rowgroup", id="requests-r-all"))
        if row.group and row.group not in begun:
            begun.add(row.group)
            count = sum(other.group == row.group for other in table.rows)
            heads.append(Laid(row.group, rows=count, scope="rowgroup", id=group_id(table, row.group)))
        span = table.label_columns - row.depth
        heads.append(Laid(row.label, columns=span, scope="row", id=f"requests-r-{row.key}"))
        yield tuple(heads)


def row_ids(table: Crossed, row: Label) -> tuple[str, ...]:
    """Gives the ids of the heads that a row stands under, its own last."""
    groups = (("requests-r-all",) if row.depth else ()) + ((group_id(table, row.group),) if row.group else ())
    return (*groups, f"requests-r-{row.key}")


def group_id(table: Crossed, group: str) -> str:
    """Gives the id of a group of rows."""
    return f"requests-g-{table.groups.index(group)}"


def remedies(form: str, table: Crossed) -> LaidTable:
    """Gives table 4: one line, 行政复议 and the two kinds of 行政诉讼 side by side."""
    width = len(table.columns)
    review, *litigation = table.rows
    kinds = dict(zip((row.key for row in litigation), table.headers[2:], strict=True))
    name = "remedies-"
    top = (
        Laid(table.headers[0], columns=width, scope="colgroup", id=name + review.key),
        Laid(table.headers[1], columns=width * len(litigation), scope="colgroup", id=name + "litigation"),
    )
    own = [Laid(c.label, rows=2, scope="col", id=f"{name}{review.key}-{c.key}") for c in table.columns]
    second = [Laid(kinds[r.key], columns=width, scope="colgroup", id=name + r.key) for r in litigation]
    third = [Laid(c.label, scope="col", id=f"{name}{r.key}-{c.key}") for r in litigation for c in table.columns]
    line = tuple(
        Laid(
            code=f"remedies.{row.key}.{column.key}",
            headers=(
                *(() if row is review else (name + "litigation",)),
                name + row.key,
                f"{name}{row.key}-{column.key}",
            ),
        )
        for row in table.rows
        for column in table.columns
    )
    return LaidTable("remedies", form, TITLES["remedies"], (top, (*own, *second), tuple(third)), ((line,),))


def statistics(form: str, printed: Collection[str] | None) -> LaidTable:
    """Gives a table of statistics (before 2019): a row an indicator, without rows and columns that are not printed."""
    table = statistics_forms()[form]
    codes = {(row.key, column.key): code(row.key, column.key) for row in table.rows for column in table.columns}
    shown = {key for key, name in codes.items() if printed is None or name in printed}
    columns = [c for c in table.columns if any(column == c.key for _, column in shown)]
    rows = [r for r in table.rows if any(row == r.key for row, _ in shown)]
    units = any(row.unit for row in rows)
    head = [Laid("指标", scope="col", id="statistics-corner")]
    head += [Laid("单位", scope="col", id="statistics-unit")] if units else []
    head += [Laid(column.label, scope="col", id=f"statistics-c-{column.key or 'all'}") for column in columns]
    lines = [
        (
            Laid(row.label, scope="row", id=f"statistics-r-{row.key}", depth=depth_of(row, table.rows)),
            *([Laid(row.unit or "", headers=("statistics-unit", f"statistics-r-{row.key}"))] if units else []),
            *(
                Laid(
                    code=codes[row.key, column.key] if (row.key, column.key) in shown else None,
                    headers=(f"statistics-c-{column.key or 'all'}", f"statistics-r-{row.key}"),
                )
                for column in columns
            ),
        )
        for row in rows
    ]
    return LaidTable("statistics", form, TITLES["statistics"], (tuple(head),), (tuple(lines),))


def depth_of(row: Label, rows: Sequence[Label]) -> int:
    """Gives how many rows a row stands under."""
    above = {one.key: one.group for one in rows}
    depth, group = 0, row.group
    while group in above:
        depth, group = depth + 1, above[group]
    return depth
