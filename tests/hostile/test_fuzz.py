"""A short run of the fuzzer, the same files every time; `python -m tests.hostile.fuzz` goes on for longer."""

from collections import Counter
from itertools import islice

from archive import sandbox
from tests.hostile.fuzz import broken_files, findings
from tests.recorded.cases import cases

MANY = 300
QUICK = frozenset(case.folder.parent.name for case in cases()) - {
    "scan",
    "pdf",
}  # a page that turns picture takes seconds


def test_broken_files_end_in_a_reading_or_a_named_error() -> None:
    said: Counter[str] = Counter()
    for task, answer in findings(islice(broken_files(7, QUICK), MANY), workers=1):
        assert not isinstance(answer, sandbox.Failure), f"{task.name}: {answer}"
        said[answer] += 1
    assert said.total() == MANY
    assert said["read"] > MANY // 10
    assert len(said) > 5
