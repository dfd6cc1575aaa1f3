"""Refusals of codes that no form has, with those that may have been meant."""

from collections.abc import Collection
from difflib import get_close_matches

from archive.errors import UsageError


def on_a_form(what: str, code: str, codes: Collection[str], listed_by: str) -> None:
    """Raises UsageError for an indicator or identity that no form has, naming those like it, else what lists all."""
    if code in codes:
        return
    near = get_close_matches(code, codes, 3)
    hint = f"is it one of: {', '.join(near)}" if near else f"`{listed_by}` lists them"
    raise UsageError(f"no form has an {what} {code!r}; {hint}")
