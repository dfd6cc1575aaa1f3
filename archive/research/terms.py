"""What a person asks of texts: words and phrases that must stand in them, words that must not.

`政务公开 "培训 会议" -视频` asks for texts with 政务公开 and with 培训 会议 just so, without 视频. Whatever the
width and case in which a word is typed, it is looked for as typed, half-width, full-width, upper and lower case; one in
traditional characters in simplified ones too.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from archive.errors import UsageError
from archive.research.simplified import simplified

MOST_WORDS, MOST_LETTERS = 10, 100
TERM = re.compile(r'(-?)(?:"([^"]*)"?|“([^”]*)”?|((?!-(?:\s|$))[^\s"“”]+))')
TO_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase as it was typed, and every way in which a text may write it."""

    typed: str
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Words that must all stand in a text, and words of which none may."""

    words: tuple[Word, ...] = ()
    without: tuple[Word, ...] = ()


def parsed(query: str) -> Asked:
    """Gives what the text of a search box asks for. Raises UsageError for more than can be asked at once."""
    found = [(minus, (phrase or curly or plain).strip()) for minus, phrase, curly, plain in TERM.findall(query)]
    return asked([word for minus, word in found if not minus], [word for minus, word in found if minus])


def asked(words: Iterable[str], without: Iterable[str] = ()) -> Asked:
    """Gives the question for words that are told apart already, each taken letter by letter.

    Raises UsageError for more than can be asked at once.
    """
    must, must_not = (tuple(word_of(each) for each in dict.fromkeys(given) if each) for given in (words, without))
    if len(must) + len(must_not) > MOST_WORDS:
        raise UsageError(f"{len(must) + len(must_not)} words are too many for one search; at most {MOST_WORDS}")
    return Asked(must, must_not)


def word_of(typed: str) -> Word:
    """Gives a word with the ways in which it may be written. Raises UsageError for what no text can hold."""
    if len(typed) > MOST_LETTERS:
        raise UsageError(f"a word of {len(typed)} characters is too long to search for; at most {MOST_LETTERS}")
    if not storable(typed):
        raise UsageError(f"{typed!r} holds a character that no text has; leave it out")
    return Word(typed, written(typed))


def written(typed: str) -> tuple[str, ...]:
    """Gives a word as typed, then in other widths, in upper and lower case, and in simplified characters."""
    narrow = unicodedata.normalize("NFKC", typed).strip() or typed
    widths = (typed, narrow, narrow.translate(TO_WIDE), *simplified(narrow))
    cases = (way for each in widths for way in (each, each.lower(), each.upper()))
    return tuple(way for way in dict.fromkeys(cases) if way and storable(way))


def storable(text: str) -> bool:
    """Tells whether PostgreSQL can hold a text: no U+0000, no half of a surrogate pair."""
    return "\0" not in text and not any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)
