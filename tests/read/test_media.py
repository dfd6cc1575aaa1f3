import io
import zipfile

import pytest

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Payload
from archive.read import read
from archive.read.media import DOCX, HTML, TEXT, media_type


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "<x/>")  # the same bytes in every process
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xef\xbb\xbf <!DOCTYPE html><p>x", HTML),
        (b"<?xml version='1.0'?><!-- a --><html xmlns='x'>", HTML),
        ("<p>一</p><table><tr><td>1".encode("gbk"), HTML),
        ("<html><p>".encode("utf-16"), HTML),
        (b"a < b\t1\n", TEXT),
        (b"BM is a text", TEXT),
        (zipped("[Content_Types].xml", "word/document.xml"), DOCX),
        (zipped("word/document.xml")[:60], DOCX),
        (zipped("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (zipped("OFD.xml"), "application/ofd"),
        (zipped("a.pdf"), "application/zip"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"{\\rtf1", "application/rtf"),
        (OLE + "WordDocument\0".encode("utf-16-le"), "application/msword"),
        (OLE + "Workbook\0".encode("utf-16-le"), "application/vnd.ms-excel"),
        (b"Rar!\x1a\x07\x00", "application/vnd.rar"),
        (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"abc\x00\x01", "application/octet-stream"),
    ],
)
def test_bytes_say_what_they_are(data: bytes, kind: str) -> None:
    assert media_type(Payload(data), Hints(media_type="application/pdf", file_name="x.docx")) == kind


def test_a_claim_of_html_helps_a_fragment() -> None:
    assert media_type(Payload(b"<br>2020"), Hints(media_type=HTML)) == HTML
    assert media_type(Payload(b"<br>2020"), Hints()) == TEXT


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"", "empty", "no bytes"),
        (b" \n", "empty", "no bytes"),
        (b"%PDF-1.7\n", "damaged-pdf", "cannot be opened"),
        (b"abc\x00", "unsupported-media-type", "report.docx"),
        (zipped("word/document.xml")[:80], "damaged-docx", "DOCX"),
        (zipped("word/document.xml"), "damaged-docx", "no body"),
        (zipped("word/styles.xml"), "damaged-docx", "no word/document.xml"),
    ],
)
def test_what_cannot_be_read_is_named(data: bytes, code: str, said: str) -> None:
    with pytest.raises(UnreadableDocumentError, match=said) as caught:
        read(Payload(data), Hints(file_name="report.docx"))
    assert caught.value.code == code
