"""Numbers in a report's sentences (总体情况 and others) as statements with indicators of their own.

Only what a sentence says of the report's year and of the whole is taken: one that names another year, a share, a
difference or a part is left alone. `statements.toml` holds the patterns. "None" in words (未收到, 没有) is a text,
never 0. Two different numbers for one thing leave both without an indicator.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib.resources import files

from archive.model import Statement, Status
from archive.read.cells import in_wan
from archive.read.numerals import ARABIC, NUMERAL, number
from archive.read.words import simple

NONE = (
    r"(?P<said>(?:未|没有|尚未|暂未|均未|从未)(?:收到|接到|受理|接收|发生|出现|产生|涉及|引发|有)(?:过)?"
    r"|暂无|均无|尚无|没有|无)"
)
AMOUNT = rf"(?P<about>约|大约|近|超过?|逾)?(?P<n>{ARABIC}|{NUMERAL})(?P<more>多|余)?"
MANY = 1000
CLAUSE_MAX = 100
"""Signs of the longest sentence and clause that are read; what is longer is none."""
LINE = 15
"""Signs of a line that may go on in the next where it ends without a stop."""
MASKED = re.compile(r"《[^《》]*》|〔[^〔〕]*〕|\[20\d\d\]|﹝[^﹝﹞]*﹞")
YEAR = re.compile(r"(?<!\d)(20\d\d)(?:年|-|—|至|/|、|~)|(二[〇○零][〇○零一二三四五六七八九]{2})年")
NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
COMPARED = re.compile(r"(?:较|比|与|同)(?:去年|上年度?|上一年度?|往年|前年)(?:同期|相比)*")
CLAUSE = re.compile(r"[,，；;:：。!！?？（）()]|(?<=[件条次份起宗])、")
PART = re.compile(r"其中|包括")
NAME = "\ue000"
"""Stands for the signs of the agency's name."""
COUNTED = re.compile("信息|申请|公开|答复|办结|复议|诉讼|规范性文件|费|结转")
SAID = re.compile("[0-9一二两三四五六七八九十百千无没未不]")
"""What a sentence speaks of, and what a clause must have to say a number or none."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to say a number: `whole` ones are not looked for among parts (其中)."""

    indicators: tuple[str, ...]
    clause: re.Pattern[str]
    topic: re.Pattern[str] | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Grammar:
    """All patterns, and what makes a sentence or a clause uncertain."""

    patterns: tuple[Pattern, ...]
    veto: re.Pattern[str]
    differs: re.Pattern[str]
    elsewhere: re.Pattern[str]
    applicants: tuple[re.Pattern[str], ...]


@cache
def grammar() -> Grammar:
    """Gives the patterns, made ready once."""
    raw = tomllib.loads(files("archive.read").joinpath("statements.toml").read_text(encoding="utf-8"))
    before = "|".join([*raw["before"], NAME])
    after = "|".join(raw["after"])
    patterns = []
    for each in raw["patterns"]:
        amount = AMOUNT + f"(?P<unit>万?(?:{each.get('units', '件')}))"
        body = each["clause"].format(n=amount, none=NONE, **raw["words"])
        patterns.append(
            Pattern(
                tuple(each["indicator"].split(" ")),
                re.compile(f"(?:{before})*+{body}(?:{after})*+"),
                re.compile(each["topic"]) if "topic" in each else None,
                each.get("whole", False),
            )
        )
    veto, differs, elsewhere = (re.compile(raw[name]) for name in ("veto", "differs", "elsewhere"))
    return Grammar(tuple(patterns), veto, differs, elsewhere, tuple(map(re.compile, raw["applicants"])))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as printed, and its signs without white space, simplified, each with its place in it."""

    text: str
    signs: str
    places: tuple[int, ...]

    def printed(self, start: int, stop: int) -> str:
        """Gives what is printed from one sign to another."""
        return self.text[self.places[start] : self.places[stop - 1] + 1]


def statements(text: str, year: int | None, agency: str | None) -> tuple[Statement, ...]:
    """Gives the numbers of a report's prose in the order of the text."""
    found = [each for sentence in sentences(text) for each in in_sentence(sentence, year, agency)]
    return tuple(without_doubt(found))


def sentences(text: str) -> Iterator[Sentence]:
    """Gives the sentences of a text; lines that end without a stop are joined to the next."""
    joined = ""
    for line in text.splitlines():
        joined += line
        if len(line) >= LINE and len(joined) <= MANY and not re.search(r"[。；;!！?？:：]\s*$", line):
            continue
        yield from cut(joined)
        joined = ""
    yield from cut(joined)


def cut(text: str) -> Iterator[Sentence]:
    """Gives the sentences of a paragraph that can hold a number."""
    for piece in re.split(r"(?<=[。!！?？])", text):
        if 4 < len(piece) <= MANY:
            kept = [(normal, place) for place, sign in enumerate(piece) if (normal := one_sign(sign))]
            yield Sentence(piece.strip(), simple("".join(n for n, _ in kept)), places_in(piece, kept))


