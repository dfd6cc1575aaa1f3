"""The numbers of a night as the textfile collector of Prometheus' node exporter reads them."""

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from archive.operate.digest import Digest
from archive.records.runs import PortalRun

STATES = ("complete", "incomplete", "blocked", "failed")
COUNTS = ("found", "new", "changed", "withdrawn", "failed", "requests", "bytes")

Row = tuple[dict[str, str], float]


def of_night(digest: Digest) -> str:
    """Gives the numbers of a night that came to its end."""
    portals = digest.portals
    took = (digest.finished - digest.started).total_seconds()
    return night(digest.exit_code, digest.finished) + "".join(
        [
            metric("night_seconds", "how long the last night took", [({}, took)]),
            metric("night_loud", "what someone has to look at", [({}, len(digest.loud))]),
            metric("night_left", "portals left for another night", [({}, len(digest.left))]),
            metric("night_paused", "portals that are paused", [({}, len(digest.paused))]),
            metric(
                "night_portals",
                "portals of the last night by state",
                [({"state": state}, sum(portal.state == state for portal in portals)) for state in STATES],
            ),
            *(metric(f"portal_{count}", f"{count} at a portal in the last night", counted(portals, count))
              for count in COUNTS),
            metric(
                "portal_complete",
                "1 where the last night found everything at a portal",
                [({"portal": portal.portal}, portal.state == "complete") for portal in portals],
            ),
        ]
    )  # fmt: skip


def of_failure(exit_code: int, at: datetime) -> str:
    """Gives the numbers of a night that an error ended."""
    return night(exit_code, at)


def night(exit_code: int, at: datetime) -> str:
    """Gives how the last night ended, and when."""
    return metric("night_exit_code", "exit code of the last night", [({}, exit_code)]) + metric(
        "night_end_timestamp_seconds", "when the last night ended", [({}, at.timestamp())]
    )


def counted(portals: Iterable[PortalRun], count: str) -> list[Row]:
    """Gives a count of each portal."""
    return [({"portal": portal.portal}, getattr(portal, count)) for portal in portals]


def metric(name: str, meaning: str, rows: Iterable[Row]) -> str:
    """Gives a gauge in the text format of Prometheus; ids of portals need no escapes."""
    lines = [f"# HELP nianbao_{name} {meaning}", f"# TYPE nianbao_{name} gauge"]
    for labels, value in rows:
        said = ",".join(f'{key}="{label}"' for key, label in labels.items())
        lines.append(f"nianbao_{name}{f'{{{said}}}' if said else ''} {value:.15g}")
    return "\n".join(lines) + "\n"


def write(path: Path, text: str) -> None:
    """Replaces a file at once, so that nobody reads half of it; everyone may read it."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(file.fileno(), 0o644)
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise
