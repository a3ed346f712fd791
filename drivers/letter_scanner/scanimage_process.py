"""One run of scanimage. A back end may hang or crash in its USB code; a child process can be killed."""

import contextlib
import os
import re
import resource
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Event
from typing import IO, Final, cast

from drivers.letter_scanner.exit_status import status_from_exit
from drivers.ports.letter_scanner import ScanError, ScannerStatus

POLL_S: Final = 0.1  # how often `cancel` and the deadline are checked
# Time for scanimage to stop the scanner: the carriage returns, the feeder ejects its sheet.
TERMINATE_GRACE_S: Final = 3.0
MAX_STDERR_BYTES: Final = 65_536
MAX_FILE_BYTES: Final = 1 << 30  # the largest accepted page is smaller
PROGRESS_LINE: Final = re.compile(rb"Progress: *(\d+(?:\.\d+)?)%")


def run_scanimage(
    command: Sequence[str],
    environment: Mapping[str, str],
    on_output: Callable[[bytes], bool],
    *,
    timeout_s: float,
    cancel: Event,
    on_progress: Callable[[float], None] = lambda _: None,
) -> None:
    """Run `command` to its end. `on_output` receives its output and returns whether a page is complete; the next page
    may then take `timeout_s` again. Raises ScanError; leaves no process behind."""
    deadline = time.monotonic() + timeout_s
    with _start_process(command, environment) as child, selectors.DefaultSelector() as selector:
        errors = bytearray()
        selector.register(cast(IO[bytes], child.stdout), selectors.EVENT_READ, False)
        selector.register(cast(IO[bytes], child.stderr), selectors.EVENT_READ, True)
        while selector.get_map():
            if cancel.is_set():
                raise ScanError(ScannerStatus.CANCELLED)
            if time.monotonic() > deadline:
                raise ScanError(ScannerStatus.UNRESPONSIVE)
            for key, _ in selector.select(POLL_S):
                data = os.read(key.fd, 1 << 20)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.data:
                    errors.extend(data)
                    if percentages := PROGRESS_LINE.findall(data):
                        on_progress(min(1.0, float(percentages[-1]) / 100))
                    del errors[:-MAX_STDERR_BYTES]
                elif on_output(data):
                    deadline = time.monotonic() + timeout_s
        try:
            exit_code = child.wait(max(POLL_S, deadline - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            raise ScanError(ScannerStatus.UNRESPONSIVE) from error
    if (status := status_from_exit(exit_code, errors.decode(errors="replace"))) is not None:
        raise ScanError(status)


@contextlib.contextmanager
def _start_process(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # a new process group, because back ends fork readers
        )
    except OSError as error:  # scanimage is not installed
        raise ScanError(ScannerStatus.ABSENT) from error
    with child:
        try:
            # Pages of a batch are files in memory: the limit stops a runaway file before the deadline does.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (MAX_FILE_BYTES, MAX_FILE_BYTES))
            yield child
        finally:
            _terminate(child)


def _terminate(child: subprocess.Popen[bytes]) -> None:
    """Interrupt the process if it still runs, then kill its whole group."""
    if child.poll() is not None:
        return
    child.send_signal(signal.SIGINT)
    for pipe in (child.stdout, child.stderr):  # otherwise it may wait for a reader
        cast(IO[bytes], pipe).close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(TERMINATE_GRACE_S)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
