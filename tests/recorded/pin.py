"""Pins what the recorded reports read as: `python -m tests.recorded.pin [--lower]`.

pinned.json holds, for the REVISION it was written under, a digest of every reading, and by form and format how many
cells are read right. Scores only go up; `--lower` says that a lower one is meant. tests/read/test_ratchet.py compares.
"""

import json
import sys
from dataclasses import asdict
from typing import Any

from archive.read import REVISION
from tests.recorded.cases import FOLDER, Score, cases, digest, score

PINNED = FOLDER / "pinned.json"
NOTHING = Score(0, 0, 0)


def measured() -> dict[str, Any]:
    """Gives the scores by form and format and the digest of every case, as the code reads now."""
    scores: dict[str, Score] = {}
    for case in cases():
        scores[case.kind] = scores.get(case.kind, NOTHING) + score(case)
    return {
        "revision": REVISION,
        "scores": {kind: asdict(value) for kind, value in sorted(scores.items())},
        "readings": {case.name: digest(case) for case in cases()},
    }


def pinned() -> dict[str, Any]:
    """Gives what is pinned."""
    loaded: dict[str, Any] = json.loads(PINNED.read_text(encoding="utf-8"))
    return loaded


def lowered(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Gives in words which scores fell: fewer cells right, or more false numbers."""
    said = []
    for kind, old in before["scores"].items():
        new = now["scores"].get(kind, asdict(NOTHING))
        if new["right"] < old["right"] or new["false"] > old["false"]:
            said.append(
                f"{kind}: {old['right']} right, {old['false']} false → {new['right']} right, {new['false']} false"
            )
    return said


def changed(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Gives the cases that read otherwise than they are pinned."""
    return [name for name, digest in before["readings"].items() if now["readings"].get(name, digest) != digest]


def main(lower: bool) -> int:
    """Writes pinned.json; refuses a lower score, and another reading under the same REVISION."""
    before, now = (pinned() if PINNED.exists() else {"revision": 0, "scores": {}, "readings": {}}), measured()
    if before["revision"] == now["revision"] and (names := changed(before, now)):
        sys.stderr.write(
            "these read otherwise now; raise REVISION in archive/read/revision.py: " + ", ".join(names) + "\n"
        )
        return 1
    if not lower and (fallen := lowered(before, now)):
        sys.stderr.write("\n".join(["scores fell (--lower if that is meant):", *fallen]) + "\n")
        return 1
    PINNED.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main("--lower" in sys.argv[1:]))
