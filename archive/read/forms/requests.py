"""Table 3 (收到和处理政府信息公开申请情况): labelled rows crossed with seven columns of applicants."""

from collections.abc import Sequence

from archive.model import Figure, Issue
from archive.read.blocks import Table
from archive.read.forms.align import Aligned
from archive.read.forms.catalogue import Form
from archive.read.forms.figures import INFERRED, PartReading, complete, covers_rows, figure, unreadable
from archive.read.forms.labels import runs_into_value
from archive.read.forms.request_columns import align
from archive.read.forms.request_rows import Found, Matcher, Row, matcher_of, printed


def read(tables: Sequence[Table], known: Sequence[Form], prefer: str | None) -> PartReading | None:
    """Gives table 3 under the form most of whose rows are found; `prefer` decides where two do equally well."""
    tried = [(matcher := matcher_of(form.name), matcher.found(tables)) for form in known]
    matcher, found = max(tried, key=lambda pair: (len({row.key for row in pair[1].rows}), pair[0].form.name == prefer))
    if not found.rows:
        return None
    return build(matcher, found)


def build(matcher: Matcher, found: Found) -> PartReading:
    """Gives the figures of the rows found."""
    aligned, inferred, total_only = align(matcher, found)
    figures: dict[str, Figure] = {}
    issues = list(found.issues)
    seen: dict[str, Row] = {}
    for row in found.rows:
        if row.key in seen:
            if printed(row) and printed(row) != printed(seen[row.key]):
                issues.append(Issue("row-repeated", f"two rows claim one label: {row.line.shown}"))
                figures |= row_figures(matcher, row, None, None)
            continue
        seen[row.key] = row
        cells = None if runs_into_value(row.label.text) else aligned[id(row)]
        if cells is None:
            issues.append(Issue("row-unreadable", f"columns of this row cannot be known: {row.line.shown}"))
        note = INFERRED if id(row) in inferred else None
        figures |= row_figures(matcher, row, cells, note)
    if inferred:
        issues.append(Issue("column-inferred", f"{len(inferred)} rows of table 3 taken as 总计: {INFERRED}"))
    if not any(aligned.values()):
        issues.append(Issue("columns-unknown", "no row of table 3 has columns that can be known"))
    missing = [row.label for row in matcher.table.rows if row.key not in seen]
    issues += [Issue("row-missing", f"table 3 has no row {label}") for label in missing]
    codes = [indicator.code for indicator in matcher.form.parts["requests"].indicators]
    name = matcher.form.name
    return PartReading("requests", name, complete(codes, figures, "row not found"), tuple(issues), total_only)


def row_figures(matcher: Matcher, row: Row, cells: Aligned | None, note: str | None) -> dict[str, Figure]:
    """Gives the seven figures of a row."""
    figures = {}
    for key in matcher.keys:
        code = f"requests.{row.key}.{key}"
        if cells is None or covers_rows(cells[key], row.label):
            figures[code] = unreadable(code, row.line, "column cannot be known")
        else:
            figures[code] = figure(code, cells[key], row.line, note)
    return figures
