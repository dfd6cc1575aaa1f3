"""A report as an agency wrote it: title, sections, three tables; not yet in any format."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from crawler.demo import figures as invented
from crawler.demo import layout
from crawler.demo.layout import Figures, Form, Grid
from crawler.demo.plan import Agency, Entry, agency, corrected, data, nights, scales


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report under its heading (一、总体情况 …)."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    table: Grid | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One agency's report for one year, in a state of it."""

    title: str  # "\n" where the printed title breaks
    opening: tuple[str, ...]
    sections: tuple[Section, ...]


def form(entry: Entry) -> Form:
    """Gives the statutory form of the report."""
    return invented.form_of(entry.year)


def printed(entry: Entry, night: int) -> Figures:
    """Gives every figure as the report prints it on a night: what a reader must find."""
    values = dict(_true(entry, night))
    for code, error in entry.misprint.items():
        values[code] = str(int(values[code]) + error)
    if entry.no_change:
        values |= dict.fromkeys(invented.changes_of(values), entry.no_change)
    if entry.money:
        values["disclosure.procurement.amount"] = entry.money.format(values["disclosure.procurement.amount"])
    shown = {code: values[code] for code in layout.codes(form(entry))}
    return {code: None if _left_blank(entry, code, value) else value for code, value in shown.items()}


def _true(entry: Entry, night: int) -> Mapping[str, str]:
    values = invented.figures(entry.agency, entry.year, scales()[agency(entry.agency).kind])
    if not corrected(entry, night):
        return values
    return {code: str(int(value) + nights().add[code]) if code in nights().add else value
            for code, value in values.items()}  # fmt: skip


def _left_blank(entry: Entry, code: str, value: str) -> bool:
    return entry.blank and value == "0" and not code.startswith("disclosure.")


def report(entry: Entry, night: int) -> Report:
    """Gives the report as it reads on a night; the words differ between nights only where it was corrected."""
    values = printed(entry, night)
    prose = _prose()
    rng = random.Random(f"words {entry.agency} {entry.year}")
    words = _words(entry, agency(entry.agency), values, rng)

    def one(choices: list[str]) -> str:
        return rng.choice(choices).format(**words)

    note = (prose["correction"]["note"],) if corrected(entry, night) else ()
    overall = [one(prose["lead"])]
    for part in prose["overall"]:
        overall += [part["heading"], one(part["text"])]
    problems = tuple(one(prose["problems"][part]) for part in ("lead", "found", "plan"))
    return Report(
        title=entry.heading or entry.title,
        opening=(*note, one(prose["opening"])),
        sections=(
            Section("一、总体情况", tuple(overall)),
            Section("二、主动公开政府信息情况", table=layout.disclosure(form(entry), values)),
            Section("三、收到和处理政府信息公开申请情况", table=layout.requests(form(entry), values)),
            Section("四、政府信息公开行政复议、行政诉讼情况", table=layout.remedies(values)),
            Section("五、存在的主要问题及改进情况", problems),
            Section("六、其他需要报告的事项", (one(prose["other"]),)),
        ),
    )


def _words(entry: Entry, author: Agency, values: Figures, rng: random.Random) -> dict[str, str | int]:
    counts = {
        name: values[f"requests.{name}.total"] or "0"
        for name in ("received", "carried_in", "concluded", "carried_out", "granted")
    }
    return {
        **counts,
        "year": entry.year,
        "next": entry.year + 1,
        "me": author.me,
        "office": author.office,
        "seat": author.seat,
        "line": rng.randint(1000, 9999),
        "count": rng.randint(120, 2600),
        "some": rng.randint(20, 110),
        "few": rng.randint(2, 12),
        "pages": rng.randint(2, 6),
        "people": rng.randint(2, 5),
        "calls": rng.randint(2, 9),
        "forms": rng.randint(40, 300),
        "visitors": rng.randint(20, 160),
    }


@lru_cache(maxsize=1)
def _prose() -> dict[str, Any]:
    return data("prose.toml")
