"""Tables without rules: the statutory tables found by their labels and the columns of their numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.read.blocks import Table
from archive.read.page.model import Page


@dataclass(frozen=True, slots=True)
class Unruled:
    """A table found without rules: where it begins, and the glyphs it has taken, by `id`, from all its pages."""

    table: Table
    page: int
    top: float
    taken: frozenset[int]


def unruled(pages: Sequence[Page]) -> list[Unruled]:
    """Gives the statutory tables without rules, in order; a table that goes on over pages is one.

    `pages` are the document's pages in order with what tables found by their rules have left of glyphs and rules.
    All other glyphs are prose.
    """
    return []
