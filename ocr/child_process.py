"""One function of `ocr`, run in a process of its own: confined, niced, limited in memory, killed with all it started.

Pictures are decoded and read nowhere else: what a hostile or broken one does to a decoder, it does to a process that
may do little (see `ocr.confine`). It is a fresh interpreter (`python -I -m ocr.child_process`) with an environment of
its own, never a fork of a program with threads, a window and a citizen's words, and not multiprocessing's spawn either,
which would run the parent's main module again. That interpreter forks once, before it has seen anything: the worker
takes the request, confines itself and answers; the other waits for the end of the worker, or of the parent, whose pipe
it holds, and then ends the process group and clears up. Results come back in a form of their own (`ocr.result_codec`),
so a worker gone astray can at worst answer wrongly. The request alone is pickled: the parent wrote it.
"""

import fcntl
import os
import pickle
import resource
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic
from typing import Any, TypeVar

from ocr import confine
from ocr.errors import OcrError, OcrErrorReason
from ocr.result_codec import ResultFormatError, decode_result, encode_result

_T = TypeVar("_T")

CHILD_NICENESS = 10
MEMORY_DIR = "/dev/shm"  # noqa: S108 - tmpfs: a citizen's letter touches no disk
# Set to 1: on a machine that cannot confine, pictures are opened all the same.
UNCONFINED_ENV_VAR = "KIOSK_UNCONFINED_PICTURES"
MAX_RESULT_BYTES = 64 << 20  # bytes; a page and its preview have some 3 MB
_ENVIRONMENT = {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1", "LC_ALL": "C.UTF-8"}
_INHERITED_ENV_VARS = ("PATH", "TESSDATA_PREFIX", UNCONFINED_ENV_VAR)
_MAX_OPEN_FILES = 256
_MAX_TASKS = 64  # processes and threads besides those there are: Tesseract is one, with one thread
_READ_BYTES = 1 << 20  # bytes read at once
_VALUE, _OCR_ERROR, _CRASHED = "value", "refused", "failed"
_POLL_S = 0.05  # how soon a cancellation is noticed
_MAX_DETAIL_CHARS = 500


class ChildTimeoutError(OcrError):
    """The deadline passed; the child and all it started are dead."""

    def __init__(self) -> None:
        super().__init__(OcrErrorReason.TIMEOUT)


class ChildCancelledError(OcrError):
    """The event was set; the child and all it started are dead."""

    def __init__(self) -> None:
        super().__init__(OcrErrorReason.CANCELLED)


class ChildFailedError(OcrError):
    """The child died or its function raised something unforeseen; `reason` is TOO_LITTLE_MEMORY or FAILED."""


def run_in_child(
    function: Callable[..., _T],
    *args: object,
    deadline_s: float,
    memory_mb: int,
    cancel: Event | None = None,
    program: str = "",
    max_result_bytes: int = MAX_RESULT_BYTES,
) -> _T:
    """`function(*args)` from a child. The function is named by its module, so it must stand at a module's top.

    `program`: the one program it may start; then it has a directory of its own too, as TMPDIR. `max_result_bytes`: the
    largest result. Raises the OcrError the function raised; else ChildTimeoutError, ChildCancelledError or
    ChildFailedError."""
    ends = monotonic() + deadline_s
    try:
        with ExitStack() as leaving:
            scratch_dir = _create_scratch_directory(leaving) if program else ""
            lifeline, held = os.pipe()
            leaving.callback(os.close, held)
            with os.fdopen(lifeline, "rb"), _open_request((function, args)) as request:
                child = subprocess.Popen(
                    [
                        sys.executable,
                        "-I",
                        "-m",
                        "ocr.child_process",
                        str(lifeline),
                        str(memory_mb),
                        scratch_dir,
                        program,
                    ],
                    stdin=request,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(lifeline,),
                    start_new_session=True,
                    env=_child_environment(scratch_dir),
                    bufsize=0,
                )
            with child:
                try:
                    return _unwrap_response(_read_response(child, ends, cancel, max_result_bytes))  # type: ignore[no-any-return]
                finally:
                    with suppress(ProcessLookupError):
                        os.killpg(child.pid, signal.SIGKILL)  # also what the function started and left
    except OSError:
        raise ChildFailedError(OcrErrorReason.FAILED, "No process could be started.") from None


def _create_scratch_directory(leaving: ExitStack) -> str:
    """For a program's files: in memory, gone with the child however that ended."""
    return leaving.enter_context(
        TemporaryDirectory(prefix="dk-picture-", dir=MEMORY_DIR if os.access(MEMORY_DIR, os.W_OK) else None)
    )


def _child_environment(scratch_dir: str) -> dict[str, str]:
    """Of the parent's own hardly anything: what is in it may be somebody's."""
    passed_on = {name: os.environ[name] for name in _INHERITED_ENV_VARS if name in os.environ}
    return passed_on | _ENVIRONMENT | ({"TMPDIR": scratch_dir} if scratch_dir else {})


@contextmanager
def _open_request(request: object) -> Iterator[int]:
    """A descriptor to read the question from; nobody can write to it any more, so it carries no program either."""
    written = os.memfd_create("question", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with os.fdopen(os.dup(written), "wb") as file:
            pickle.dump(request, file)
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        fcntl.fcntl(written, fcntl.F_ADD_SEALS, seals)
        read_only = os.open(f"/proc/self/fd/{written}", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(written)
    try:
        yield read_only
    finally:
        os.close(read_only)


def _read_response(child: "subprocess.Popen[bytes]", ends: float, cancel: Event | None, max_result_bytes: int) -> bytes:
    """What it answers, up to its end."""
    assert child.stdout is not None  # noqa: S101 - it was asked for
    coming, answer = select.poll(), bytearray()
    coming.register(child.stdout, select.POLLIN)
    while True:
        if cancel is not None and cancel.is_set():
            raise ChildCancelledError
        left = ends - monotonic()
        if left <= 0:
            raise ChildTimeoutError
        if coming.poll(1000 * min(_POLL_S, left)):
            piece = os.read(child.stdout.fileno(), _READ_BYTES)
            if not piece:
                return bytes(answer)
            answer += piece
            if len(answer) > max_result_bytes:
                raise ChildFailedError(OcrErrorReason.FAILED, "The child's answer is too large.")


def _result_classes() -> tuple[type, ...]:
    """The classes of an answer: of those modules that this process has loaded, as whoever asks for one has."""
    named = {"ocr.prepare_page": ("PreparedPage",), "ocr.recognise": ("Recognition", "Line")}
    return tuple(
        getattr(sys.modules[module], name) for module, names in named.items() if module in sys.modules for name in names
    )


def _unwrap_response(answer: bytes) -> Any:
    try:
        outcome, value = decode_result(answer, _result_classes())
        if outcome == _VALUE:
            return value
        reason, detail = OcrErrorReason(value[0]), str(value[1])[:_MAX_DETAIL_CHARS]
    except (TypeError, ValueError, LookupError):  # ResultFormatError among them
        raise ChildFailedError(OcrErrorReason.FAILED, "The child died or gave no sensible answer.") from None
    raise OcrError(reason, detail) if outcome == _OCR_ERROR else ChildFailedError(reason, detail)


def _child_main(lifeline: int, memory_mb: int, scratch_dir: str, program: str) -> None:
    """The child's side."""
    worker = os.fork()
    if not worker:
        os.close(lifeline)
        _serve_request(memory_mb, Path(scratch_dir) if scratch_dir else None, program)
        os._exit(0)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (sys.stdin.fileno(), sys.stdout.fileno()):
        os.dup2(nothing, descriptor)  # the worker alone holds the answer's end: closed, it is complete
    ending = select.poll()
    ending.register(lifeline, select.POLLIN)  # nothing is ever written: it becomes ready when the parent's end closes
    ending.register(os.pidfd_open(worker), select.POLLIN)
    if any(descriptor == lifeline for descriptor, _ in ending.poll()):
        if scratch_dir:
            shutil.rmtree(scratch_dir, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)
    os.waitpid(worker, 0)


def _serve_request(memory_mb: int, scratch_dir: Path | None, program: str) -> None:
    """Question from stdin, answer to what was stdout; nothing else can write into it."""
    confine.die_with_parent(signal.SIGKILL)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        os.nice(CHILD_NICENESS)
        _prefer_oom_kill()
        tasks = _count_tasks() + _MAX_TASKS
        for limited, most in (
            (resource.RLIMIT_CORE, 0),  # a core dump would hold a citizen's letter
            (resource.RLIMIT_AS, memory_mb << 20),
            (resource.RLIMIT_FSIZE, memory_mb << 20),
            (resource.RLIMIT_NOFILE, _MAX_OPEN_FILES),
            (resource.RLIMIT_NPROC, tasks),  # counted for all that this user runs
        ):
            resource.setrlimit(limited, (most, most))
        try:
            function, args = pickle.load(sys.stdin.buffer)  # noqa: S301 -- from the parent
            _enter_confinement(scratch_dir, program)
            outcome: tuple[str, object] = (_VALUE, function(*args))
        except OcrError as refusal:
            outcome = (_OCR_ERROR, (refusal.reason.value, refusal.detail))
        except MemoryError:
            outcome = (_CRASHED, (OcrErrorReason.TOO_LITTLE_MEMORY.value, ""))
        except confine.ConfinementError as error:
            outcome = (_CRASHED, (OcrErrorReason.UNCONFINED.value, str(error)))
        except Exception as error:
            outcome = (_CRASHED, (OcrErrorReason.FAILED.value, type(error).__name__))
        try:
            answers.write(encode_result(outcome))
        except ResultFormatError:
            answers.write(encode_result((_CRASHED, (OcrErrorReason.FAILED.value, "ResultFormatError"))))


def _prefer_oom_kill() -> None:
    """When memory runs out, the kernel ends this process before any other: the interface loses a page, not a visit."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "wb") as file:  # noqa: PTH123
        file.write(b"1000")


def _count_tasks() -> int:
    """How many processes and threads run on this machine: more than those of this user."""
    with open("/proc/loadavg", "rb") as file:  # noqa: PTH123
        return int(file.read().split()[3].split(b"/")[1])


def _enter_confinement(scratch_dir: Path | None, program: str) -> None:
    """Loaded is everything by now that the function names, decoded nothing."""
    try:
        confine.confine(scratch_dir, program)
    except confine.ConfinementError:
        if os.environ.get(UNCONFINED_ENV_VAR) != "1":
            raise


if __name__ == "__main__":
    _child_main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
