"""Shapes of more rows than reports: `long`, a row a figure; `versions`, `checks`; and `documents`, a row a report."""

from collections.abc import Iterator

from archive.model import Status, Verdict
from archive.plain import digits, figure_json, time_text
from archive.records import Connection, figures, histories, panel
from archive.research.exports.identity import (
    AGENCY,
    DOCUMENT,
    KEY,
    NAMING,
    agency_cells,
    document_cells,
    with_columns,
)
from archive.research.exports.selection import Selection, chosen, readings_of, rows_of
from archive.research.exports.table import Kind, Row, Table, text_column

LONG = (
    text_column("part", "报告部分", "Part of the report: disclosure, requests, remedies or statistics"),
    text_column("form", "表式", "Statutory form of that part"),
    text_column("indicator", "指标代码", "Indicator, as the codebook has it"),
    text_column("status", "单元格状态", "number, blank, dash, text, unreadable or not_on_form"),
    text_column("value", "数值", "Value, where the cell is a number", Kind.NUMBER),
    text_column("raw", "原文", "What is printed in the cell"),
    text_column("unit", "计量单位", "Unit as printed in the cell or its header"),
    text_column("value_wan", "金额（万元）", "Money in 万元, where the unit is known", Kind.NUMBER),
    text_column("table", "表序（从0起）", "Table of the document, from 0", Kind.INTEGER),
    text_column("row", "行（从0起）", "Row of that table, from 0", Kind.INTEGER),
    text_column("column", "列（从0起）", "Column of that table, from 0", Kind.INTEGER),
    text_column("confidence", "识别置信度", "How sure the recognition of a scanned cell is, 0 to 1", Kind.NUMBER),
    text_column("note", "备注", "Why there is no value, or what was assumed"),
)

CAPTURED = (
    text_column("portal", "门户", "Portal that publishes it"),
    *(
        text_column(f"form_{part}", f"表式：{zh}", f"Form of the part {part}")
        for part, zh in zip(figures.PARTS, ("主动公开", "依申请公开", "复议诉讼", "统计表"), strict=True)
    ),
    text_column("versions_seen", "已见版本数", "Versions seen at that address", Kind.INTEGER),
    text_column("captured_url", "采集网址", "Address whose bytes were read"),
    text_column("captured_at", "采集时间（UTC）", "When those bytes were captured (UTC)"),
    text_column("warc_file", "WARC文件", "WARC file in which the bytes lie"),
    text_column("warc_offset", "WARC文件内偏移", "Where the record begins in that file", Kind.INTEGER),
    text_column("warc_length", "WARC记录长度", "Length of the record", Kind.INTEGER),
    *(
        text_column(
            f"figures_{status.value}", f"单元格数：{status.value}", f"Cells that are {status.value}", Kind.INTEGER
        )
        for status in Status
    ),
    *(
        text_column(f"checks_{verdict.value}", f"勾稽关系数：{zh}", f"Identities: {verdict.value}", Kind.INTEGER)
        for verdict, zh in zip(Verdict, ("成立", "不成立", "无法核对"), strict=True)
    ),
)

VERSION = (
    text_column("portal", "门户", "Portal that publishes it"),
    text_column("url", "网址", "Address of this rendition"),
    text_column("place", "文件内位置", "Which report of the file it is, empty where the file is one report"),
    text_column("role", "网页或附件", "report (a page) or attachment"),
    text_column("version", "版本号", "Number of the version, in order of first sight", Kind.INTEGER),
    text_column("first_seen", "首次见到（UTC）", "First capture that showed it (UTC)"),
    text_column("last_seen", "最后见到（UTC）", "Last capture that showed it (UTC)"),
    text_column("content_hash", "内容散列", "Hash of what a reader would call the report"),
    text_column("sha256", "原件SHA-256", "SHA-256 of the bytes first captured of it"),
    text_column("same_as", "与哪一版相同", "Earlier version that reads the same", Kind.INTEGER),
    text_column("found_by_revision", "发现该版的修订号", "Revision of the reading code that found it", Kind.INTEGER),
)

CHECK = (
    text_column("identity", "勾稽关系", "Accounting identity, as the codebook has it"),
    text_column("verdict", "核对结果", "holds, fails or not_checkable"),
    text_column("left", "左边", "Left side", Kind.NUMBER),
    text_column("right", "右边", "Right side", Kind.NUMBER),
)


