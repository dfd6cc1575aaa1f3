"""Invented readings as the fields of COPY: arrays of about 200 figures in three parts, seeded."""

import json
import random
from collections.abc import Iterator
from functools import cache
from itertools import accumulate

from archive.read.forms import FORMS
from benchmarks.synthetic.plan import FIRST_OF_2021

PARTS = ("disclosure", "requests", "remedies")
NULL = r"\N"
# Most cells of a report are 0; a few are large, money has decimals.
CELLS = ["0"] * 150 + [str(n) for n in range(1, 31)] + ["108", "215", "366", "1024", "5310", "12.35", "40.08", "0.6"]
BLANK, DASH = "1", "2"
FORM_PARTS = {
    form: [(part, len(FORMS[part, form].indicators), len(FORMS[part, form].identities)) for part in PARTS]
    for form in ("2019", "2021")
}
WORDS = "政府信息主动公开依申请办理年度报告数量重大建设项目行政许可处罚规范性文件监督保障群众满意优化营商环境工作机制"


def form_of(year: int) -> str:
    """Gives the form of a report year."""
    return "2021" if year >= FIRST_OF_2021 else "2019"


class Figures:
    """Gives rows of `figures`, each time others; the same seed gives the same."""

    def __init__(self, seed: int = 5) -> None:
        self.random = random.Random(seed)
        self.statuses = {n: [self.printed(n) for _ in range(40)] for n in self.lengths()}
        self.places = {n: [places(n, table) for table in range(1, 5)] for n in self.lengths()}
        self.details = [self.detail() for _ in range(200)]

    def lengths(self) -> set[int]:
        """Gives how many figures the parts have."""
        return {count for parts in FORM_PARTS.values() for _, count, _ in parts}

    def printed(self, count: int) -> list[str]:
        """Gives statuses: numbers, with blanks and dashes between them."""
        return self.random.choices(("0", BLANK, DASH), (95, 4, 1), k=count)

    def detail(self) -> str:
        """Gives what the arrays cannot hold: text that is not the plain number, a unit."""
        places = self.random.sample(range(1, 11), self.random.randint(0, 8))
        return json.dumps({str(place): {"raw": f"{self.random.randint(0, 40)} "} for place in sorted(places)})

    def rows(self, reading: int, year: int, *, otherwise: bool) -> Iterator[str]:
        """Gives the rows of one reading, a line of COPY a part; read `otherwise`, its first cells are others."""
        form = form_of(year)
        for part, count, identities in FORM_PARTS[form]:
            statuses = self.random.choice(self.statuses[count])
            drawn = self.random.choices(CELLS, k=count)
            values = [cell if status == "0" else "NULL" for cell, status in zip(drawn, statuses, strict=True)]
            values[0] = "77" if otherwise else values[0]
            yield (
                f"{reading}\t{part}\t{form}\t{{{','.join(statuses)}}}\t{{{','.join(values)}}}"
                f"\t{self.random.choice(self.places[count])}\t{self.random.choice(self.details)}"
                f"\t{self.checks(identities)}\n"
            )

    def checks(self, count: int) -> str:
        """Gives verdicts, left and right sides: 96 of 100 hold, one fails, three cannot be checked."""
        verdicts = self.random.choices("012", (96, 1, 3), k=count)
        lefts = [
            cell if v != "2" else "NULL" for cell, v in zip(self.random.choices(CELLS, k=count), verdicts, strict=True)
        ]
        rights = [f"{cell}1" if v == "1" else cell for cell, v in zip(lefts, verdicts, strict=True)]
        return "\t".join(f"{{{','.join(column)}}}" for column in (verdicts, lefts, rights))


def places(count: int, table: int) -> str:
    """Gives table, row and column of every figure of a part."""
    return "{" + ",".join(f"{table},{2 + place // 7},{3 + place % 7}" for place in range(count)) + "}"


@cache
def vocabulary() -> tuple[list[str], list[float]]:
    """Gives words of two characters, those of every report first, and how often each stands in texts, summed up.

    The nth is there as often as the first divided by n, as words are: from many times in each text to 1 in 300 texts.
    """
    drawn = random.Random(3)
    signs = drawn.sample([chr(sign) for sign in range(0x4E00, 0x9FA5)], 2_500)
    words = list(dict.fromkeys(WORDS[at : at + 2] for at in range(0, len(WORDS) - 1, 2)))
    words = list(dict.fromkeys(words + ["".join(drawn.choices(signs, k=2)) for _ in range(20_000)]))
    return words, list(accumulate(1 / rank for rank in range(1, len(words) + 1)))


def body(number: int) -> str:
    """Gives the text of a report, some 1,500 characters."""
    words, often = vocabulary()
    return f"第{number}号报告。" + "".join(random.Random(number).choices(words, cum_weights=often, k=750))
