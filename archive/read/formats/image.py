"""Pictures of pages (PNG, JPEG, TIFF with several pages, BMP, GIF, WebP), read by OCR."""

from dataclasses import replace

from archive.model import Hints, Payload
from archive.read.blocks import Document
from archive.read.ocr import pages_of_image
from archive.read.page.document import read_pages


def read(payload: Payload, hints: Hints) -> Document:
    """Gives the blocks of a scanned document.

    Raises UnreadableDocumentError `needs-ocr` (the extra is not installed), `image-too-large` or `damaged-image`.
    """
    pages, issues = pages_of_image(payload.data)
    made = read_pages(pages)
    return replace(made, issues=(*made.issues, *issues))
