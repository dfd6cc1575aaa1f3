"""What in a page shows that a family made it, as people may be told."""

import re

LONGEST = 60  # characters


def shown(found: re.Match[str] | None) -> str | None:
    """Gives the piece of a page that a signal matched, on one line; None where none did."""
    return " ".join(found[0].split())[:LONGEST] if found else None
