"""A reading as the JSON object that `nianbao read --json` prints."""

from typing import Any

from archive.model import Reading
from archive.plain import check_json, figure_json, issue_json, statement_json


def reading_json(reading: Reading, file: str, sha256: str) -> dict[str, Any]:
    """Gives the object other programs rely on: keys and their order are fixed, decimals are strings."""
    return {
        "file": file,
        "sha256": sha256,
        "media_type": reading.media_type,
        "charset": reading.charset,
        "revision": reading.revision,
        "title": reading.title,
        "agency": reading.agency,
        "year": reading.year,
        "forms": dict(reading.forms),
        "text": reading.text,
        "content_hash": reading.content_hash,
        "figures": [figure_json(figure) for figure in reading.figures],
        "checks": [check_json(check) for check in reading.checks],
        "issues": [issue_json(issue) for issue in reading.issues],
        "statements": [statement_json(statement) for statement in reading.statements],
        "place": reading.place,
    }
