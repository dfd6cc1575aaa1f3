"""A report's figures in the layout of its forms, and what is told of its bytes and checks."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from archive.plain import digits
from archive.records.documents import Document
from archive.research.layout import LaidTable, laid_out
from archive.research.one_figure import identities_of

PARTS = ("disclosure", "requests", "remedies", "statistics")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a report: the form's layout, and the report's figures by indicator."""

    table: LaidTable
    figures: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says in short: media type of the bytes, checks by verdict, those that fail, corrected figures."""

    media_type: str | None
    verdicts: dict[str, int]
    failing: tuple[Json, ...]
    overridden: frozenset[str]


def parts_of(report: Json) -> list[Part]:
    """Gives the tables of a report in the order of the form."""
    forms: dict[str, str] = report["forms"]
    return [part_of(report, part, forms[part]) for part in PARTS if part in forms]


def part_of(report: Json, part: str, form: str) -> Part:
    """Gives one table; of statistics without what the printed table does not have."""
    own = {f["indicator"]: f for f in report["figures"] if f["indicator"].startswith(f"{part}.")}
    printed = {code for code, figure in own.items() if figure["status"] != "not_on_form"}
    return Part(laid_out(part, form, printed), own)


def facts_of(document: Document, report: Json) -> Facts:
    """Gives the facts of a report."""
    counted = Counter(check["verdict"] for check in report["checks"])
    return Facts(
        media_type=document.media_type,
        verdicts={name: counted[name] for name in ("holds", "fails", "not_checkable")},
        failing=tuple(explained(check, report["forms"]) for check in report["checks"] if check["verdict"] == "fails"),
        overridden=frozenset(override["indicator"] for override in report["overrides"]),
    )


def explained(check: Json, forms: dict[str, str]) -> Json:
    """Gives a check with its kind, the difference of its sides and the first of its figures."""
    part, kind, _ = check["identity"].split(".", 2)
    left, right = check["left"], check["right"]
    known = (each for each in identities_of(part, forms.get(part, "")) if each.code == check["identity"])
    return check | {
        "kind": f"{part}_{kind}",
        "difference": digits(Decimal(left) - Decimal(right)) if left and right else None,
        "code": next((each.left[0] for each in known), None),
    }
