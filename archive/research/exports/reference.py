"""The codebook and the crosswalk as tables, for every format."""

from collections.abc import Iterator

from archive.read.forms.crosswalk import crosswalk as crossings
from archive.records import Connection
from archive.research.codebook.counts import WORDS, missing_by_year, totals
from archive.research.codebook.entries import Entry, entries
from archive.research.codebook.render import LABELS
from archive.research.exports.selection import Selection
from archive.research.exports.table import Cell, Kind, Row, Table, text_column

CODEBOOK = (
    text_column("indicator", "指标代码", "Indicator"),
    text_column("short_name", "短变量名（Stata、SPSS）", "Name in Stata and SPSS"),
    text_column("label_zh", "中文标签", "Chinese label"),
    text_column("label_en", "英文标签", "English label"),
    text_column("part", "报告部分", "Part of the report"),
    text_column("unit", "计量单位", "Unit the form prescribes"),
    text_column("forms", "所在表式", "Forms that have it"),
    text_column("years", "适用年度", "Report years those forms are for"),
    text_column("positions", "表中位置", "Row and column on each form"),
    text_column("notices", "依据文件", "Notices that lay the forms down"),
    text_column("crosswalk", "2019与2021年式对照", "comparable, split or not_comparable between 2019 and 2021"),
    text_column("crosswalk_from", "2019年式指标", "Indicators of the form of 2019"),
    text_column("crosswalk_to", "2021年式指标", "Indicators of the form of 2021"),
    text_column("crosswalk_note", "对照说明", "What to mind"),
    text_column("identities", "所涉勾稽关系", "Accounting identities it enters"),
    *(
        text_column(f"n_{word}", f"报告数：{LABELS[word][0]}", f"Reports: {LABELS[word][1]}", Kind.INTEGER)
        for word in WORDS
    ),
)

CROSSWALK = (
    text_column("relation", "对照关系", "comparable, split or not_comparable"),
    text_column("from_form", "旧表式", "Older form"),
    text_column("from_indicator", "旧表式指标", "Indicator of the older form, empty where there is none"),
    text_column("to_form", "新表式", "Newer form"),
    text_column("to_indicator", "新表式指标", "Indicator of the newer form, empty where there is none"),
    text_column("note_zh", "说明", "What to mind, in Chinese"),
    text_column("note_en", "英文说明", "What to mind"),
)


def codebook(connection: Connection, selection: Selection) -> Table:
    """Gives a row an indicator, with how many reports have a number and how many have none for which reason."""
    wanted = [each for each in entries() if selection.wants(each.code)]

    def rows() -> Iterator[Row]:
        counted = missing_by_year(connection, wanted, selection.revision, selection.as_of)
        for each in wanted:
            numbers = totals(counted[each.code])
            yield [*entry_cells(each), *(str(numbers[word]) for word in WORDS)]

    titles = "指标说明（每行一个指标）", "Codebook (a row an indicator)"
    return Table("codebook", *titles, ("indicator",), CODEBOOK, rows, total=len(wanted))


def entry_cells(entry: Entry) -> list[Cell]:
    """Gives what the forms say of an indicator."""
    crossing = entry.crossing
    return [
        entry.code,
        entry.short_name,
        entry.label_zh,
        entry.label_en,
        entry.part,
        entry.unit,
        ";".join(position.form for position in entry.positions),
        ";".join(f"{p.first_year}-{p.last_year or ''}" for p in entry.positions),
        ";".join(f"{p.form}: {p.row},{p.column}" for p in entry.positions),
        ";".join(dict.fromkeys(position.notice for position in entry.positions)),
        crossing.relation.value if crossing else None,
        ";".join(crossing.from_codes) if crossing else None,
        ";".join(crossing.to_codes) if crossing else None,
        crossing.note_en if crossing else None,
        ";".join(entry.identities),
    ]


def crosswalk(connection: Connection, selection: Selection) -> Table:
    """Gives a row a pair of indicators of the forms of 2019 and 2021; one side is empty where there is no other."""

    def rows() -> Iterator[Row]:
        for each in crossings():
            for old in each.from_codes:
                for new in each.to_codes or (None,):
                    notes = each.note_zh, each.note_en
                    yield [each.relation.value, each.from_form, old, each.to_form, new, *notes]

    titles = "2019与2021年式指标对照", "Crosswalk from the form of 2019 to that of 2021"
    return Table("crosswalk", *titles, ("from_indicator", "to_indicator"), CROSSWALK, rows)
