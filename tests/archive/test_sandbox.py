"""Children that hang, eat memory or die cost their own task and nothing else."""

import os
import time

from archive import sandbox


def act(task: str) -> str:
    """Gives the task back, unless it is one of the misbehaviours."""
    if task == "hang":
        time.sleep(60)
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


def test_no_tasks_start_no_process() -> None:
    assert list(sandbox.run(act, [], workers=2)) == []
