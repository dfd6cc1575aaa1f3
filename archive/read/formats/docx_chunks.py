"""Documents that a DOCX takes in whole (w:altChunk): a page, an MHTML message or a text among its members."""

import io
import zipfile
from collections.abc import Sequence

from lxml import etree

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Payload
from archive.read.blocks import Document
from archive.read.formats import html, md, mhtml, txt
from archive.read.media import HTML, MARKDOWN, MHTML, TEXT, media_type

RELATIONS = "word/_rels/document.xml.rels"
MAX_CHUNKS = 20
MAX_BYTES = 16 * 1024 * 1024
READERS = {HTML: html.read, MHTML: mhtml.read, TEXT: txt.read, MARKDOWN: md.read}


def chunks(data: bytes, names: Sequence[str]) -> list[Document | None]:
    """Gives the documents that relations `names` lead to, None for one that cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            targets = relations(archive)
            return [chunk(archive, targets.get(name)) for name in names[:MAX_CHUNKS]]
    except (zipfile.BadZipFile, EOFError, KeyError, RuntimeError, ValueError, OSError, etree.XMLSyntaxError):
        return [None] * len(names)


def relations(archive: zipfile.ZipFile) -> dict[str, str]:
    """Gives the member that each relation of the main part leads to."""
    with archive.open(RELATIONS) as member:
        xml = member.read(MAX_BYTES)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    found = [node.attrib for node in etree.fromstring(xml, parser)]
    return {str(each.get("Id")): f"word/{each.get('Target')}".replace("word//", "") for each in found}


def chunk(archive: zipfile.ZipFile, name: str | None) -> Document | None:
    """Gives one document taken in, None where it is missing, too large or of another kind."""
    if name is None or name not in archive.namelist():
        return None
    with archive.open(name) as member:
        data = member.read(MAX_BYTES + 1)
    payload = Payload(data)
    reader = READERS.get(media_type(payload, Hints())) if 0 < len(data) <= MAX_BYTES else None
    try:
        return reader(payload, Hints()) if reader else None
    except UnreadableDocumentError:
        return None
