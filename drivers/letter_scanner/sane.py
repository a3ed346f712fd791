"""A SANE scanner through `scanimage`, one child process for each page.

A back end may hang or crash in its USB code; as a child it can be killed with all it started, and takes nothing along.
The page comes over a pipe: nothing of a letter touches the disk.
"""

import logging
import os
import re
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event
from typing import IO, Final, cast

from drivers.change_log import ChangeLog
from drivers.letter_scanner.outcome import status_from
from drivers.letter_scanner.pnm import PnmError, read_head
from drivers.letter_scanner.port import ScanError
from drivers.letter_scanner.status import ScannerStatus

logger = logging.getLogger(__name__)

LOOK_S: Final = 0.1  # how often cancel and deadline are looked at
PROBE_S: Final = 10.0  # `scanimage -L` asks every back end there is
SIDE_DOTS: Final = 20_000  # A3 at 1,200 dpi
MOST_BYTES: Final = 160_000_000  # A4 in colour at 600 dpi is 105 MB
MOST_ERRORS: Final = 65_536
PROGRESS: Final = re.compile(rb"Progress: *(\d+(?:\.\d+)?)%")


class SaneScanner:
    """The LetterScanner port on any SANE device.

    `device` as `scanimage -L` names it, '' for the first one found; `options` are handed to scanimage as they are, e.g.
    ('--resolution', '300'); `environment` is added to the process's own, e.g. SANE_CONFIG_DIR.
    """

    def __init__(
        self,
        device: str = "",
        options: tuple[str, ...] = (),
        timeout_s: float = 60.0,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._device = device
        self._options = options
        self._timeout_s = timeout_s
        self._environment = {**os.environ, **(environment or {}), "LC_ALL": "C"}
        self._log = ChangeLog(logger, "scanner")

    def status(self) -> ScannerStatus:
        """Is the configured device there? Opens and closes it. Never raises."""
        try:
            self._run(["--dont-scan", *self._options], PROBE_S, Event())
            status = ScannerStatus.READY
        except ScanError as error:
            status = error.status
        self._log.tell(status)
        return status

    def scan_page(self, on_progress: Callable[[float], None], cancel: Event) -> bytes:
        """Scan one page; progress from 0 to 1. Returns a whole raw PNM. Raises ScanError."""
        try:
            page = self._run(["--progress", *self._options], self._timeout_s, cancel, on_progress)
            check_page(page)
        except ScanError as error:
            self._log.tell(error.status)
            raise
        self._log.tell(ScannerStatus.READY)
        return page

    def _run(
        self,
        arguments: list[str],
        timeout_s: float,
        cancel: Event,
        on_progress: Callable[[float], None] = lambda _: None,
    ) -> bytes:
        deadline = time.monotonic() + timeout_s
        device = self._device or self._first_device(deadline, cancel)
        command = ["scanimage", "--device-name", device, "--format=pnm", *arguments]
        return self._listen(command, deadline, cancel, on_progress)

    def _first_device(self, deadline: float, cancel: Event) -> str:
        names = self._listen(["scanimage", "--formatted-device-list=%d%n"], deadline, cancel, lambda _: None)
        found = names.decode(errors="replace").splitlines()
        if not found:
            raise ScanError(ScannerStatus.ABSENT)
        return found[0]

    def _listen(
        self, command: list[str], deadline: float, cancel: Event, on_progress: Callable[[float], None]
    ) -> bytes:
        """Run `command` to its end and return its standard output. Raises ScanError; leaves no process behind."""
        with self._started(command) as child, selectors.DefaultSelector() as waiting:
            page, errors = bytearray(), bytearray()
            waiting.register(cast(IO[bytes], child.stdout), selectors.EVENT_READ, page)
            waiting.register(cast(IO[bytes], child.stderr), selectors.EVENT_READ, errors)
            while waiting.get_map():
                if cancel.is_set():
                    raise ScanError(ScannerStatus.CANCELLED)
                if time.monotonic() > deadline:
                    raise ScanError(ScannerStatus.UNRESPONSIVE)
                for key, _ in waiting.select(LOOK_S):
                    data = os.read(key.fd, 1 << 20)
                    if not data:
                        waiting.unregister(key.fileobj)
                    key.data.extend(data)
                    if key.data is errors:
                        if told := PROGRESS.findall(data):
                            on_progress(min(1.0, float(told[-1]) / 100))
                        del errors[:-MOST_ERRORS]
                if len(page) > MOST_BYTES:
                    raise ScanError(ScannerStatus.BAD_PICTURE)
            try:
                exit_code = child.wait(max(LOOK_S, deadline - time.monotonic()))
            except subprocess.TimeoutExpired as expired:
                raise ScanError(ScannerStatus.UNRESPONSIVE) from expired
        if exit_code:
            raise ScanError(status_from(exit_code, errors.decode(errors="replace")))
        return bytes(page)

    @contextmanager
    def _started(self, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment,
                start_new_session=True,  # a process group of its own: back ends fork readers
            )
        except OSError as missing:
            raise ScanError(ScannerStatus.ABSENT) from missing
        with child:
            try:
                yield child
            finally:
                if child.poll() is None:
                    os.killpg(child.pid, signal.SIGKILL)


def check_page(page: bytes) -> None:
    """Raise ScanError(BAD_PICTURE) unless `page` is a whole raw PNM no larger than any paper."""
    try:
        head = read_head(page)
    except PnmError as error:
        raise ScanError(ScannerStatus.BAD_PICTURE) from error
    if not (0 < head.width <= SIDE_DOTS and 0 < head.height <= SIDE_DOTS and len(page) == head.total_bytes):
        raise ScanError(ScannerStatus.BAD_PICTURE)
