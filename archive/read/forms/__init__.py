"""The statutory forms (年报格式): what stands where in the tables of a report, and reading it from a grid."""

from archive.read.forms.catalogue import PARTS, Indicator, PartForm, forms, part_forms

FORMS = {(entry.part, entry.form): entry for entry in part_forms()}
"""(part, form) → its ordered indicators and identities."""

__all__ = ["FORMS", "PARTS", "Indicator", "PartForm", "forms", "part_forms"]
