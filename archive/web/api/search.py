"""Search in texts and lists of reports, as JSON."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from archive.plain import time_text
from archive.records.latest import latest_capture
from archive.research.search import result_json
from archive.web.asking import LARGEST
from archive.web.narrowing import Asking, Narrowing

router = APIRouter(tags=["search"])

Start = Annotated[int, Query(ge=0, le=LARGEST, description="reports to leave out; `next` of the answer before")]
Limit = Annotated[int, Query(ge=1, le=500, description="reports to give")]


@router.get("/search", summary="Reports by words of their text, the best first, with passages and facets")
def search(asking: Asking, start: Start = 0, limit: Limit = 50) -> dict[str, Any]:
    """Gives reports that hold all words. Words are ranked among a bounded number of candidates.

    Where `total_truncated` is true more reports may answer than `total`: narrow by year or place. Marks of passages are
    first and last-but-one places in characters.
    """
    return answer(asking, start, limit)


def answer(asking: Narrowing, start: int, limit: int | None) -> dict[str, Any]:
    """Gives a part of an answer with its total, its facets and where the next part begins, null at the end."""
    found = asking.found(start, limit)
    results = found.results if limit is not None else tuple(asking.results(start, None))
    after = start + len(results)
    return {
        "words": [word.typed for word in asking.asked.words],
        "without": [word.typed for word in asking.asked.without],
        "total": found.total,
        "total_truncated": found.truncated,
        "start": start,
        "count": len(results),
        "next": after if results and after < found.total else None,
        "as_of": time_text(asking.as_of or latest_capture(asking.archive)),
        "facets": found.facets,
        "reports": [result_json(result) for result in results],
    }