def places_in(piece: str, kept: Sequence[tuple[str, int]]) -> tuple[int, ...]:
    """Gives the places of signs in the sentence without its outer blanks."""
    outer = len(piece) - len(piece.lstrip())
    return tuple(place - outer for _, place in kept)


def one_sign(sign: str) -> str:
    """Gives a character in its normal width, nothing for white space; ornaments (①, ½) stay as they are."""
    if sign.isspace() or sign in "\u200b\ufeff\u00ad":
        return ""
    normal = unicodedata.normalize("NFKC", sign)
    return (
        normal
        if len(normal) == 1 and not (normal.isdigit() and not "０" <= sign <= "９" and not sign.isascii())
        else sign
    )


def in_sentence(sentence: Sentence, year: int | None, agency: str | None) -> Iterator[Statement]:
    """Gives the numbers of one sentence that are certain to be of this year."""
    if not COUNTED.search(sentence.signs):
        return
    rules = grammar()
    masked = MASKED.sub(lambda match: "□" * len(match[0]), sentence.signs)
    masked = masked.replace(agency, NAME * len(agency)) if agency else masked
    years = {int((match[1] or match[2]).translate(NUMERALS)) for match in YEAR.finditer(masked)}
    plain = COMPARED.sub("", masked)
    if (years and years != {year}) or rules.veto.search(plain):
        return
    start, among = 0, False
    for stop in [*(match.start() for match in CLAUSE.finditer(masked)), len(masked)]:
        if stop < start:
            continue
        clause = masked[start:stop]
        if is_comma_in_number(masked, stop):
            continue
        among = among or bool(PART.search(clause))
        yield from in_clause(sentence, start, clause, rules, among)
        among = among and masked[stop : stop + 1] not in (";", "；", "。")
        start = stop + 1


def is_comma_in_number(text: str, place: int) -> bool:
    """Tells whether the comma at a place parts thousands."""
    return bool(re.match(r",\d{3}(?!\d)", text[place : place + 5])) and text[place - 1 : place].isdigit()


def in_clause(sentence: Sentence, start: int, clause: str, rules: Grammar, among: bool) -> Iterator[Statement]:
    """Gives what one clause says."""
    if (
        len(clause) > CLAUSE_MAX
        or rules.differs.search(clause)
        or ("累计" in clause and not re.search("全年|本年|年度|20\\d\\d年", sentence.signs))
    ):
        return
    for pattern in rules.patterns:
        if among and pattern.whole:
            continue
        match = pattern.clause.fullmatch(clause)
        if match is None or (pattern.topic and not pattern.topic.search(sentence.signs)):
            continue
        if "requests" in pattern.indicators[0] and rules.elsewhere.search(sentence.signs):
            continue
        if pattern.whole and is_of_one_kind(sentence, start, clause, rules):
            continue
        for indicator in pattern.indicators:
            yield statement(sentence, start, match, indicator)
        return


def is_of_one_kind(sentence: Sentence, start: int, clause: str, rules: Grammar) -> bool:
    """Tells whether a clause speaks of one kind of applicants while the rest of its sentence speaks of others."""
    rest = sentence.signs[:start] + sentence.signs[start + len(clause) :]
    here = [bool(kind.search(clause)) for kind in rules.applicants]
    others = (kind for kind, named in zip(rules.applicants, here, strict=True) if not named)
    return any(here) and any(kind.search(rest) for kind in others)


def statement(sentence: Sentence, start: int, match: re.Match[str], indicator: str) -> Statement:
    """Gives the statement of a clause that fits."""
    groups = match.groupdict()
    if groups.get("said"):
        raw = sentence.printed(start + match.start("said"), start + match.end("said"))
        return Statement(context=sentence.text, status=Status.TEXT, raw=raw, indicator=indicator)
    first = match.start("about") if groups.get("about") else match.start("n")
    raw = sentence.printed(start + first, start + match.end("unit"))
    value = None if groups.get("about") or groups.get("more") else number(match["n"])
    if value is None:
        return Statement(context=sentence.text, status=Status.TEXT, raw=raw, indicator=indicator)
    return Statement(
        context=sentence.text,
        status=Status.NUMBER,
        raw=raw,
        indicator=indicator,
        value=value,
        unit=match["unit"],
        value_wan=in_wan(value, match["unit"]) if indicator.endswith(".amount") else None,
    )


def without_doubt(found: Iterable[Statement]) -> Iterator[Statement]:
    """Gives statements, those without their indicator for which the report says two things."""
    kept = list(found)
    said: dict[str | None, set[object]] = {}
    for each in kept:
        said.setdefault(each.indicator, set()).add(meant(each) if meant(each) is not None else each.raw)
    for each in kept:
        yield replace(each, indicator=None) if len(said[each.indicator]) > 1 else each


def meant(statement: Statement) -> Decimal | None:
    """Gives the number a statement comes to for comparing: 0 for "none" in words, 万 multiplied out."""
    if statement.value is None:
        return Decimal(0) if re.fullmatch(NONE, simple(statement.raw)) else None
    many = (statement.unit or "").startswith("万") and not (statement.unit or "").endswith("元")
    return statement.value * 10_000 if many else statement.value
