"""The overlapping pairs of characters by which indexes find Chinese words: `ix_texts_grams`, `ix_agency_keys_grams`."""

from typing import Any

from sqlalchemy import ColumnElement, func


def has_pairs(written: ColumnElement[str], word: Any) -> ColumnElement[bool]:
    """Tells whether what is written has all pairs of a word, as whatever holds the word has.

    `word` is a text or a parameter. One without pairs says nothing: it is true of all, and no index helps.
    """
    return func.zh_grams(written).op("@>", is_comparison=True)(func.zh_grams(word))
