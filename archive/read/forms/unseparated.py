"""Tables that stand in the text without columns: their figures should be there and cannot be told (unreadable).

A page that lost its table tags gives `行政许可3960181`; no split of such digits is ever a value.
"""

from collections.abc import Iterable, Sequence

from archive.model import Issue
from archive.read.forms.catalogue import Form
from archive.read.forms.figures import PartReading, complete
from archive.read.forms.labels import normal, signs

LONG = 4
ENOUGH = {"disclosure": 3, "requests": 8, "remedies": 3}
"""Distinct labels of a part that its prose never holds together."""

WHY = "the table stands in the text without columns"


def read(part: str, lines: Iterable[str], known: Sequence[Form], prefer: str | None) -> PartReading | None:
    """Gives a part all of whose figures are unreadable, where the text holds its labels; None where it does not."""
    text = signs("".join(lines))
    found = {form.name: sum(label in text for label in labels(part, form)) for form in known}
    name = max(found, key=lambda each: (found[each], each == prefer))
    if found[name] < ENOUGH[part]:
        return None
    form = next(form for form in known if form.name == name)
    codes = [indicator.code for indicator in form.parts[part].indicators]
    issue = Issue("columns-unknown", f"table for {part}: {WHY}")
    return PartReading(part, name, complete(codes, {}, WHY), (issue,))


def labels(part: str, form: Form) -> set[str]:
    """Gives the labels by which a part is known in running text, the short ones left out."""
    columns = {
        "disclosure": form.disclosure.columns,
        "requests": form.requests.rows,
        "remedies": form.remedies.columns,
    }[part]
    return {flat for label in columns if len(flat := normal(label.label)) >= LONG}
