"""What an import counts of each path that it was given."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from archive.warc.foreign import Trouble

TOLD = 200  # troubles of a path that are told one by one; all are counted
EXPECTED = {
    "other-record",
    "not-a-web-address",
    "not-a-get",
    "not-a-document",
    "no-report",
    "hidden",
}
"""Why something is left out that nobody misses: records that are no captures, files and pages that are no reports."""


@dataclass(slots=True)
class Count:
    """What came of one path.

    `captures` are new, `already` were there before; `payloads` are new bytes; `reports` addresses at which a report
    stands, new or known; `left_out` counts by cause what is no capture or no report.
    """

    path: str
    captures: int = 0
    already: int = 0
    payloads: int = 0
    reports: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    issues: list[dict[str, str]] = field(default_factory=list)

    def leave(self, where: str, trouble: Trouble) -> None:
        """Counts something that is left out, and remembers it where somebody may miss it."""
        self.left_out[trouble.code] += 1
        if trouble.code not in EXPECTED and len(self.issues) < TOLD:
            place = f"{where}: record {trouble.number}" if trouble.number else where
            self.issues.append({"where": place, "code": trouble.code, "message": trouble.message})

    @property
    def degraded(self) -> bool:
        """Tells whether something was left out that somebody may miss."""
        return any(code not in EXPECTED for code in self.left_out)

    def as_json(self) -> dict[str, Any]:
        """Gives the count as plain dicts, lists and numbers."""
        return {
            "path": self.path,
            "captures": self.captures,
            "already": self.already,
            "payloads": self.payloads,
            "reports": self.reports,
            "left_out": dict(sorted(self.left_out.items())),
            "issues": self.issues,
        }
