"""The columns that name a document: the first ones of every shape, and its agency's own division as the last."""

from collections.abc import Sequence

from archive.records.documents import Document
from archive.research.exports.table import Cell, Column, Kind, text_column

KEY = ("division", "agency", "year")

NAMING = (
    text_column("division", "门户所在行政区划代码", "Division code of the portal that publishes (GB/T 2260)"),
    text_column("agency", "行政机关", "Agency, the reporting body"),
    text_column("year", "报告年度", "Year the report is about", Kind.INTEGER),
)

DOCUMENT = (
    *NAMING,
    text_column("title", "报告标题", "Title of the report"),
    text_column("url", "报告网址", "Address at which the report is published"),
    text_column("place", "文件内位置", "Which report of the file it is, empty where the file is one report"),
    text_column("version", "版本号", "Version of the report at its address", Kind.INTEGER),
    text_column("withdrawn", "是否已从网站撤下（1是 0否）", "Gone from its portal (1 yes, 0 no)", Kind.INTEGER),
    text_column("sha256", "原件SHA-256", "SHA-256 of the archived bytes"),
    text_column("revision", "识别程序修订号", "Revision of the code that read the figures", Kind.INTEGER),
)

AGENCY = (
    text_column("agency_code", "机关所属行政区划代码", "Division code of the agency itself, where it is known"),
    text_column("level", "机关层级", "Level of the agency, or department"),
)


def document_cells(document: Document) -> list[Cell]:
    """Gives the cells that name a document and the bytes it was read from."""
    return [
        document.division,
        document.agency,
        str(document.year),
        document.title,
        document.url,
        document.place,
        str(document.version),
        "1" if document.withdrawn else "0",
        document.sha256,
        str(document.revision),
    ]


def absent_cells(division: str, agency: str, year: int) -> list[Cell]:
    """Gives the same cells for a year for which the archive has no report."""
    return [division, agency, str(year), *[None] * (len(DOCUMENT) - len(NAMING))]


def agency_cells(document: Document) -> list[Cell]:
    """Gives the last cells: which division the agency is or belongs to, and its level."""
    return [document.agency_code, document.level]


def with_columns(*groups: Sequence[Column]) -> tuple[Column, ...]:
    """Gives the columns of a table: the document's, the shape's own, the agency's."""
    return tuple(column for group in groups for column in group)
