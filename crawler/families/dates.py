"""Dates as portals print them, and as TRS-like systems write them into addresses."""

import re
import unicodedata
from datetime import date
from urllib.parse import urlsplit

_GAP = r"\s*[-—–/.年]+\s*", r"\s*[-—–/.月]+\s*"
_PRINTED = re.compile(rf"(?<!\d)((?:19|20)\d\d){_GAP[0]}(\d{{1,2}}){_GAP[1]}(\d{{1,2}})(?=\s*\d\d?[:∶]|\D|$)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?:\d{2}|\d{4}|\d{6})?(?!\d)")
# In the order of trust (portals.md §3.1): t20240118_1.html · /2024-01/18/ · /2024/1/18/ · /202401/18/ · /20240118/ ·
# /2024-01-18/ · a stamp of at least 12 digits. A folder such as /202401/ alone knows no day.
_IN_ADDRESS = tuple(
    re.compile(pattern)
    for pattern in (
        r"/[tPW]0?((?:19|20)\d\d)(\d\d)(\d\d)(?=_|\d{3,}\.)",
        r"/((?:19|20)\d\d)-?(\d\d)/(\d\d)/",
        r"/((?:19|20)\d\d)/(\d\d?)/(\d\d?)/",
        r"/((?:19|20)\d\d)-?(\d\d)-?(\d\d)(?=/)",
        r"/((?:19|20)\d\d)(\d\d)(\d\d)\d{4,}/",
    )
)


def find_date(text: str) -> date | None:
    """Gives the first whole date printed in the text; one without a year or a day is none.

    Takes 2024-01-18, 2024年1月18日, 2024/1/18, 2024.01.18, `2017——04——12`, also broken over lines.
    """
    return _first(_PRINTED, unicodedata.normalize("NFKC", text))


def stamp_date(text: str) -> date | None:
    """Gives the date of a stamp: as printed, or 20240118 with or without a time."""
    return find_date(text) or _first(_COMPACT, text)


def url_date(url: str) -> date | None:
    """Gives the publication date that the address holds, None where it knows no day."""
    path = urlsplit(url).path
    return next((found for pattern in _IN_ADDRESS if (found := _first(pattern, path))), None)


def _first(pattern: re.Pattern[str], text: str) -> date | None:
    for found in pattern.finditer(text):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
    return None
