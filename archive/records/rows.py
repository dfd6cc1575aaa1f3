"""Many rows as one parameter: JSON that PostgreSQL's `jsonb` takes whatever the web put into the text."""

import json
import re
from typing import Any

NUL = re.compile(r"((?<!\\)(?:\\\\)*)\\u0000")


def as_json(rows: Any) -> str:
    """Gives rows as JSON; NUL, which jsonb refuses, becomes U+FFFD, and a lone surrogate a question mark."""
    written = json.dumps(rows, ensure_ascii=False).encode("utf-8", "replace").decode()
    return NUL.sub(r"\1\\ufffd", written) if "\\u0000" in written else written
