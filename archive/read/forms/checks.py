"""The accounting identities (勾稽关系) of a report: findings, never repairs."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from archive.model import Check, Figure, Verdict
from archive.read.forms.catalogue import Identity


def evaluate(identities: Iterable[Identity], figures: Mapping[str, Figure]) -> tuple[Check, ...]:
    """Gives every identity evaluated; one operand that is no number makes it not checkable."""
    return tuple(check(identity, figures) for identity in identities)


def check(identity: Identity, figures: Mapping[str, Figure]) -> Check:
    """Gives one identity evaluated; a side is None where one of its operands is no number."""
    left, right = total(identity.left, figures), total(identity.right, figures)
    if left is None or right is None:
        return Check(identity.code, Verdict.NOT_CHECKABLE, left, right)
    return Check(identity.code, Verdict.HOLDS if left == right else Verdict.FAILS, left, right)


def total(codes: Iterable[str], figures: Mapping[str, Figure]) -> Decimal | None:
    """Gives the sum of figures, None where one is no number."""
    values = [figures[code].value for code in codes]
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None
