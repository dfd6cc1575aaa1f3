"""What a page may ask of a parser: refused before it is parsed, where lexbor or trafilatura would take minutes.

Measured: lexbor takes time that grows with the square of the nesting (8,000 elements 0.7 s, 32,000 more than 12 s), of
the attributes of one tag (32,000: 4 s), and of formatting elements left open, each of which it opens again in every
paragraph (2,000 <font><p>: 48 MB of markup); trafilatura needs 60 µs a paragraph. A recorded report has up to 3,300
tags, 20 deep. Browsers stop at 512 deep.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate

from archive.errors import UnreadableDocumentError

MAX_CHARACTERS = 20_000_000
MAX_TAGS = 100_000
MAX_DEPTH = 1_000
MAX_REOPENED = 1_000_000
MAX_ATTRIBUTES = 2_000
MAX_LINE = 50_000
MAX_TEXT = 2_000_000
FEW_TAGS = 4_000
MANY_TAGS = 8_000  # fewer do harm only where formatting is opened again and again
LONG_TAG = 8_000
SLOW_TAGS = 20_000
LARGE = 2_000_000
WIDE = re.compile(r"span\s*+=\W*+\d{3}", re.I)

FORMATTING = frozenset(("b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"))
FORMATTING_BEGINS = frozenset(
    f"{cased}{after}"[:2]
    for name in FORMATTING
    for cased in (name, name.upper(), name.capitalize(), name.swapcase())
    for after in "> \t\n\r\f/"
)
ALIKE = 3  # as many formatting elements of the same tag are opened again, by the rule of browsers
SINGLE = (
    r"a|area|base|basefont|bgsound|br|button|col|dd|dt|embed|form|frame|hr|img|input|li|link|meta|nobr|option|p|param"
    r"|source|span|tbody|tfoot|thead|track|wbr|o:p"
)
"""Elements that hold nothing, that the next of their kind closes, or that end with a paragraph."""
CELLS = frozenset(("td", "th", "tr"))
TAG = re.compile(rf"<(/?)(?!(?:{SINGLE}|(?<=/)t[dhr])[\s/>])([a-z][^\s/<>]*+)[^<>]*+", re.I)
ANY_TAG = re.compile(r'<[^>"]*+(?:"[^"]*+"[^>"]*+)*+>')
ELEMENTS = re.compile(r"<(/?)(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)[\s>])[a-z]")
OPENING = re.compile("<[a-zA-Z]")
QUOTED = re.compile(r""""[^"]*+"|'[^']*+'""")
WORD = re.compile(r"[^\s/]++")


def check(source: str) -> None:
    """Raises UnreadableDocumentError `too-large-html` or `too-deep` for a page that no parser is to be given."""
    tags = source.count("<")
    if len(source) > MAX_CHARACTERS or tags > MAX_TAGS:
        raise too_large(f"{len(source)} characters with {tags} tags")
    if tags > MANY_TAGS or (tags > FEW_TAGS and may_format(source) * tags > MAX_REOPENED):
        check_nesting(source, tags)
    if any(source.find(">", at, at + LONG_TAG) < 0 for at in range(0, len(source) - LONG_TAG, LONG_TAG)):
        check_attributes(source)


def check_text(texts: Iterable[str]) -> None:
    """Raises UnreadableDocumentError `too-large-html` for more text, or a longer line of it, than any report prints."""
    sizes = [*map(len, texts)]
    if max(sizes, default=0) > MAX_LINE or sum(sizes) > MAX_TEXT:
        raise too_large(f"{sum(sizes)} characters of text, {max(sizes)} of them in one line")


def suits_trafilatura(source: str) -> bool:
    """Tells whether trafilatura is soon done: it writes out every column that a span claims, and is slow by tags."""
    return len(source) <= LARGE and source.count("<") <= SLOW_TAGS and not WIDE.search(source)


