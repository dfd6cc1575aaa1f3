"""Runs a function over tasks in child processes that are limited in time and memory.

Foreign bytes reach C libraries (libxml2, lexbor); a child that hangs, eats memory or crashes is killed, its
task is answered with a `Failure`, and the next task is run in a fresh child as if nothing had happened. Nor may what
earlier tasks left in a child's memory decide on a later one: a failure counts where the child was fresh, and a child
that is nearly full is not used again.

Children are forked from a server that has imported what the first function of the process needs: a second of CPU time,
spent once. The server reads nothing, so no child begins with what another has left.
"""

import multiprocessing
import os
import resource
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any, Generic, TypeVar

SECONDS = 300.0
"""Wall time for one task: twenty scanned pages on a busy machine take most of it, anything else a hundredth."""
MEMORY = 1 << 30
FULL = 0.75
"""Share of its memory that a child may still hold after a task: models for scans take two thirds of it."""
OUTPUT = 64 << 20
"""Bytes of an answer: a report with all its figures has less than 200 KB; a file that unpacks into text has no end."""

Task = TypeVar("Task")
Result = TypeVar("Result")

_context = multiprocessing.get_context("forkserver")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task has no result, and a message for people.

    Codes: `timeout`, `too-much-memory`, `too-much-output`, `crashed`, `reader-defect`.
    """

    code: str
    message: str


@dataclass(slots=True)
class _Worker(Generic[Task]):
    process: ForkServerProcess
    pipe: Connection
    task: Task
    deadline: float
    fresh: bool

    def end(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()


def run(
    function: Callable[[Task], Result],
    tasks: Iterable[Task],
    *,
    workers: int,
    seconds: float = SECONDS,
    memory: int = MEMORY,
) -> Iterator[tuple[Task, Result | Failure]]:
    """Gives each task with its result or Failure, in the order in which they finish.

    `function` must be importable by a fresh process. `seconds` is wall time for one task, `memory` what
    a child may hold in bytes: 7/8 of it as memory of its own, twice of it as address space (onnxruntime and OpenCV map
    far more than they touch). At most `workers` tasks are taken from `tasks` ahead of what was answered.
    """
    _context.set_forkserver_preload([_module(function)])
    queue = iter(tasks)
    again: deque[Task] = deque()
    busy: dict[Connection, _Worker[Task]] = {}
    idle: deque[tuple[ForkServerProcess, Connection]] = deque()
    try:
        while True:
            while len(busy) < workers:
                fresh = bool(again) or not idle
                task = again.popleft() if again else next(queue, None)
                if task is None:
                    break
                process, pipe = _start(function, memory) if fresh else idle.popleft()
                pipe.send(task)
                busy[pipe] = _Worker(process, pipe, task, time.monotonic() + seconds, fresh)
            if not busy:
                return
            yield from _answers(busy, idle, again, seconds)
    finally:
        for process, pipe in [(w.process, w.pipe) for w in busy.values()] + list(idle):
            pipe.close()
            process.kill()
            process.join()


def _answers(
    busy: dict[Connection, _Worker[Task]],
    idle: deque[tuple[ForkServerProcess, Connection]],
    again: deque[Task],
    seconds: float,
) -> Iterator[tuple[Task, Any]]:
    """Gives what finished, crashed or ran out of time; waits until at least something may have."""
    nearest = min(worker.deadline for worker in busy.values())
    ready = wait(list(busy), timeout=max(0.0, nearest - time.monotonic()))
    for pipe in ready:
        worker = busy.pop(pipe)  # type: ignore[call-overload]
        answer, spent = _answer(worker)
        if spent:
            worker.end()
        else:
            idle.append((worker.process, worker.pipe))
        if isinstance(answer, Failure) and not worker.fresh:
            again.append(worker.task)
        else:
            yield worker.task, answer
    for pipe, worker in list(busy.items()):
        if worker.deadline <= time.monotonic():
            del busy[pipe]
            worker.end()
            yield worker.task, Failure("timeout", f"reading took longer than {seconds:g} s")


def _answer(worker: _Worker[Task]) -> tuple[object, bool]:
    """Gives what a child answered, and whether it is not to be given another task."""
    try:
        answer, full = worker.pipe.recv()
    except (EOFError, OSError):
        worker.process.join()
        code = worker.process.exitcode
        return Failure("crashed", f"the reading process ended with {code} while reading"), True
    return answer, full or isinstance(answer, Failure)


def _start(function: Callable[..., object], memory: int) -> tuple[ForkServerProcess, Connection]:
    ours, theirs = _context.Pipe()
    process = _context.Process(target=_serve, args=(function, theirs, memory, dict(os.environ)), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _module(function: Callable[..., object]) -> str:
    """Gives the module that a function is imported from."""
    return _module(function.func) if isinstance(function, partial) else function.__module__


def _serve(function: Callable[[object], object], pipe: Connection, memory: int, environ: dict[str, str]) -> None:
    """Answers tasks until the parent goes away. Runs in the child."""
    os.environ.clear()  # of the time when the server was started
    os.environ.update(environ)
    private = memory * 7 // 8  # the rest is for the code of the libraries, which RLIMIT_DATA does not count
    resource.setrlimit(resource.RLIMIT_DATA, (private, private))
    resource.setrlimit(resource.RLIMIT_AS, (2 * memory, 2 * memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            task = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            answer = function(task)
        except MemoryError:
            answer = Failure("too-much-memory", f"reading needed more than {memory >> 20} MiB")
        except Exception as error:  # noqa: BLE001  the one edge: a defect of a reader costs its task, no more
            answer = Failure("reader-defect", f"{type(error).__name__}: {error}")
        _send(pipe, answer, _held() > private * FULL)


def _held() -> int:
    """Gives the bytes that the process holds as memory of its own, 0 where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[5]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _send(pipe: Connection, answer: object, full: bool) -> None:
    """Sends an answer, or that it is larger than OUTPUT, and whether the memory is nearly full. Runs in the child."""
    try:
        packed = ForkingPickler.dumps((answer, full))
        if len(packed) > OUTPUT:
            failure = Failure("too-much-output", f"the reading is larger than {OUTPUT >> 20} MiB")
            packed = ForkingPickler.dumps((failure, full))
    except MemoryError:
        failure = Failure("too-much-memory", "the reading is larger than the memory allowed")
        packed = ForkingPickler.dumps((failure, True))
    with suppress(BrokenPipeError):  # the parent has gone away meanwhile
        pipe.send_bytes(packed)
