"""CSV: UTF-8, comma, CRLF (RFC 4180), the first row names the columns."""

import csv
from collections.abc import Iterable
from pathlib import Path


def write(rows: Iterable[dict[str, str | None]], path: Path) -> int:
    """Writes rows with the same keys; gives their number. A missing value is an empty field."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[str] | None = None
        for row in rows:
            if writer is None:
                writer = csv.DictWriter(file, fieldnames=list(row))
                writer.writeheader()
            writer.writerow(row)
            count += 1
    return count
