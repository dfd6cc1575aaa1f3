"""The document formats: one module a format, each with `read(payload, hints) -> Document`."""

from collections.abc import Callable, Mapping

from archive.model import Hints, Payload
from archive.read import media
from archive.read.blocks import Document
from archive.read.formats import doc, docx, html, image, md, mhtml, ofd, pdf, rtf, sheet, txt

READERS: Mapping[str, Callable[[Payload, Hints], Document]] = {
    media.HTML: html.read,
    media.TEXT: txt.read,
    media.MARKDOWN: md.read,
    media.DOCX: docx.read,
    media.RTF: rtf.read,
    media.XLSX: sheet.read,
    media.XLS: sheet.read,
    media.DOC: doc.read,
    media.MHTML: mhtml.read,
    media.PDF: pdf.read,
    **dict.fromkeys(media.IMAGES, image.read),
    media.OFD: ofd.read,
}
"""Media type → reader; to add a format, write a module and one line here."""
