"""The bytes of a picture → grey pages, bounded before anything is unpacked.

Red seals (公章) over print are taken away; red print is not: a seal is a large round thing, a line of print is not.
"""

import io
import warnings
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from archive.errors import UnreadableDocumentError
from archive.read.ocr.raster import NORMAL_WIDTH, Gray, as_gray

MAX_PIXELS = 80_000_000
"""A page of A3 at 600 dots an inch has 70 million."""
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")
SEAL = 0.1
"""Share of the page's width that a seal measures at least both ways."""
Colour = npt.NDArray[np.uint8]


def pages(data: bytes, most: int) -> tuple[list[Gray], int]:
    """Gives the pages of a picture, and how many there are; of animations the first frame, at most `most`.

    Raises UnreadableDocumentError `image-too-large` or `damaged-image`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                count = int(getattr(picture, "n_frames", 1)) if picture.format == "TIFF" else 1
                return list(frames(picture, min(count, most))), count
        except (UnreadableDocumentError, MemoryError):
            raise
        except Image.DecompressionBombError as error:
            raise UnreadableDocumentError("image-too-large", str(error)) from error
        except Exception as error:  # whatever its decoders raise: OSError, SyntaxError, struct.error …
            raise UnreadableDocumentError("damaged-image", f"the picture cannot be decoded: {error}") from error


def frames(picture: Image.Image, count: int) -> Iterator[Gray]:
    """Gives the first pages of an open picture."""
    for number in range(count):
        picture.seek(number)
        width, height = picture.size
        if width * height > MAX_PIXELS:
            raise UnreadableDocumentError(
                "image-too-large", f"page {number + 1} has {width} × {height} pixels, more than {MAX_PIXELS:,}"
            )
        yield gray_of(picture)


def gray_of(picture: Image.Image) -> Gray:
    """Gives a picture in grey on white at no more than about twice the size that is looked at."""
    if picture.mode.startswith(("I", "F")):
        deep = np.asarray(picture, np.float32)
        top = float(deep.max()) or 1.0
        flat = Image.fromarray(as_gray(np.clip(deep * (255 / (65535 if top > 255 else 255)), 0, 255)))
    elif picture.mode in ("1", "L"):
        flat = picture.convert("L")
    elif picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        flat = Image.new("RGB", picture.size, "white")
        flat.paste(clear, mask=clear.getchannel("A"))
    else:
        flat = picture.convert("RGB")
    if (times := min(flat.size) // NORMAL_WIDTH) > 1:
        flat = flat.reduce(times)
    return without_seals(np.asarray(flat)) if flat.mode == "RGB" else as_gray(np.asarray(flat))


def without_seals(colour: Colour) -> Gray:
    """Gives a coloured page in grey, its seals faded to what they were stamped on."""
    gray = as_gray(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY))
    red, other = colour[:, :, 0], np.maximum(colour[:, :, 1], colour[:, :, 2])
    stamped = as_gray(np.where((red > 100) & (red > other) & (red - np.minimum(red, other) > 40), 255, 0))
    spot = max(3, colour.shape[1] // 120)
    near = cv2.dilate(stamped, np.ones((spot, spot), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(near)
    least = SEAL * colour.shape[1]
    for x, y, width, height, _ in stats[1:count].tolist():
        if min(width, height) >= least and 0.4 <= width / height <= 2.5:
            place = (slice(y, y + height), slice(x, x + width))
            own = (near[place] > 0) & (red[place] > gray[place])
            paste = max(1.0, float(np.median(red[place][stamped[place] > 0])))
            gray[place][own] = np.minimum(red[place][own] * (255 / paste), 255)
    return gray
