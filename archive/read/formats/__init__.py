"""The document formats: one module a format, each with `read(payload, hints) -> Document`."""

from collections.abc import Callable, Mapping

from archive.model import Hints, Payload
from archive.read import media
from archive.read.blocks import Document
from archive.read.formats import docx, html, txt

READERS: Mapping[str, Callable[[Payload, Hints], Document]] = {
    media.HTML: html.read,
    media.TEXT: txt.read,
    media.DOCX: docx.read,
}
"""Media type → reader; to add a format, write a module and one line here."""
