"""Media type from the bytes; what was claimed only helps where the bytes allow several answers."""

import io
import re
import zipfile

from archive.model import Hints, Payload

HTML = "text/html"
TEXT = "text/plain"
MARKDOWN = "text/markdown"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOC = "application/msword"
RTF = "application/rtf"
XLS = "application/vnd.ms-excel"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MHTML = "multipart/related"
PDF = "application/pdf"
OFD = "application/ofd"
ZIP = "application/zip"
RAR = "application/vnd.rar"
SEVEN_ZIP = "application/x-7z-compressed"
GZIP = "application/gzip"
TAR = "application/x-tar"
UNKNOWN = "application/octet-stream"

IMAGES = ("image/png", "image/jpeg", "image/tiff", "image/bmp", "image/gif", "image/webp")

MAGIC = (
    (b"%PDF-", PDF),
    (b"{\\rtf", RTF),
    (b"Rar!\x1a\x07", RAR),
    (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"\x1f\x8b", GZIP),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_STREAMS = (
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("EncryptedPackage", XLS),
)
MEMBERS = (
    ("word/", DOCX),
    ("xl/", XLSX),
    ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("OFD.xml", OFD),
)
ROOT = re.compile(rb"^\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
TAG = re.compile(rb"</?(?:p|div|table|tr|td|span|br|h[1-6]|meta|title|center|font|a|ul|li)(?:\s[^<>]*)?/?>", re.I)
PIPE_RULE = re.compile(rb"^[ \t]*+\|?+(?:[ \t]*+:?-++:?[ \t]*+\|)++[ \t:-]*+\r?$", re.M)
IN_CELL = re.compile(rb"</?(?:br|span|font|a)\b", re.I)
MARKS = re.compile(rb"^(?:\*\*[^*\n]+\*\*|#{1,6}[ \t]+\S)", re.M)
PAGE_TABLE = re.compile(rb"<table\b(?:(?!<table\b).)*?</table\s*>", re.I | re.S)
CUT_TABLE = re.compile(rb"<table\b.*", re.I | re.S)
ANY_TAG = re.compile(rb"<(?:[!?]|/?([a-z][a-z0-9]*)(?=[\s/>]))", re.I)
IN_MARKDOWN = frozenset(b"a b br center del div em font i img s span strong sub sup u".split())
MAX_NESTED = 4
HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:")
MIME = re.compile(rb"^MIME-Version:", re.I | re.M)
MULTIPART = re.compile(rb"^Content-Type:\s*(?:multipart/|text/html)", re.I | re.M)
BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
SNIFFED = 65_536


def media_type(payload: Payload, hints: Hints) -> str:
    """Gives the media type of the bytes, `application/octet-stream` where they are none we know.

    The magic numbers of MAGIC, the member names of a ZIP (OOXML, OFD) and the streams of an OLE file decide;
    what is left is HTML where tags are found and text where no NUL is. A truncated OOXML file, whose directory
    of members is lost, still shows its member names in clear.
    """
    data = payload.data
    for magic, kind in MAGIC:
        if data.startswith(magic) and not (magic == b"BM" and is_text(data)):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(OLE):
        return ole_type(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zip_type(data)
    if data[257:262] == b"ustar":
        return TAR
    if is_message(data):
        return MHTML
    if not is_text(data):
        return UNKNOWN
    if is_markdown_with_tables(data, hints):
        return MARKDOWN
    return HTML if is_html(data, hints) else TEXT


def is_message(data: bytes) -> bool:
    """Tells whether the bytes are a MIME message with a page in it, by the header lines before its first blank line."""
    head = re.split(rb"\r?\n\r?\n", data[:SNIFFED].removeprefix(BOMS[0]).lstrip(), maxsplit=1)[0]
    return bool(HEADER.match(head) and MIME.search(head) and MULTIPART.search(head))


def is_text(data: bytes) -> bool:
    """Tells whether there are no control bytes that no text has; UTF-16 is text by its BOM."""
    return data.startswith(BOMS) or not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", data[:SNIFFED])


def opening(data: bytes) -> bytes:
    """Gives the beginning of a text without its byte order mark and, in UTF-16, without NULs."""
    head = data[:SNIFFED].replace(b"\x00", b"")
    for bom in BOMS:
        head = head.removeprefix(bom)
    return head


def is_markdown_with_tables(data: bytes, hints: Hints) -> bool:
    """Tells whether the bytes are prose with HTML tables in it, which a page would put into elements.

    No element but those that Markdown may use stands outside of the tables; and some line has a mark of Markdown, or
    blank lines part the paragraphs of what nobody claims to be a page.
    """
    head = opening(data)
    rest, count = PAGE_TABLE.subn(b"", head)
    for _ in range(MAX_NESTED):
        rest, more = PAGE_TABLE.subn(b"", rest)
        if not more:
            break
    if not count or ROOT.match(head):
        return False
    rest = CUT_TABLE.sub(b"", rest) if len(data) > SNIFFED else rest
    outside = {match[1].lower() if match[1] else b"" for match in ANY_TAG.finditer(rest.replace(b"<!-- -->", b""))}
    if MARKS.search(rest) or PIPE_RULE.search(rest):
        return outside <= IN_MARKDOWN
    return outside <= {b"br"} and hints.media_type != HTML and bool(re.search(rb"\S\s*\n\s*\n\s*\S", rest))


def is_html(data: bytes, hints: Hints) -> bool:
    """Tells whether the bytes are a page: an HTML root, or tags (one will do where HTML was claimed)."""
    head = opening(data)
    if ROOT.match(head):
        return True
    if PIPE_RULE.search(head) and all(IN_CELL.match(tag) for tag in TAG.findall(head)):
        return False
    return len(TAG.findall(head)) >= (1 if hints.media_type in (HTML, "application/xhtml+xml") else 3)


def ole_type(data: bytes) -> str:
    """Gives DOC or XLS by the stream names in the directory, which are UTF-16."""
    for stream, kind in OLE_STREAMS:
        if f"{stream}\0".encode("utf-16-le") in data:
            return kind
    return "application/x-ole-storage"


def zip_type(data: bytes) -> str:
    """Gives the type that a ZIP's member names tell."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        names = [f"{name.decode('ascii')}.xml" for name in re.findall(rb"(?:word/|xl/|ppt/|OFD\.xml)", data)]
    for prefix, kind in MEMBERS:
        if any(name.startswith(prefix) and name.endswith((".xml", ".bin")) for name in names):
            return kind
    return ZIP
