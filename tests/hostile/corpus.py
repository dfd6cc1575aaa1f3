"""Files that were made to harm a reader, each with what may come of it: `read`, or the code of a named error."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.recorded.cases import REPORTS, Case

MANY = 300_000
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY out SYSTEM "file:///etc/passwd">]>'
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A hostile file: how it is made and what may come of it."""

    make: Callable[[], bytes]
    outcomes: frozenset[str]


def packed(members: Mapping[str, bytes]) -> bytes:
    """Gives a ZIP."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def word(body: str, before: str = "") -> bytes:
    """Gives a DOCX with this body."""
    return packed(
        {"word/document.xml": f'{before}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'.encode()}
    )


def nested_zip(depth: int) -> bytes:
    """Gives a ZIP in a ZIP in a ZIP …, ten copies on every floor."""
    data = packed({"报告.txt": b"0" * 1_000_000})
    for _ in range(depth):
        data = packed({f"{n}.zip": data for n in range(10)})
    return data


def png(width: int, height: int) -> bytes:
    """Gives a one-bit PNG of one colour, a few kilobytes however large the picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    squeeze = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    rows = b"".join(squeeze.compress(row) for _ in range(min(height, 20_000))) + squeeze.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def looping_tiff() -> bytes:
    """Gives a TIFF whose directory of pages leads to itself."""
    entries = [
        (256, 4, 1, 10),
        (257, 4, 1, 10),
        (258, 3, 1, 1),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (278, 4, 1, 10),
        (279, 4, 1, 20),
    ]
    ifd = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<I", 40) + b"\0" * 32 + ifd + struct.pack("<I", 40)


