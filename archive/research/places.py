"""Codes of divisions as people give them."""

import re

from archive.errors import UsageError


def division_code(given: str | None) -> str | None:
    """Gives a code or the beginning of one, None for none. Raises UsageError for what is no code."""
    if given is not None and not re.fullmatch("[0-9]{2,12}", given):
        raise UsageError(f"{given!r} is no division code; give 2 to 12 digits, as 36, 3609, 360982 or 360982104000")
    return given
