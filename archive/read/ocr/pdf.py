"""Pages of a PDF that hold pictures instead of text → the pixels that a reader would see."""

import ctypes
from collections.abc import Iterable, Iterator

import numpy as np

from archive.errors import UnreadableDocumentError
from archive.read.formats.pdfium import pdfium
from archive.read.ocr.decode import without_seals
from archive.read.ocr.raster import NORMAL_WIDTH, Gray

MOST_PIXELS = 20_000_000


def pictures(data: bytes, numbers: Iterable[int]) -> Iterator[Gray]:
    """Gives the pages of some numbers (0-based) as grey pictures. Raises UnreadableDocumentError `damaged-pdf`."""
    held = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not held:
        raise UnreadableDocumentError("damaged-pdf", "the PDF cannot be opened")
    try:
        for number in numbers:
            yield rendered(held, number)
    finally:
        pdfium.FPDF_CloseDocument(held)


def rendered(held: pdfium.FPDF_DOCUMENT, number: int) -> Gray:
    """Gives one page as it looks on white paper."""
    page = pdfium.FPDF_LoadPage(held, number)
    if not page:
        raise UnreadableDocumentError("damaged-pdf", f"page {number + 1} of the PDF cannot be read")
    try:
        wide, high = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
        if not (wide > 0 and high > 0):
            raise UnreadableDocumentError("damaged-pdf", f"page {number + 1} measures {wide:.0f} × {high:.0f}")
        factor = min(NORMAL_WIDTH / min(wide, high), (MOST_PIXELS / (wide * high)) ** 0.5)
        width, height = max(1, int(wide * factor)), max(1, int(high * factor))
        bitmap = pdfium.FPDFBitmap_Create(width, height, 0)
        try:
            pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
            flags = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER
            pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags)
            stride = pdfium.FPDFBitmap_GetStride(bitmap)
            first = ctypes.cast(pdfium.FPDFBitmap_GetBuffer(bitmap), ctypes.POINTER(ctypes.c_ubyte))
            raw = np.ctypeslib.as_array(first, (stride * height,))
            rows = raw.reshape(height, stride)[:, : width * 4].reshape(height, width, 4)
            return without_seals(np.ascontiguousarray(rows[:, :, :3]))
        finally:
            pdfium.FPDFBitmap_Destroy(bitmap)
    finally:
        pdfium.FPDF_ClosePage(page)
