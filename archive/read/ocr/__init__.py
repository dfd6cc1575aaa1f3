"""Scans: pictures of pages → what they print (OCR), for pictures and for PDFs without text.

Nothing of the extra `ocr` is imported before the first scan comes; where it is not installed, that scan is `needs-ocr`.
"""

from collections.abc import Sequence

from archive.model import Issue
from archive.read.ocr.engine import exhaustion_named, how_to_install, missing, require
from archive.read.page.model import Page

__all__ = ["how_to_install", "missing", "pages_of_image", "pages_of_pdf", "require"]

MAX_PAGES = 20
"""Scanned pages that one document is read to; one takes two to five seconds."""


def pages_of_image(data: bytes) -> tuple[list[Page], list[Issue]]:
    """Gives the pages of a picture as recognised; more than MAX_PAGES are an issue.

    Raises UnreadableDocumentError `needs-ocr`, `image-too-large` or `damaged-image`.
    """
    require()
    from archive.read.ocr.decode import pages
    from archive.read.ocr.recognise import page_of

    found, count = pages(data, MAX_PAGES)
    left = (
        [Issue("pages-left-out", f"pages {MAX_PAGES + 1} to {count} of a scan were not read")]
        if count > MAX_PAGES
        else []
    )
    with exhaustion_named():
        return [page_of(page) for page in found], left


def pages_of_pdf(data: bytes, numbers: Sequence[int]) -> dict[int, Page]:
    """Gives by number (0-based) the pages of a PDF as recognised from how they look, the first MAX_PAGES of `numbers`.

    Raises UnreadableDocumentError `needs-ocr` or `damaged-pdf`.
    """
    require()
    from archive.read.ocr.pdf import pictures
    from archive.read.ocr.recognise import page_of

    chosen = numbers[:MAX_PAGES]
    with exhaustion_named():
        return {number: page_of(picture) for number, picture in zip(chosen, pictures(data, chosen), strict=True)}
