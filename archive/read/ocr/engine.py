"""The recogniser: RapidOCR with the models inside its wheel, loaded when the first scan comes; nothing is ever fetched.

One thread and no memory arena: reading is spread over processes already, and each of them is limited in memory.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.errors import UnreadableDocumentError

if TYPE_CHECKING:
    from archive.read.ocr.raster import Box, Gray

NEEDED = ("rapidocr", "onnxruntime", "cv2", "PIL", "numpy", "pypdfium2")
DETECTOR = "PP-OCRv6_det_small.onnx"
RECOGNISER = "PP-OCRv6_rec_small.onnx"
DETECTION_SIDE = 960
"""Pixels of the longer side of what the detector sees; 1600 finds the same lines, takes four times as long and 300 MB
more."""
SMALLEST = 8
EXHAUSTED = re.compile(r"bad_alloc|insufficient memory|failed to allocate", re.IGNORECASE)
BATCH = 6
BATCH_WIDTH = 40
"""Times its height that a batch of strips is wide side by side: the memory for recognising grows with it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One reading of a strip: its text and how sure the recogniser is (0 to 1)."""

    text: str
    confidence: float


def missing() -> tuple[str, ...]:
    """Gives the packages of the extra `ocr` that are not installed."""
    return tuple(name for name in NEEDED if find_spec(name) is None)


def how_to_install() -> str:
    """Says what is missing to read scans and what installs it."""
    return f"{', '.join(missing())} is not installed: install nianbao[ocr] to have scans read"


def require() -> None:
    """Raises UnreadableDocumentError `needs-ocr` where scans cannot be read in this installation."""
    if missing():
        raise UnreadableDocumentError("needs-ocr", f"the document is a scan; {how_to_install()}")


@contextmanager
def exhaustion_named() -> Iterator[None]:
    """Raises MemoryError where onnxruntime or OpenCV say in words of their own that memory is used up."""
    try:
        yield
    except Exception as error:
        if EXHAUSTED.search(str(error)):
            raise MemoryError("recognising a page needs more memory than is allowed") from error
        raise


@lru_cache(maxsize=1)
def engine() -> Any:
    """Gives RapidOCR set up for one thread; models are named by path, so that it never looks for them elsewhere."""
    import cv2
    import rapidocr

    cv2.setNumThreads(1)
    models = Path(rapidocr.__file__).parent / "models"
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.max_side_len": DETECTION_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.model_path": str(models / DETECTOR),
            "Det.limit_type": "max",
            "Det.limit_side_len": DETECTION_SIDE,
            "Rec.model_path": str(models / RECOGNISER),
            "Rec.rec_batch_num": BATCH,
            "Rec.rec_img_shape": [3, 48, 96],
        }
    )


def recognise(strips: Sequence["Gray"]) -> list[Heard]:
    """Gives what each one-line picture says, in order."""
    import cv2

    heard: dict[int, Heard] = {}
    for batch in batches([strip.shape[1] / max(1, strip.shape[0]) for strip in strips]):
        answer = engine().recognize_txt([cv2.cvtColor(strips[n], cv2.COLOR_GRAY2BGR) for n in batch])
        said = [Heard(text, float(score)) for text, score in zip(answer.txts, answer.scores, strict=True)]
        heard |= dict(zip(batch, said, strict=True))
    return [heard[n] for n in range(len(strips))]


def batches(widths: Sequence[float]) -> Iterator[list[int]]:
    """Gives numbers of strips that are recognised at a time, of like width (in heights) and bounded in memory."""
    batch: list[int] = []
    for number in sorted(range(len(widths)), key=lambda n: widths[n]):
        if len(batch) == BATCH or (batch and (len(batch) + 1) * widths[number] > BATCH_WIDTH):
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def detect(gray: "Gray") -> list["Box"]:
    """Gives the boxes of lines of text on a page, in no order; a long page is looked at part by part."""
    from archive.read.ocr.raster import Box

    height, width = gray.shape
    found, top = [], 0
    while top < height:
        bottom = cut(gray, top)
        for box in detected(gray[top:bottom]):
            found.append(Box(box.x0, box.y0 + top, min(box.x1, width), box.y1 + top))
        top = bottom
    return found


def cut(gray: "Gray", top: int) -> int:
    """Gives where a part of a page that begins at `top` best ends: at its lightest row, or with the page."""
    height, width = gray.shape
    least, most = top + width, top + width * 8 // 5
    if height <= most:
        return int(height)
    return int(least + gray[least:most].min(axis=1).argmax())


def detected(gray: "Gray") -> list["Box"]:
    """Gives the boxes of lines of text on a part of a page."""
    import cv2

    from archive.read.ocr.raster import Box

    height, width = gray.shape
    if min(height, width) < SMALLEST:
        return []
    found = engine()(cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR), use_det=True, use_cls=False, use_rec=False)
    boxes = []
    for corners in [] if found.boxes is None else found.boxes:
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        box = Box(max(0, int(x0)), max(0, int(y0)), min(width, int(x1) + 1), min(height, int(y1) + 1))
        if box.width > 3 and box.height > 3:
            boxes.append(box)
    return boxes
