"""Every hostile file ends in a named outcome, the file after it reads as ever, memory stays small."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive import sandbox
from archive.files import read_file, read_files
from tests.hostile.corpus import CORPUS
from tests.recorded.cases import REPORTS, Case

GIB = 1 << 20  # in KiB, as the kernel tells the peak


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a file, what came of the sound file after it, and the most memory the process had (KiB)."""

    code: str
    after: str
    peak: int


def read_and_measure(task: tuple[int, Path]) -> tuple[str, int]:
    """Gives `read` or the code of the error, and the most resident memory this process had. Runs in a worker."""
    answer = read_file(task)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return code_of(answer), int(status.partition("VmHWM:")[2].split()[0])


def code_of(answers: Sequence[Mapping[str, Any]]) -> str:
    """Gives `read`, or the code where the only object of a file is an error."""
    return str(answers[0]["error"]["code"]) if "error" in answers[0] else "read"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Said]:
    """Gives what one worker made of every file and of a sound one after it, in turn."""
    folder = tmp_path_factory.mktemp("hostile")
    sound = Case(REPORTS / "2021" / "html" / "clean").source
    files = []
    for name, hostile in CORPUS.items():
        (folder / name).write_bytes(hostile.make())
        files += [folder / name, sound]
    answers = [answer for _, answer in sandbox.run(read_and_measure, enumerate(files), workers=1)]
    pairs = [(a.code, 0) if isinstance(a, sandbox.Failure) else a for a in answers]
    mine, after = pairs[::2], pairs[1::2]
    return {
        name: Said(one[0], other[0], max(one[1], other[1]))
        for name, one, other in zip(CORPUS, mine, after, strict=True)
    }


@pytest.mark.parametrize("name", CORPUS)
def test_hostile_file(name: str, said: dict[str, Said]) -> None:
    assert said[name].code in CORPUS[name].outcomes
    assert said[name].after == "read"
    assert 0 < said[name].peak < GIB


def test_nothing_from_outside_comes_in(tmp_path: Path) -> None:
    path = tmp_path / "outside.docx"
    path.write_bytes(CORPUS["outside.docx"].make())
    (answer,) = read_files([path], workers=1)
    assert "root:" not in str(answer)
