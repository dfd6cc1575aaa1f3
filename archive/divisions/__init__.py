"""Divisions (行政区划): the codes of province, prefecture, county and township, and which of them an agency is.

`load` gives the table, with the operator's divisions.toml laid over what is shipped; `resolve` asks it. The shipped
list, and how to settle what it does not know: docs/divisions.md.
"""

from archive.divisions.candidates import candidates, hinted, path_of
from archive.divisions.changes import load
from archive.divisions.resolve import CONFIDENCES, HOWS, UNMATCHED, Resolved, last_year, resolve
from archive.divisions.table import LEVELS, Division, Table, lineage, named, trimmed

__all__ = [
    "CONFIDENCES",
    "HOWS",
    "LEVELS",
    "UNMATCHED",
    "Division",
    "Resolved",
    "Table",
    "candidates",
    "hinted",
    "last_year",
    "lineage",
    "load",
    "named",
    "path_of",
    "resolve",
    "trimmed",
]