def check_markup(markup: str) -> None:
    """Raises UnreadableDocumentError `too-large-html` or `too-deep` for a page as it is after parsing."""
    if (tags := markup.count("<")) > 2 * MAX_TAGS:
        raise too_large(f"{tags} tags after parsing")
    if tags > 2 * MAX_DEPTH and most_open(ELEMENTS, markup) > MAX_DEPTH:
        raise UnreadableDocumentError("too-deep", f"elements in elements, more than {MAX_DEPTH} deep")
    if len(markup) > MAX_TEXT and (size := len(ANY_TAG.sub("", markup))) > MAX_TEXT:
        raise too_large(f"{size} characters of text")


def may_format(source: str) -> int:
    """Gives how many tags may be those of formatting, judged by two letters, which is quick."""
    return sum(piece[:2] in FORMATTING_BEGINS for piece in source.split("<"))


def most_open(tags: re.Pattern[str], source: str) -> int:
    """Gives how many of the elements that a pattern finds are open at a time, the slash of their end tags its group."""
    return max(accumulate(-1 if slash else 1 for slash in tags.findall(source)), default=0)


def check_nesting(source: str, tags: int) -> None:
    """Follows the tags roughly as a browser does. Raises as `check`."""
    nesting = Nesting()
    for tag in TAG.finditer(source):
        end, name = tag.groups()
        name = name.lower()
        if name in CELLS and nesting.opened[-1:] == ["table"]:
            continue
        if name in FORMATTING:
            nesting.formats(end, name, tag[0])
        else:
            nesting.takes(end, name)
        if len(nesting.opened) > MAX_DEPTH:
            raise UnreadableDocumentError("too-deep", f"elements in elements, more than {MAX_DEPTH} deep")
        if nesting.formatting * tags > MAX_REOPENED:
            raise too_large("formatting that is not closed before the next paragraphs")


@dataclass(slots=True)
class Nesting:
    """What is open at a place: elements and their places by name, formatting elements by name.

    A formatting element stays in force where the element around it ends; only its own end tag takes it away.
    """

    opened: list[str] = field(default_factory=list)
    places: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    marks: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    alike: Counter[str] = field(default_factory=Counter)
    formatting: int = 0

    def takes(self, end: str, name: str) -> None:
        """Takes a tag; an end tag closes all that stands in its element, but no table; a cell the one before."""
        places, table = self.places[name], max(self.places["table"][-1:], default=-1)
        if name in CELLS:
            self.closes(table + 1 if table >= 0 else len(self.opened))
        elif not end:
            places.append(len(self.opened))
            self.opened.append(name)
        elif places and (name == "table" or places[-1] > table):
            self.closes(places[-1])

    def closes(self, first: int) -> None:
        """Closes the elements from this place on."""
        for inner in self.opened[first:]:
            self.places[inner].pop()
        del self.opened[first:]

    def formats(self, end: str, name: str, tag: str) -> None:
        """Takes a tag of a formatting element."""
        if not end:
            self.marks[name].append(tag)
            self.alike[tag] += 1
            self.formatting += self.alike[tag] <= ALIKE
        elif self.marks[name]:
            tag = self.marks[name].pop()
            self.formatting -= self.alike[tag] <= ALIKE
            self.alike[tag] -= 1


def check_attributes(source: str) -> None:
    """Counts the attributes of very long tags. Raises as `check`."""
    for piece in source.split(">"):
        if len(piece) > LONG_TAG and (tag := OPENING.search(piece)):
            named = QUOTED.sub(" ", piece[tag.start() :])
            if any(number == MAX_ATTRIBUTES for number, _ in enumerate(WORD.finditer(named))):
                raise too_large(f"a tag with more than {MAX_ATTRIBUTES} attributes")


def too_large(why: str) -> UnreadableDocumentError:
    """Gives the error of a page that is larger than any report."""
    return UnreadableDocumentError("too-large-html", f"the page is too large to be read: {why}")
