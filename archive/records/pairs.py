"""The overlapping pairs of characters by which indexes find Chinese words: `ix_texts_grams`, `ix_agency_keys_grams`."""

import re
from typing import Any

from sqlalchemy import ColumnElement, func

SPECIAL, LITERALLY = re.compile(r"([%_\\])"), r"\\\1"  # in a pattern


def has_pairs(written: ColumnElement[str], word: Any) -> ColumnElement[bool]:
    """Tells whether what is written has all pairs of a word, as whatever holds the word has.

    `word` is a text or a parameter. One without pairs says nothing: it is true of all, and no index helps.
    """
    return func.zh_grams(written).op("@>", is_comparison=True)(func.zh_grams(word))


def literally(word: str) -> str:
    """Gives a word as it stands in a pattern of LIKE where it means nothing but itself."""
    return SPECIAL.sub(LITERALLY, word)
