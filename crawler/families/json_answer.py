"""Lists that come as JSON: parsed with bounds, numbers and days as such answers write them."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from archive.errors import PortalError
from crawler.families.dates import stamp_date

_WRAPPED = re.compile(r"\s*[\w.$]+\s*\((.*)\)\s*;?\s*", re.DOTALL)  # JSONP: callback({…});
_CHINA = timedelta(hours=8)  # China Standard Time, without summer time since 1992
_MILLISECONDS = 100_000_000_000  # from here on a stamp cannot be seconds


def is_json(text: str) -> bool:
    """Gives whether a text is an answer and no page; a JSONP call counts as one."""
    start = text.lstrip("\ufeff \t\r\n")
    return start[:1] in ("{", "[") or bool(re.match(r"[\w.$]+\s*\(\s*[{\[]", start))


def parsed(text: str) -> Any:
    """Gives the value of an answer. Raises PortalError for what is no JSON, cut short or nested without end."""
    text = text.lstrip("\ufeff")
    wrapped = None if text.lstrip()[:1] in ("{", "[") else _WRAPPED.fullmatch(text)
    try:
        return json.loads(wrapped[1] if wrapped else text)
    except (ValueError, RecursionError) as error:
        raise PortalError(f"the answer is no JSON ({error}): {text[:60]!r}") from None


def whole(value: object) -> int | None:
    """Gives a count written as a number or as digits, None for anything else."""
    if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value.strip(), re.ASCII):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 31 else None


def day(value: object) -> date | None:
    """Gives the day of a printed date, or of seconds or milliseconds since 1970, in China."""
    if isinstance(value, str) and re.fullmatch(r"\d{9,10}|\d{12,13}", value, re.ASCII):
        value = int(value)
    if isinstance(value, str):
        return stamp_date(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 1 << 45:
        return None
    seconds = value / 1000 if value >= _MILLISECONDS else value
    return (datetime.fromtimestamp(seconds, UTC) + _CHINA).date() if seconds < 1 << 33 else None


def at(value: Any, path: str) -> Any:
    """Gives what lies at a path such as `data.rows` or `0.total`, all for an empty one; None where nothing does."""
    for name in path.split(".") if path else ():
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdecimal() and int(name[:9]) < len(value):
            value = value[int(name[:9])]
        else:
            return None
    return value
