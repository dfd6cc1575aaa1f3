"""What an identity would give for a cell that cannot be read: told in an issue, never taken as a value."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from archive.model import Figure, Issue, Status
from archive.read.forms.catalogue import Identity
from archive.read.words import squash

RUN = re.compile(r"总计(\d{15,45})(?!\d)")
BLOCKS = 3
NUMBERS = 5
DIGITS = 4
"""Table 4 is three times five numbers, the last of five the sum of the others; none has more digits."""


def suggestions(identities: Iterable[Identity], figures: Mapping[str, Figure]) -> Iterator[Issue]:
    """Gives an issue for each unreadable cell that an identity gives when all its other cells are numbers."""
    found: dict[str, dict[Decimal, list[str]]] = {}
    for identity in identities:
        codes = (*identity.left, *identity.right)
        missing = [code for code in codes if figures[code].value is None]
        if len(missing) != 1 or figures[missing[0]].status is not Status.UNREADABLE:
            continue
        value = solved(identity, missing[0], figures)
        found.setdefault(missing[0], {}).setdefault(value, []).append(identity.code)
    for code, values in found.items():
        told = ", ".join(f"{value:f} by {' and '.join(names)}" for value, names in values.items())
        yield Issue("identity-suggests", f"{code} cannot be read; it would be {told}")


def solved(identity: Identity, missing: str, figures: Mapping[str, Figure]) -> Decimal:
    """Gives the value of the one unknown operand."""

    def side(codes: Sequence[str]) -> Decimal:
        known = (figures[code].value for code in codes if code != missing)
        return sum((value for value in known if value is not None), Decimal(0))

    left, right = side(identity.left), side(identity.right)
    return right - left if missing in identity.left else left - right


def split_suggestion(lines: Iterable[str], codes: Sequence[str], figures: Mapping[str, Figure]) -> Iterator[Issue]:
    """Gives an issue where the digits of a table 4 without separators have one split that satisfies its identities."""
    if not codes or any(figures[code].status is not Status.UNREADABLE for code in codes):
        return
    runs = {match[1] for match in RUN.finditer(squash("".join(lines)))}
    found = [split for run in runs for split in splits(run, BLOCKS)]
    if len(found) == 1:
        told = " ".join(map(str, found[0]))
        yield Issue("identity-suggests", f"the digits of table 4 have one split that adds up: {told}")


def splits(digits: str, blocks: int) -> list[tuple[int, ...]]:
    """Gives the splits of digits into blocks of five numbers of which the last is the sum, at most two of them."""
    if not blocks:
        return [()] if not digits else []
    found: list[tuple[int, ...]] = []
    for block, length in block_at(digits, ()):
        for rest in splits(digits[length:], blocks - 1):
            found.append(block + rest)
            if len(found) == 2:
                return found
    return found


def block_at(digits: str, before: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], int]]:
    """Gives the blocks of five that digits may begin with, each with its length; no number begins with a 0 but 0."""
    if len(before) == NUMBERS - 1:
        total = str(sum(before))
        if digits.startswith(total):
            yield (*before, sum(before)), len(total)
        return
    for length in range(1, 2 if digits.startswith("0") else DIGITS + 1):
        if length < len(digits):
            for block, more in block_at(digits[length:], (*before, int(digits[:length]))):
                yield block, length + more
