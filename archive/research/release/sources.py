"""Where the data of a release came from, as tables: payloads and WARC files."""

from collections.abc import Iterator

from archive.plain import time_text
from archive.records import Connection, provenance
from archive.research.exports.selection import Selection
from archive.research.exports.table import Kind, Row, Table, text_column

PAYLOADS = (
    text_column("sha256", "原件SHA-256", "SHA-256 of the bytes"),
    text_column("size", "字节数", "Bytes", Kind.INTEGER),
    text_column("portal", "门户", "Portal they were captured from"),
    text_column("url", "采集网址", "Address they were captured from first"),
    text_column("captured_at", "采集时间（UTC）", "When they were captured first (UTC)"),
    text_column("warc_file", "WARC文件", "WARC file that holds them"),
    text_column("warc_offset", "WARC文件内偏移", "Where the record begins", Kind.INTEGER),
    text_column("warc_length", "WARC记录长度", "Length of the record", Kind.INTEGER),
)
WARCS = (
    text_column("warc_file", "WARC文件", "WARC file"),
    text_column("size", "字节数", "Bytes, where it was uploaded to an object store", Kind.INTEGER),
    text_column("sha256", "SHA-256", "Digest, where it was uploaded to an object store"),
)


def payloads(connection: Connection, selection: Selection) -> Table:
    """Gives a row a payload that is held, whether or not it is a report."""

    def rows() -> Iterator[Row]:
        for one in provenance.origins(connection, selection.as_of):
            place = one.warc_file, str(one.warc_offset), str(one.warc_length)
            yield [one.sha256, str(one.size), one.portal, one.url, time_text(one.captured_at), *place]

    return Table("payloads", "原件来源", "Where the bytes came from", ("sha256",), PAYLOADS, rows)


def warc_files(connection: Connection, selection: Selection) -> Table:
    """Gives a row a WARC file."""

    def rows() -> Iterator[Row]:
        for one in provenance.warcs(connection):
            yield [one.name, None if one.size is None else str(one.size), one.sha256]

    return Table("warc_files", "WARC文件", "WARC files", ("warc_file",), WARCS, rows)
