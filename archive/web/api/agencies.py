"""Agencies as JSON: lists and one of them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from archive.plain import time_text
from archive.records.latest import latest_capture
from archive.research.agencies import agencies as listed
from archive.research.agencies import agency_json, profile, profile_json
from archive.web.api.search import Limit, Start
from archive.web.asking import Archive
from archive.web.conditions import Region, Today, Word
from archive.web.errors import or_not_found
from archive.web.problems import NOT_HELD
from archive.web.site import site_of

router = APIRouter(tags=["agencies"])

Typed = Annotated[str, Query(max_length=200, description="name, former name, pinyin, initials or code")]


@router.get("/agencies", summary="Agencies by name, pinyin, initials, code, place and level, the best match first")
def agencies(
    archive: Archive, q: Typed = "", region: Region = None, level: Word = None, start: Start = 0, limit: Limit = 50
) -> dict[str, Any]:
    """Gives agencies with the years of their reports, those withdrawn and those of which a check fails."""
    total, found = listed(archive, q, division=region, level=level, limit=limit, offset=start)
    after = start + len(found)
    return {
        "total": total,
        "total_truncated": False,
        "start": start,
        "count": len(found),
        "next": after if found and after < total else None,
        "as_of": time_text(latest_capture(archive)),
        "agencies": [agency_json(agency) for agency in found],
    }


@router.get(
    "/agencies/{division}/{agency:path}", summary="One agency: names, place, portals, years", responses=NOT_HELD
)
def agency(request: Request, archive: Archive, today: Today, division: str, agency: str) -> dict[str, Any]:
    """Gives an agency; `missing` are the years of which a report is expected and not there."""
    with or_not_found():
        return profile_json(profile(archive, f"{division}/{agency}", site_of(request).divisions, today))
