"""Telling which label of a form a printed cell is.

Compared are Chinese characters only: spaces (NBSP, line breaks of vertical writing), punctuation and numbering do
not count. One wrong, lost or added character is forgiven (misprints, OCR), one more for every sixteen characters;
labels of two characters must be exact. Of a long label a quarter may be lost (2.其他法律行政止公开 was printed), or
all but its beginning (a page break). A text that is as near to another label is no label at all.
What explains a label in brackets behind it (规章（设区的市……应提供相关数据）) does not count, unless it says that only
a part is meant.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from archive.read.words import comparable

NUMBERING = re.compile(
    r"^(?:第?[一二三四五六七八九十]+[、.,:]|\([一二三四五六七八九十\d]+\)[、.,]?|\d+[、.,)]?|[①-⑳⑴-⒇]|[、.,])+"
)
CHINESE = re.compile(r"[^\u3400-\u9fff]")
EXPLAINED = re.compile(r"\((?:指|含|包括|即|注|填|设区的市|(?=[^()]{16})).*\)$")
"""A long bracket at the end of a label, or one that says what the label means."""
PART = re.compile("其中|不含|不包括|除外|历年|累计|截至|截止|上级|下级|上年|去年")
EVERYWHERE = frozenset(("其他", "总计"))
"""Labels that stand in several places of a form; what explains them may name another."""
EXACT_BELOW = 3
PER_ERROR = 16
LONG = 10
LONGEST = 240
PREFIX_MIN = 8
"""A label cut short (a page break, a lost line) is known by this many characters."""


@lru_cache(maxsize=8192)
def normal(text: str) -> str:
    """Gives a label's Chinese characters without its numbering."""
    return signs(NUMBERING.sub("", comparable(text)))


def signs(text: str) -> str:
    """Gives the Chinese characters of a text."""
    return CHINESE.sub("", text)


def runs_into_value(text: str) -> bool:
    """Tells whether a label's cell holds digits besides its numbering: a value that lost its separator."""
    return bool(re.search(r"\d", NUMBERING.sub("", unexplained(comparable(text)))))


def unexplained(flat: str) -> str:
    """Gives a comparable text without the bracket at its end that explains it."""
    match = EXPLAINED.search(flat)
    return flat[: match.start()] if match and not PART.search(match[0]) else flat


class Labels:
    """Labels of one kind with their keys; every spelling leads to its key."""

    def __init__(self, spellings: Iterable[tuple[str, str]]) -> None:
        self.keys: Mapping[str, str] = {normal(text): key for key, text in spellings}
        self.signs = {label: frozenset(label) for label in self.keys}
        self.remembered = lru_cache(maxsize=4096)(self.of)

    def find(self, text: str) -> str | None:
        """Gives the key of the label a cell prints, None where it is none or could be several."""
        return self.remembered(text) if len(text) <= LONGEST else None

    def of(self, text: str) -> str | None:
        """Gives the key of a label's text: the label itself, else the nearest."""
        flat = normal(text)
        if key := self.like(flat):
            return key
        short = normal(unexplained(comparable(text)))
        return self.like(short) if short != flat and short not in EVERYWHERE else None

    def like(self, flat: str) -> str | None:
        """Gives the key of the label that a normalised text is, else of the nearest."""
        return self.keys.get(flat) or (self.near(flat) if len(flat) >= EXACT_BELOW else None)

    def near(self, flat: str) -> str | None:
        """Gives the one key whose label is near enough."""
        best: dict[str, int] = {}
        for label, key in self.keys.items():
            allowed = 1 + len(label) // PER_ERROR
            if cut_short(flat, label):
                best[key] = 0
                continue
            if len(label) < EXACT_BELOW or abs(len(label) - len(flat)) > allowed:
                continue
            if len(set(flat) - self.signs[label]) > allowed:
                continue
            if (errors := distance(flat, label, allowed)) <= allowed:
                best[key] = min(errors, best.get(key, errors))
        least = min(best.values(), default=None)
        nearest = [key for key, errors in best.items() if errors == least]
        return nearest[0] if len(nearest) == 1 else None


def cut_short(flat: str, label: str) -> bool:
    """Tells whether a text is the beginning of a label, or a long label that lost up to a quarter of itself."""
    if not PREFIX_MIN <= len(flat) < len(label):
        return False
    rest = iter(label)
    return label.startswith(flat) or (
        len(label) >= LONG and len(flat) * 4 >= len(label) * 3 and all(sign in rest for sign in flat)
    )


def distance(one: str, other: str, most: int) -> int:
    """Gives the edit distance of two strings, `most` + 1 where it is more than `most`."""
    previous = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        current = [i]
        for j, b in enumerate(other, 1):
            current.append(min(previous[j] + 1, current[-1] + 1, previous[j - 1] + (a != b)))
        if min(current) > most:
            return most + 1
        previous = current
    return previous[-1]
