"""Runs in an environment of its own: gives the tables that another reader finds in files, as JSON lines.

`python tables.py PEER` takes file names on stdin and answers each with {"tables": [[[cell]]], "ms": …} or {"error": …}.
"""

import io
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

Rows = list[list[str]]
RULE = re.compile(r"\s*\|?[\s:|-]+\|?\s*")


def markdown_tables(text: str) -> list[Rows]:
    """Gives the pipe tables of a Markdown text."""
    tables: list[Rows] = [[]]
    for line in text.splitlines():
        if line.strip().startswith("|"):
            if not RULE.fullmatch(line) or not line.strip("| :-\t"):
                cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
                tables[-1] += [] if set("".join(cells)) <= {"-", ":", " "} else [cells]
        elif tables[-1]:
            tables.append([])
    return [table for table in tables if table]


def by_trafilatura(path: Path) -> list[Rows]:
    """Gives the tables of trafilatura's Markdown."""
    import trafilatura

    text = trafilatura.extract(path.read_bytes(), include_tables=True, output_format="markdown")
    return markdown_tables(text or "")


def by_pandas(path: Path) -> list[Rows]:
    """Gives the tables of pandas.read_html, spans repeated as it does."""
    import pandas

    frames = pandas.read_html(io.BytesIO(path.read_bytes()), header=None, keep_default_na=False, converters={})
    return [[[str(cell) for cell in row] for row in frame.astype(str).values.tolist()] for frame in frames]


def by_pdfplumber(path: Path) -> list[Rows]:
    """Gives the tables that pdfplumber finds with its defaults."""
    import pdfplumber

    with pdfplumber.open(path) as pdf:
        found = [table for page in pdf.pages for table in page.extract_tables()]
    return [[[cell or "" for cell in row] for row in table] for table in found]


def by_markitdown(path: Path) -> list[Rows]:
    """Gives the tables of MarkItDown's Markdown."""
    from markitdown import MarkItDown

    return markdown_tables(MarkItDown().convert(str(path)).text_content)


def by_kreuzberg(path: Path) -> list[Rows]:
    """Gives the tables of Kreuzberg."""
    import kreuzberg

    return [table.cells for table in kreuzberg.extract_file_sync(str(path)).tables]


PEERS: dict[str, Callable[[Path], list[Rows]]] = {
    "trafilatura": by_trafilatura,
    "pandas": by_pandas,
    "pdfplumber": by_pdfplumber,
    "markitdown": by_markitdown,
    "kreuzberg": by_kreuzberg,
}


def main(peer: str) -> None:
    """Answers each file name with the tables found; the first call of a file warms up and is not timed."""
    for name in sys.stdin.read().splitlines():
        try:
            PEERS[peer](Path(name))
            start = time.perf_counter()
            tables = PEERS[peer](Path(name))
            answer: dict[str, object] = {"tables": tables, "ms": (time.perf_counter() - start) * 1000}
        except Exception as error:  # noqa: BLE001  whatever a peer raises counts as nothing read
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
