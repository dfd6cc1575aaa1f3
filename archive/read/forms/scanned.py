"""A failed identity in a scan: figures that were not recognised for certain are then not relied on."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from archive.model import Figure, Status, Verdict
from archive.read.forms.catalogue import Identity
from archive.read.forms.checks import check

CERTAIN = 0.98
"""Confidence from which a failed identity is the agency's own: agencies do print wrong totals."""


def unsettled(identities: Iterable[Identity], figures: Mapping[str, Figure]) -> dict[str, Figure]:
    """Gives the figures, those unreadable that a failed identity makes doubtful; nothing is ever repaired."""
    why = {
        code: identity.code
        for identity in identities
        if check(identity, figures).verdict is Verdict.FAILS
        for code in (*identity.left, *identity.right)
        if (sure := figures[code].confidence) is not None and sure < CERTAIN
    }
    return {code: unreadable(figure, why[code]) if code in why else figure for code, figure in figures.items()}


def unreadable(figure: Figure, identity: str) -> Figure:
    """Gives a figure without its value, the identity in its note."""
    note = f"recognised with a confidence of {figure.confidence:.2f}, and {identity} fails"
    return replace(figure, status=Status.UNREADABLE, value=None, unit=None, value_wan=None, note=note)
