"""The codebook as JSON and as Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archive.research.codebook.counts import WORDS, ByYear, totals
from archive.research.codebook.entries import TABLES, Entry, Position
from archive.research.missing import Missing

Json = dict[str, Any]

LABELS = {"number": ("有数值", "number"), **{each.word: (each.zh, each.en) for each in Missing}}
RELATIONS = {
    "comparable": ("两式可比", "comparable"),
    "split": ("拆分", "split"),
    "not_comparable": ("不可比", "not comparable"),
}


def entry_json(entry: Entry, by_year: ByYear | None = None) -> Json:
    """Gives an entry; with what reports say of it by year, where that was counted."""
    crossing = entry.crossing
    found: Json = {
        "indicator": entry.code,
        "short_name": entry.short_name,
        "label_zh": entry.label_zh,
        "label_en": entry.label_en,
        "part": entry.part,
        "unit": entry.unit,
        "positions": [position_json(position) for position in entry.positions],
        "crosswalk": None
        if crossing is None
        else {
            "relation": crossing.relation.value,
            crossing.from_form: list(crossing.from_codes),
            crossing.to_form: list(crossing.to_codes),
            "note_zh": crossing.note_zh,
            "note_en": crossing.note_en,
        },
        "identities": list(entry.identities),
    }
    if by_year is not None:
        found["reports"] = totals(by_year)
        found["reports_by_year"] = [
            {"year": year, **{word: counted.get(word, 0) for word in WORDS}} for year, counted in by_year.items()
        ]
    return found


def position_json(position: Position) -> Json:
    """Gives where a form has an indicator; rows and columns count from 1."""
    return {
        "form": position.form,
        "notice": position.notice,
        "part": position.part,
        "row": position.row,
        "row_label": position.row_label,
        "column": position.column,
        "column_label": position.column_label,
        "first_year": position.first_year,
        "last_year": position.last_year,
    }


def codebook_json(entries: Sequence[Entry], counted: Mapping[str, ByYear], about: Mapping[str, str]) -> Json:
    """Gives the whole codebook with the codes of missing values."""
    missing = [
        {"status": each.word, "stata": f".{each.letter}", "spss": each.spss, "zh": each.zh, "en": each.en}
        for each in Missing
    ]
    return {**about, "missing": missing, "indicators": [entry_json(each, counted[each.code]) for each in entries]}


def markdown(entries: Sequence[Entry], counted: Mapping[str, ByYear], about: Mapping[str, str]) -> Iterator[str]:
    """Gives the lines of the codebook for people, Chinese beside English."""
    yield "# 指标说明 / Codebook"
    yield ""
    yield from (f"{name}: {text}  " for name, text in about.items())
    yield ""
    yield "| 状态 status | Stata | SPSS | 含义 meaning |"
    yield "|---|---|---|---|"
    for each in Missing:
        yield f"| {each.word} | .{each.letter} | {each.spss} | {each.zh} {each.en} |"
    part = ""
    for entry in entries:
        if entry.part != part:
            part = entry.part
            yield f"\n## {TABLES[part]} ({part})"
        yield from entry_lines(entry, counted[entry.code])


def entry_lines(entry: Entry, by_year: ByYear) -> Iterator[str]:
    """Gives the lines of one entry."""
    yield f"\n### `{entry.code}`\n"
    yield f"{entry.label_zh}  \n{entry.label_en}\n"
    yield f"* 短名 short name: `{entry.short_name}`" + (f"; 单位 unit: {entry.unit}" if entry.unit else "")
    for position in entry.positions:
        years = f"{position.first_year}–{position.last_year or ''}"
        yield (
            f"* 表式 form {position.form} ({position.notice}), {years}: 第{position.row}行 {position.row_label},"
            f" 第{position.column}列 {position.column_label}"
        )
    if entry.crossing:
        zh, en = RELATIONS[entry.crossing.relation.value]
        yield f"* 2019→2021: {zh} {en}: {entry.crossing.note_zh}; {entry.crossing.note_en}"
        if entry.crossing.relation.value != "comparable":
            yield f"  {listed(entry.crossing.from_codes)} → {listed(entry.crossing.to_codes)}"
    if entry.identities:
        yield f"* 勾稽关系 identities: {listed(entry.identities)}"
    if by_year:
        yield ""
        yield "| 年度 year | " + " | ".join(f"{LABELS[word][0]} {LABELS[word][1]}" for word in WORDS) + " |"
        yield "|---|" + "---:|" * len(WORDS)
        for year, found in by_year.items():
            yield f"| {year} | " + " | ".join(str(found.get(word, 0)) for word in WORDS) + " |"


def listed(codes: Sequence[str]) -> str:
    """Gives codes for Markdown."""
    return ", ".join(f"`{code}`" for code in codes) or "–"
