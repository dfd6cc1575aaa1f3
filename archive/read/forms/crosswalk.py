"""The crosswalk from the form of 2019 to that of 2021: which indicators may be set against which."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from archive.read.forms.catalogue import forms


class Relation(StrEnum):
    """How an indicator of one form stands to the other form."""

    COMPARABLE = "comparable"
    SPLIT = "split"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class Crossing:
    """Indicators of the older form and those of the newer one that take their place; either side may be empty."""

    relation: Relation
    from_form: str
    from_codes: tuple[str, ...]
    to_form: str
    to_codes: tuple[str, ...]
    note_zh: str
    note_en: str


@cache
def crosswalk() -> tuple[Crossing, ...]:
    """Gives every indicator of both forms in exactly one crossing, in the order of the older form."""
    path = files("archive.read.forms").joinpath("crosswalk.toml")
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    old, new = raw["from"], raw["to"]
    said = [*split(raw, old, new), *apart(raw, old, new)]
    before, after = codes_of(old), codes_of(new)
    shared = [code for code in before if code in after]
    same = ("两式同项", "the same cell on both forms")
    crossings = [Crossing(Relation.COMPARABLE, old, (code,), new, (code,), *same) for code in shared] + said
    return tuple(sorted(crossings, key=lambda each: before.index(each.from_codes[0])))


def crossing_of(code: str) -> Crossing | None:
    """Gives the crossing an indicator is in, None for one of a form before 2019."""
    return next((each for each in crosswalk() if code in each.from_codes or code in each.to_codes), None)


def split(raw: dict[str, Any], old: str, new: str) -> Iterator[Crossing]:
    """Gives the crossings of cells that became several."""
    for entry in raw["split"]:
        for key in entry["each"]:
            to = tuple(code.format(each=key) for code in entry["to"])
            notes = entry["note_zh"], entry["note_en"]
            yield Crossing(Relation.SPLIT, old, (entry["from"].format(each=key),), new, to, *notes)


def apart(raw: dict[str, Any], old: str, new: str) -> Iterator[Crossing]:
    """Gives the crossings of cells that must not be set against each other."""
    for entry in raw["not_comparable"]:
        both = tuple(entry["from"]), new, tuple(entry["to"])
        yield Crossing(Relation.NOT_COMPARABLE, old, *both, entry["note_zh"], entry["note_en"])


def codes_of(form: str) -> list[str]:
    """Gives the indicators of a form in its order."""
    return [indicator.code for part in forms()[form].parts.values() for indicator in part.indicators]