def long(connection: Connection, selection: Selection) -> Table:
    """Gives a row a figure, whatever its status, with what was printed and where it stands."""

    def rows() -> Iterator[Row]:
        for batch in chosen(connection, selection):
            found = figures.figures_of(connection, readings_of(batch))
            for document in batch:
                before, after = document_cells(document), agency_cells(document)
                for figure in found.get(document.reading_id, ()):
                    if selection.wants(figure.indicator):
                        part = figure.indicator.partition(".")[0]
                        known = (figure_json(figure) | {"note": figure.note}).values()
                        cells = [None if value is None else str(value) for value in known]
                        yield [*before, part, document.forms[part], *cells, *after]

    titles = "政府信息公开年报指标数据（每行一个单元格）", "Figures of disclosure reports (a row a figure)"
    return Table("long", *titles, (*KEY, "indicator"), with_columns(DOCUMENT, LONG, AGENCY), rows)


def documents(connection: Connection, selection: Selection) -> Table:
    """Gives a row a document, with where its bytes lie and how its figures and checks came out."""

    def rows() -> Iterator[Row]:
        for batch in chosen(connection, selection):
            arrays = panel.arrays_of(connection, readings_of(batch))
            checks = figures.checks_of(connection, readings_of(batch))
            for document in batch:
                statuses = "".join(each.statuses for each in arrays.get(document.reading_id, ()))
                verdicts = [check.verdict for check in checks.get(document.reading_id, ())]
                yield [
                    *document_cells(document),
                    document.portal,
                    *(document.forms.get(part) for part in figures.PARTS),
                    str(document.versions),
                    document.captured_url,
                    time_text(document.captured_at),
                    document.warc_file,
                    str(document.warc_offset),
                    str(document.warc_length),
                    *(str(statuses.count(panel.SIGNS[status])) for status in Status),
                    *(str(verdicts.count(verdict)) for verdict in Verdict),
                    *agency_cells(document),
                ]

    titles = "政府信息公开年报目录（每行一份报告）", "Disclosure reports (a row a report)"
    columns = with_columns(DOCUMENT, CAPTURED, AGENCY)
    return Table("documents", *titles, KEY, columns, rows, total=rows_of(connection, selection))


def versions(connection: Connection, selection: Selection) -> Table:
    """Gives a row a version of each address of each document, in the order in which they were seen."""

    def rows() -> Iterator[Row]:
        for batch in chosen(connection, selection):
            places = panel.published(connection, [document.id for document in batch], selection.revision)
            ids = [source.id for sources in places.values() for source in sources]
            seen = histories.versions_of(connection, ids, selection.revision, selection.as_of)
            for document in batch:
                for source in places.get(document.id, ()):
                    for version in seen.get(source.id, ()):
                        yield [
                            *document_cells(document)[: len(NAMING)],
                            source.portal,
                            source.url,
                            source.place,
                            source.role,
                            str(version.number),
                            time_text(version.first_seen),
                            time_text(version.last_seen),
                            version.content_hash,
                            version.sha256,
                            None if version.same_as is None else str(version.same_as),
                            str(version.found_by),
                            *agency_cells(document),
                        ]

    titles = "政府信息公开年报版本（每行一个版本）", "Versions of disclosure reports (a row a version)"
    key = (*KEY, "portal", "url", "place", "version")
    return Table("versions", *titles, key, with_columns(NAMING, VERSION, AGENCY), rows)


def checks(connection: Connection, selection: Selection) -> Table:
    """Gives a row an accounting identity of each document, with both sides."""

    def rows() -> Iterator[Row]:
        for batch in chosen(connection, selection):
            found = figures.checks_of(connection, readings_of(batch))
            for document in batch:
                before, after = document_cells(document), agency_cells(document)
                for check in found.get(document.reading_id, ()):
                    sides = digits(check.left), digits(check.right)
                    yield [*before, check.identity, check.verdict.value, *sides, *after]

    titles = "勾稽关系核对结果（每行一项）", "Accounting identities evaluated (a row an identity)"
    return Table("checks", *titles, (*KEY, "identity"), with_columns(DOCUMENT, CHECK, AGENCY), rows)
