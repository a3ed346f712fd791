"""One function of `ocr`, run in a process of its own: niced, memory-limited, killed with all it started at its end.

Pictures are decoded and read nowhere else: what a hostile or broken one does to a decoder, it does to a child that may
do little. The child is a fresh interpreter (`python -P -m ocr.child`), never a fork of a program with threads and a
window, and not multiprocessing's spawn either, which would run the parent's main module again. It leads its own process
group and holds one end of a pipe, its lifeline: when the parent dies, however abruptly, the group ends itself. Answers
come back pickled but are unpickled by a reader that knows a few value types only, so a child gone astray can at worst
answer wrongly.
"""

import io
import os
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from time import monotonic
from typing import Any, TypeVar

from ocr.errors import OcrError, Reason

_T = TypeVar("_T")

NICENESS = 10
_ENVIRONMENT = {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
_VALUE, _REFUSED, _FAILED = "value", "refused", "failed"
_POLL_S = 0.05  # how soon a cancellation is noticed
_VALUE_TYPES = {
    ("ocr.prepare", "PreparedPage"),
    ("ocr.recognise", "Recognition"),
    ("ocr.recognise", "Line"),
    ("ocr.errors", "OcrError"),
    ("ocr.errors", "Reason"),
}


class ChildTimeout(OcrError):  # noqa: N818
    """The deadline passed; the child and all it started are dead."""

    def __init__(self) -> None:
        super().__init__(Reason.TIMEOUT)


class ChildCancelled(OcrError):  # noqa: N818
    """The event was set; the child and all it started are dead."""

    def __init__(self) -> None:
        super().__init__(Reason.CANCELLED)


class ChildFailed(OcrError):  # noqa: N818
    """The child died or its function raised something unforeseen; `reason` is TOO_LITTLE_MEMORY or FAILED."""


class _Answers(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _VALUE_TYPES:
            raise pickle.UnpicklingError(f"{module}.{name} is no answer")
        return super().find_class(module, name)


def run(
    function: Callable[..., _T], *args: object, deadline_s: float, memory_mb: int, cancel: Event | None = None
) -> _T:
    """`function(*args)` from a child. The function is named by its module, so it must stand at a module's top.

    Raises the OcrError the function raised; else ChildTimeout, ChildCancelled or ChildFailed."""
    ends = monotonic() + deadline_s
    lifeline, held = os.pipe()
    try:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "ocr.child", str(lifeline), str(memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(lifeline,),
            start_new_session=True,
            env=os.environ | _ENVIRONMENT,
        )
    except OSError:
        os.close(held)
        raise ChildFailed(Reason.FAILED, "No process could be started.") from None
    finally:
        os.close(lifeline)
    try:
        with child:
            try:
                answer = _wait(child, pickle.dumps((function, args)), ends, cancel)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)  # also what the function started and left
    finally:
        os.close(held)
    return _value(answer)  # type: ignore[no-any-return]


def _wait(child: "subprocess.Popen[bytes]", question: bytes, ends: float, cancel: Event | None) -> bytes:
    to_send: bytes | None = question
    while True:
        if cancel is not None and cancel.is_set():
            raise ChildCancelled
        left = ends - monotonic()
        if left <= 0:
            raise ChildTimeout
        try:
            return child.communicate(to_send, timeout=min(_POLL_S, left))[0]
        except subprocess.TimeoutExpired:
            to_send = None  # communicate goes on with what it was given first


def _value(answer: bytes) -> Any:
    try:
        outcome, value = _Answers(io.BytesIO(answer)).load()
    except (pickle.UnpicklingError, EOFError, TypeError, ValueError, AttributeError, IndexError, ImportError):
        raise ChildFailed(Reason.FAILED, "The child died or gave no sensible answer.") from None
    if outcome == _VALUE:
        return value
    if isinstance(value, OcrError):
        raise value if outcome == _REFUSED else ChildFailed(value.reason, value.detail)
    raise ChildFailed(Reason.FAILED)


def _main(lifeline: int, memory_mb: int) -> None:
    """The child's side: question from stdin, answer to what was stdout; nothing else can write into it."""
    Thread(target=_die_with_parent, args=(lifeline,), daemon=True).start()
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        os.nice(NICENESS)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold a citizen's letter
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
        try:
            function, args = pickle.load(sys.stdin.buffer)  # noqa: S301 -- from the parent
            outcome: tuple[str, object] = (_VALUE, function(*args))
        except OcrError as refusal:
            outcome = (_REFUSED, refusal)
        except MemoryError:
            outcome = (_FAILED, OcrError(Reason.TOO_LITTLE_MEMORY))
        except Exception as error:
            outcome = (_FAILED, OcrError(Reason.FAILED, type(error).__name__))
        pickle.dump(outcome, answers)


def _die_with_parent(lifeline: int) -> None:
    os.read(lifeline, 1)  # nothing is ever written: this returns when the parent's end closes
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]))
