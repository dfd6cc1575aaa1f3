"""Children that hang, eat memory or die cost their own task and nothing else."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive import sandbox

ROOT = Path(__file__).parents[2]
SLEEPS = {"nap": 2, "hang": 60}
KILLED = """
from archive import sandbox
from tests.archive.test_sandbox import act
for task, _ in sandbox.run(act, ["a", "nap"], workers=2):
    print(task, flush=True)
"""


def act(task: str) -> str:
    """Gives the task back, unless it is one of the misbehaviours."""
    if task in SLEEPS:
        time.sleep(SLEEPS[task])
    if task == "eat":
        return str(len(bytearray(2 << 30)))
    if task == "flood":
        return "x" * (sandbox.OUTPUT + 1)
    if task == "die":
        os._exit(9)
    if task == "defect":
        raise ValueError("a defect")
    return task


def test_every_task_is_answered_whatever_the_others_do() -> None:
    tasks = ["a", "hang", "b", "eat", "die", "c", "defect", "flood", "d"]
    answers = dict(sandbox.run(act, tasks, workers=2, seconds=5, memory=1 << 30))
    assert [answers[task] for task in "abcd"] == list("abcd")
    codes = {task: answer.code for task, answer in answers.items() if isinstance(answer, sandbox.Failure)}
    assert codes == {
        "hang": "timeout",
        "eat": "too-much-memory",
        "die": "crashed",
        "defect": "reader-defect",
        "flood": "too-much-output",
    }


kept: list[bytearray] = []


def hoard(size: int) -> int:
    """Gives the number of the process; keeps so many bytes of each task for ever."""
    kept.append(bytearray(size))
    return os.getpid()


def test_what_earlier_tasks_left_in_memory_fails_no_later_one() -> None:
    sizes = [200 << 20, 201 << 20, 202 << 20, 800 << 20, 801 << 20, 100 << 20]
    answers = dict(sandbox.run(hoard, sizes, workers=1, memory=1 << 30))
    assert all(isinstance(answer, int) for answer in answers.values()), answers
    assert len(set(answers.values())) > 2, "one process cannot have held all of it"


def test_a_failure_is_told_once_and_comes_from_a_fresh_process() -> None:
    answers = list(sandbox.run(act, ["a", "eat", "b", "die", "c"], workers=1, memory=1 << 30))
    assert sorted(task for task, _ in answers) == ["a", "b", "c", "die", "eat"]
    assert {answer.code for _, answer in answers if isinstance(answer, sandbox.Failure)} == {
        "crashed",
        "too-much-memory",
    }


def variable(name: str) -> str | None:
    """Gives a variable of the child's environment."""
    return os.environ.get(name)


def test_children_have_the_variables_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("first", "second", None):
        if value:
            monkeypatch.setenv("NIANBAO_HEARD", value)
        else:
            monkeypatch.delenv("NIANBAO_HEARD")
        assert list(sandbox.run(variable, ["NIANBAO_HEARD"], workers=1)) == [("NIANBAO_HEARD", value)]


def test_a_child_whose_parent_was_killed_ends_and_says_nothing() -> None:
    command = [sys.executable, "-c", KILLED]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"a\n"
        parent.kill()
        assert parent.communicate(timeout=60) == (b"", b"")  # ends when the last child has


def test_no_tasks_start_no_process() -> None:
    assert list(sandbox.run(act, [], workers=2)) == []