def pdf(*objects: str, root: int = 1) -> bytes:
    """Gives a PDF of objects 1, 2, 3 … with a right table of their places."""
    out = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    start = len(out)
    size = len(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer <</Size {size}/Root {root} 0 R>>\n".encode()
    return out + f"startxref\n{start}\n%%EOF\n".encode()


def stream(content: str, extra: str = "") -> str:
    """Gives a PDF stream."""
    return f"<</Length {len(content)}{extra}>>\nstream\n{content}\nendstream"


def page_of(content: str) -> bytes:
    """Gives a PDF of one page."""
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>"
    form = stream("/F Do", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>")
    return pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream(content), form)


def looping_pages() -> bytes:
    """Gives a PDF whose page tree contains itself."""
    return pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Parent 2 0 R/Kids[2 0 R 2 0 R 2 0 R]/Count 1000000>>")


def many_pages() -> bytes:
    """Gives a PDF that shows one page a hundred thousand times."""
    kids = "3 0 R " * 100_000
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"
    return pdf("<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count 100000>>", page)


def recorded(kind: str) -> bytes:
    """Gives a sound file of a format."""
    path = min(REPORTS.glob(f"*/{kind}/*/expected.json"))
    return Case(path.parent).source.read_bytes()


def cyclic_doc() -> bytes:
    """Gives a DOC whose table of sectors (FAT) leads from every sector to itself."""
    data = bytearray(recorded("doc"))
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    (first,) = struct.unpack_from("<I", data, 76)
    start = (first + 1) * size
    for number in range(size // 4):
        struct.pack_into("<I", data, start + 4 * number, number)
    return bytes(data)


def remade(kind: str, ending: str, content: str) -> bytes:
    """Gives a sound file of a format, one of whose members is this instead."""
    with zipfile.ZipFile(io.BytesIO(recorded(kind))) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    replaced = next(name for name in members if name.endswith(ending))
    return packed(members | {replaced: content.encode()})


def sheet(rows: str, before: str = "") -> bytes:
    """Gives an XLSX with these rows."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    data = f'{before}<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
    return remade("xlsx", "sheet1.xml", data)


def ofd(content: str, before: str = "") -> bytes:
    """Gives an OFD with this content on a page."""
    name = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    page = f'{before}<ofd:Page {name}><ofd:Content><ofd:Layer ID="2">{content}</ofd:Layer></ofd:Content></ofd:Page>'
    return remade("ofd", "Content.xml", page)


def glyphs(delta: str) -> str:
    """Gives an OFD text whose characters are spaced so."""
    code = f'<ofd:TextCode X="0" Y="3" DeltaX="{delta}">1</ofd:TextCode>'
    return f'<ofd:TextObject Boundary="0 0 9 9" Size="3">{code}</ofd:TextObject>'


def outcomes(*codes: str) -> frozenset[str]:
    """Gives the codes that may come of a file."""
    return frozenset(codes)


HTML_BOMB = "<td colspan=999999999 rowspan=999999999>1</td>" * 1000
CORPUS: Mapping[str, Hostile] = {
    "bomb.docx": Hostile(lambda: packed({"word/document.xml": b"<a>" + b" " * 300_000_000}), outcomes("damaged-docx")),
    "laughs.docx": Hostile(
        lambda: word("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", BILLION), outcomes("damaged-docx", "read")
    ),
    "outside.docx": Hostile(
        lambda: word("<w:p><w:r><w:t>&out;</w:t></w:r></w:p>", OUTSIDE), outcomes("damaged-docx", "read")
    ),
    "deep.docx": Hostile(lambda: word("<w:tbl><w:tr><w:tc>" * 20_000), outcomes("damaged-docx")),
    "wide.docx": Hostile(
        lambda: word('<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr></w:tc></w:tr></w:tbl>' * 500),
        outcomes("read"),
    ),
    "deep.html": Hostile(
        lambda: b"<html><body>" + b"<div>" * MANY + "一、总体情况".encode(),
        outcomes("too-large-html", "too-deep"),
    ),
    "deep-tables.html": Hostile(lambda: b"<html><body>" + b"<table><tr><td>" * 20_000, outcomes("too-deep")),
    "spans.html": Hostile(
        lambda: f"<html><table>{f'<tr>{HTML_BOMB}</tr>' * 50}</table>".encode(), outcomes("too-large-html")
    ),
    "wide.html": Hostile(lambda: b"<html><table><tr>" + b"<td>1" * 1_000_000 + b"</table>", outcomes("too-large-html")),
    "wide.txt": Hostile(lambda: b"1\t" * 5_000_000, outcomes("read")),
    "pipes.txt": Hostile(lambda: ("|一|" + "1|" * MANY + "\n").encode() * 3, outcomes("read")),
    "brackets.txt": Hostile(lambda: ("（" * MANY + "统计期限" * MANY).encode(), outcomes("read")),
    "deep.rtf": Hostile(lambda: b"{\\rtf1 " + b"{" * 1_000_000, outcomes("damaged-rtf", "read")),
    "binary.rtf": Hostile(lambda: b"{\\rtf1 \\bin2147483647 x}", outcomes("damaged-rtf", "read")),
    "wide.rtf": Hostile(
        lambda: b"{\\rtf1 \\trowd" + b"\\cellx1" * 500_000 + b"\\cell\\row}", outcomes("damaged-rtf", "read")
    ),
    "cyclic.doc": Hostile(cyclic_doc, outcomes("damaged-doc")),
    "cut.doc": Hostile(lambda: recorded("doc")[:3000], outcomes("damaged-doc", "unsupported-media-type")),
    "far.xlsx": Hostile(
        lambda: sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'),
        outcomes("read", "damaged-sheet"),
    ),
    "laughs.xlsx": Hostile(
        lambda: sheet('<row r="1"><c r="A1"><v>&l9;</v></c></row>', BILLION), outcomes("read", "damaged-sheet")
    ),
    "bomb.xlsx": Hostile(lambda: sheet("<row/>" + " " * 300_000_000), outcomes("damaged-sheet", "too-large")),
    "laughs.ofd": Hostile(
        lambda: ofd("<ofd:TextObject>&l9;</ofd:TextObject>", BILLION), outcomes("read", "damaged-ofd")
    ),
    "repeat.ofd": Hostile(
        lambda: ofd(glyphs("g 1000000000 1")),
        outcomes("read", "damaged-ofd"),
    ),
    "looping-pages.pdf": Hostile(looping_pages, outcomes("damaged-pdf", "too-large-pdf")),
    "looping-form.pdf": Hostile(lambda: page_of("/F Do"), outcomes("read", "needs-ocr", "damaged-pdf")),
    "many-pages.pdf": Hostile(many_pages, outcomes("too-large-pdf", "needs-ocr", "damaged-pdf")),
    "many-lines.pdf": Hostile(lambda: page_of("0 0 m 500 500 l S\n" * 1_000_000), outcomes("too-large-pdf")),
    "large.png": Hostile(lambda: png(10_000, 10_000), outcomes("image-too-large", "read")),
    "huge.png": Hostile(lambda: png(60_000, 60_000), outcomes("image-too-large", "damaged-image")),
    "looping.tiff": Hostile(looping_tiff, outcomes("read", "damaged-image", "too-large-pdf")),
    "bomb.zip": Hostile(lambda: packed({"报告.txt": b"0" * 1_000_000_000}), outcomes("archive-too-large")),
    "nested.zip": Hostile(lambda: nested_zip(5), outcomes("archive-too-large", "no-report-in-archive")),
    "many.zip": Hostile(lambda: packed({f"{n}.txt": b"1" for n in range(60_000)}), outcomes("archive-too-large")),
    "above.zip": Hostile(
        lambda: packed({"../../etc/报告.txt": "不".encode(), "/abs.txt": b"1"}),
        outcomes("read", "no-report-in-archive"),
    ),
}
