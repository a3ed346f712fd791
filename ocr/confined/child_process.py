"""Runs one function of `ocr` in a child process: confined, niced, limited in memory, killed with all that it started.

Pictures are decoded and recognised only there: a picture that exploits or crashes a decoder affects only a confined
process (see `confine.py`). The child is a fresh interpreter (`child_main.py`) with its own environment. A fork would
copy a program with threads, a window and a citizen's text; multiprocessing's spawn would run the parent's main module
again. Results return in a safe format (`result_codec.py`), so a compromised child can at worst return a wrong result.
Only the request is pickled, because the parent writes it.
"""

import fcntl
import os
import pickle
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic
from typing import Any, TypeVar

from ocr.confined.confine import UNCONFINED_ENV_VAR
from ocr.confined.result_codec import Outcome, ResultFormatError, decode_result, split_part
from ocr.errors import OcrError, OcrErrorReason

_T = TypeVar("_T")
_Part = TypeVar("_Part")

MEMORY_DIR = "/dev/shm"  # noqa: S108 - tmpfs: no letter of a citizen may reach a disk
MAX_RESULT_BYTES = 64 << 20  # a page and its preview have about 3 MB
_ENVIRONMENT = {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1", "LC_ALL": "C.UTF-8"}
_INHERITED_ENV_VARS = ("PATH", "TESSDATA_PREFIX", UNCONFINED_ENV_VAR)
_READ_BYTES = 1 << 20
_POLL_S = 0.05  # interval of the check for a cancellation
_MAX_DETAIL_CHARS = 500
_NO_VALID_RESULT = "The child died or returned no valid result."


class ChildTimeoutError(OcrError):
    """The deadline passed; the child and all that it started are killed."""

    def __init__(self) -> None:
        super().__init__(OcrErrorReason.TIMEOUT)


class ChildCancelledError(OcrError):
    """The event was set; the child and all that it started are killed."""

    def __init__(self) -> None:
        super().__init__(OcrErrorReason.CANCELLED)


class ChildFailedError(OcrError):
    """The child died, or its function raised an unexpected exception; `reason` is TOO_LITTLE_MEMORY, UNCONFINED or
    FAILED."""


def run_in_child(
    function: Callable[..., _T],
    *args: object,
    deadline_s: float,
    memory_mb: int,
    cancel: Event | None = None,
    program: str = "",
    max_result_bytes: int = MAX_RESULT_BYTES,
) -> _T:
    """The result of `function(*args)` in a child. The child imports the function by its name, so it must be defined at
    the top of a module, or be an `ocr.confined.child_function.ChildFunction`.

    `program`: the one program the child may start; it then has a private directory in memory as TMPDIR. Raises the
    OcrError that the function raised, ChildTimeoutError, ChildCancelledError or ChildFailedError."""
    limits = _Limits(deadline_s, memory_mb, program, max_result_bytes)
    return _run((function, args), limits, cancel, _ignore)  # type: ignore[no-any-return]


def stream_from_child(
    function: Callable[..., Generator[_Part, None, _T]],
    *args: object,
    on_part: Callable[[_Part], None],
    deadline_s: float,
    memory_mb: int,
    cancel: Event | None = None,
    program: str = "",
    max_result_bytes: int = MAX_RESULT_BYTES,
) -> _T:
    """As `run_in_child`, for a function that yields parts before it returns. `on_part` gets each of them as soon as the
    child has it; the child goes on meanwhile."""
    limits = _Limits(deadline_s, memory_mb, program, max_result_bytes)
    return _run((function, args), limits, cancel, on_part)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class _Limits:
    deadline_s: float
    memory_mb: int
    program: str
    max_result_bytes: int


def _ignore(_part: object) -> None:
    """What `run_in_child` does with parts."""


def _run(request: object, limits: _Limits, cancel: Event | None, on_part: Callable[[Any], None]) -> Any:
    program = limits.program
    deadline = monotonic() + limits.deadline_s
    try:
        with ExitStack() as cleanup:
            scratch_dir = _create_scratch_directory(cleanup) if program else ""
            # The child holds the reading end, which becomes readable when this process ends.
            lifeline, parent_end = os.pipe()
            cleanup.callback(os.close, parent_end)
            with os.fdopen(lifeline, "rb"), _open_request(request) as request_file:
                child = subprocess.Popen(
                    [
                        sys.executable,
                        "-I",
                        "-m",
                        "ocr.confined.child_main",
                        str(lifeline),
                        str(limits.memory_mb),
                        scratch_dir,
                        program,
                    ],
                    stdin=request_file,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(lifeline,),
                    start_new_session=True,
                    env=_child_environment(scratch_dir),
                    bufsize=0,
                )
            with child:
                try:
                    encoded = _read_result(child, deadline, cancel, limits.max_result_bytes, on_part)
                    return _unwrap_result(encoded)
                finally:
                    with suppress(ProcessLookupError):
                        os.killpg(child.pid, signal.SIGKILL)  # also what the function started and left running
    except OSError:
        raise ChildFailedError(OcrErrorReason.FAILED, "No process could be started.") from None


def _create_scratch_directory(cleanup: ExitStack) -> str:
    """A directory in memory for the program's files, removed when the child ends, however it ends."""
    return cleanup.enter_context(
        TemporaryDirectory(prefix="dk-picture-", dir=MEMORY_DIR if os.access(MEMORY_DIR, os.W_OK) else None)
    )


def _child_environment(scratch_dir: str) -> dict[str, str]:
    """A minimal environment. The parent's is not inherited, because it may contain personal data."""
    inherited = {name: os.environ[name] for name in _INHERITED_ENV_VARS if name in os.environ}
    return inherited | _ENVIRONMENT | ({"TMPDIR": scratch_dir} if scratch_dir else {})


@contextmanager
def _open_request(request: object) -> Iterator[int]:
    """A descriptor to read the pickled request from. It is sealed against writing, so it cannot carry a program."""
    memory_file = os.memfd_create("request", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with os.fdopen(os.dup(memory_file), "wb") as file:
            pickle.dump(request, file)
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        fcntl.fcntl(memory_file, fcntl.F_ADD_SEALS, seals)
        read_only = os.open(f"/proc/self/fd/{memory_file}", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(memory_file)
    try:
        yield read_only
    finally:
        os.close(read_only)


def _read_result(
    child: "subprocess.Popen[bytes]",
    deadline: float,
    cancel: Event | None,
    max_result_bytes: int,
    on_part: Callable[[Any], None],
) -> bytes:
    """The bytes that the child writes after its parts, until it closes its output. Raises ChildTimeoutError,
    ChildCancelledError, ChildFailedError."""
    assert child.stdout is not None  # noqa: S101 - opened as a pipe
    poll, result, total = select.poll(), bytearray(), 0
    poll.register(child.stdout, select.POLLIN)
    while True:
        if cancel is not None and cancel.is_set():
            raise ChildCancelledError
        left_s = deadline - monotonic()
        if left_s <= 0:
            raise ChildTimeoutError
        if poll.poll(1000 * min(_POLL_S, left_s)):
            data = os.read(child.stdout.fileno(), _READ_BYTES)
            if not data:
                return bytes(result)
            result += data
            total += len(data)
            if total > max_result_bytes:
                raise ChildFailedError(OcrErrorReason.FAILED, "The child's result is too large.")
            for part in _split_parts(result):
                on_part(part)


def _split_parts(received: bytearray) -> Iterator[Any]:
    """Remove the complete parts from the received bytes. Raises ChildFailedError."""
    try:
        while (encoded := split_part(received)) is not None:
            yield decode_result(encoded, _result_classes())
    except ResultFormatError:
        raise ChildFailedError(OcrErrorReason.FAILED, _NO_VALID_RESULT) from None


def _result_classes() -> tuple[type, ...]:
    """The dataclasses a result may contain: those of the modules that this process has imported, as every caller of
    such a function has."""
    names_by_module = {
        "ocr.prepared_page": ("PreparedPage",),
        "ocr.recognise": ("Recognition", "Line", "Progress", "Offer"),
    }
    return tuple(
        getattr(sys.modules[module], name)
        for module, names in names_by_module.items()
        if module in sys.modules
        for name in names
    )


def _unwrap_result(encoded: bytes) -> Any:
    """The function's result. Raises OcrError or ChildFailedError."""
    try:
        outcome, value = decode_result(encoded, _result_classes())
        if outcome == Outcome.VALUE:
            return value
        reason, detail = OcrErrorReason(value[0]), str(value[1])[:_MAX_DETAIL_CHARS]
    except (TypeError, ValueError, LookupError):  # ResultFormatError is a ValueError
        raise ChildFailedError(OcrErrorReason.FAILED, _NO_VALID_RESULT) from None
    raise OcrError(reason, detail) if outcome == Outcome.OCR_ERROR else ChildFailedError(reason, detail)
