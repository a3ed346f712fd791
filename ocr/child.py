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
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic
from typing import Any, TypeVar

from ocr.errors import OcrError, Reason

_T = TypeVar("_T")

NICENESS = 10
MEMORY = "/dev/shm"  # noqa: S108 - tmpfs: a citizen's letter touches no disk
_ENVIRONMENT = {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
_VALUE, _REFUSED, _FAILED = "value", "refused", "failed"
_POLL_S = 0.05  # how soon a cancellation is noticed
_VALUE_TYPES = {("ocr.prepare", "PreparedPage"), ("ocr.recognise", "Recognition"), ("ocr.recognise", "Line")}


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
    # Its own directory for its tools' files, gone with the child however that ended.
    own = TemporaryDirectory(prefix="dk-picture-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None)
    lifeline, held = os.pipe()
    try:
        with os.fdopen(os.memfd_create("question"), "w+b") as question:
            pickle.dump((function, args), question)
            question.seek(0)
            child = subprocess.Popen(
                [sys.executable, "-P", "-m", "ocr.child", str(lifeline), str(memory_mb)],
                stdin=question,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(lifeline,),
                start_new_session=True,
                env=os.environ | _ENVIRONMENT | {"TMPDIR": own.name},
            )
        with child:
            try:
                return _value(_wait(child, ends, cancel))  # type: ignore[no-any-return]
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)  # also what the function started and left
    except OSError:
        raise ChildFailed(Reason.FAILED, "No process could be started.") from None
    finally:
        os.close(lifeline)
        os.close(held)
        own.cleanup()


def _wait(child: "subprocess.Popen[bytes]", ends: float, cancel: Event | None) -> bytes:
    while True:
        if cancel is not None and cancel.is_set():
            raise ChildCancelled
        left = ends - monotonic()
        if left <= 0:
            raise ChildTimeout
        with suppress(subprocess.TimeoutExpired):
            return child.communicate(timeout=min(_POLL_S, left))[0]


def _value(answer: bytes) -> Any:
    try:
        outcome, value = _Answers(io.BytesIO(answer)).load()
        if outcome == _VALUE:
            return value
        reason, detail = Reason(value[0]), str(value[1])
    except (pickle.UnpicklingError, EOFError, TypeError, ValueError, LookupError, AttributeError, ImportError):
        raise ChildFailed(Reason.FAILED, "The child died or gave no sensible answer.") from None
    raise OcrError(reason, detail) if outcome == _REFUSED else ChildFailed(reason, detail)


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
            outcome = (_REFUSED, (refusal.reason.value, refusal.detail))
        except MemoryError:
            outcome = (_FAILED, (Reason.TOO_LITTLE_MEMORY.value, ""))
        except Exception as error:
            outcome = (_FAILED, (Reason.FAILED.value, type(error).__name__))
        pickle.dump(outcome, answers)


def _die_with_parent(lifeline: int) -> None:
    os.read(lifeline, 1)  # nothing is ever written: this returns when the parent's end closes
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]))
