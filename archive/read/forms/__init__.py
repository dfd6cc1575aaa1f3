"""The statutory forms (年报格式): what stands where in the tables of a report, and reading it from a grid."""

from archive.read.forms.catalogue import PARTS, Indicator, PartForm, forms
from archive.read.forms.statistics_form import statistics_forms


def part_forms() -> tuple[PartForm, ...]:
    """Gives every (part, form) in a fixed order: forms of three tables from old to new, then those of statistics."""
    tables = [form.parts[part] for form in forms().values() for part in form.parts]
    return (*tables, *(form.part for form in statistics_forms().values()))


FORMS = {(entry.part, entry.form): entry for entry in part_forms()}
"""(part, form) → its ordered indicators and identities."""

__all__ = ["FORMS", "PARTS", "Indicator", "PartForm", "forms", "part_forms"]
