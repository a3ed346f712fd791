"""The child's side of `child_process.py`, started as `python -I -m ocr.confined.child_main`.

Arguments: LIFELINE MEMORY_MB SCRATCH_DIR PROGRAM.

This interpreter forks once, before it reads anything. The worker reads the request, confines itself, calls the function
and writes the result. The supervisor waits until the worker or the parent ends. The end of the parent closes its end of
the lifeline pipe; the supervisor then kills the process group and removes the scratch directory.
"""

import os
import pickle
import resource
import select
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import GeneratorType
from typing import BinaryIO

from ocr.confined import confine
from ocr.confined.result_codec import Outcome, ResultFormatError, encode_part, encode_result
from ocr.errors import OcrError, OcrErrorReason

CHILD_NICENESS = 10
_MAX_OPEN_FILES = 256
MAX_TASKS = 64  # processes and threads besides those that run already: Tesseract is one process with one thread


def main(lifeline: int, memory_mb: int, scratch_dir: str, program: str) -> None:
    """Run the worker and supervise it. `lifeline`: descriptor of a pipe that becomes readable when the parent ends."""
    worker = os.fork()
    if not worker:
        os.close(lifeline)
        _serve_request(memory_mb, Path(scratch_dir) if scratch_dir else None, program)
        os._exit(0)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (sys.stdin.fileno(), sys.stdout.fileno()):
        os.dup2(null, descriptor)  # only the worker holds the result's pipe, so the result is complete when it closes
    poll = select.poll()
    poll.register(lifeline, select.POLLIN)  # nothing is ever written: it becomes ready when the parent's end closes
    poll.register(os.pidfd_open(worker), select.POLLIN)
    if any(descriptor == lifeline for descriptor, _ in poll.poll()):
        if scratch_dir:
            shutil.rmtree(scratch_dir, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)
    os.waitpid(worker, 0)


def _serve_request(memory_mb: int, scratch_dir: Path | None, program: str) -> None:
    """Read the request from stdin and write the result to the original stdout, which nothing else can write to."""
    confine.die_with_parent(signal.SIGKILL)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as results:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        os.nice(CHILD_NICENESS)
        _prefer_oom_kill()
        _limit_resources(memory_mb)
        outcome: tuple[str, object]
        try:
            function, args = pickle.load(sys.stdin.buffer)  # noqa: S301 -- from the parent
            _enter_confinement(scratch_dir, program)
            outcome = (Outcome.VALUE, _call(function, args, results))
        except OcrError as error:
            outcome = (Outcome.OCR_ERROR, (error.reason.value, error.detail))
        except MemoryError:
            outcome = (Outcome.CRASHED, (OcrErrorReason.TOO_LITTLE_MEMORY.value, ""))
        except confine.ConfinementError as error:
            outcome = (Outcome.CRASHED, (OcrErrorReason.UNCONFINED.value, str(error)))
        except Exception as error:
            outcome = (Outcome.CRASHED, (OcrErrorReason.FAILED.value, type(error).__name__))
        try:
            results.write(encode_result(outcome))
        except ResultFormatError:
            results.write(encode_result((Outcome.CRASHED, (OcrErrorReason.FAILED.value, "ResultFormatError"))))


def _call(function: Callable[..., object], args: tuple[object, ...], results: BinaryIO) -> object:
    """The function's value. Of a generator, each value it yields is written as a part, and its return value is the
    result."""
    value = function(*args)
    if not isinstance(value, GeneratorType):
        return value
    while True:
        try:
            part = next(value)
        except StopIteration as finished:
            return finished.value
        results.write(encode_part(part))
        results.flush()


def _prefer_oom_kill() -> None:
    """Make the kernel kill this process first when memory runs out, so that a page is lost and not the visit."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "wb") as file:  # noqa: PTH123
        file.write(b"1000")


def _limit_resources(memory_mb: int) -> None:
    task_limit = _count_tasks() + MAX_TASKS
    for kind, limit in (
        (resource.RLIMIT_CORE, 0),  # a core dump would contain a citizen's letter
        (resource.RLIMIT_AS, memory_mb << 20),
        (resource.RLIMIT_FSIZE, memory_mb << 20),
        (resource.RLIMIT_NOFILE, _MAX_OPEN_FILES),
        (resource.RLIMIT_NPROC, task_limit),  # the kernel counts all tasks of this user
    ):
        resource.setrlimit(kind, (limit, limit))


def _count_tasks() -> int:
    """How many processes and threads run on this machine, which is at least those of this user."""
    with open("/proc/loadavg", "rb") as file:  # noqa: PTH123
        return int(file.read().split()[3].split(b"/")[1])


def _enter_confinement(scratch_dir: Path | None, program: str) -> None:
    """Confine this process. Call it after all imports and before any picture is decoded."""
    try:
        confine.confine(scratch_dir, program)
    except confine.ConfinementError:
        if os.environ.get(confine.UNCONFINED_ENV_VAR) != "1":
            raise


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
