"""A SANE scanner through `scanimage`: a page from the glass comes over a pipe, those of a feeder as files in memory."""

import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import Final

from drivers.letter_scanner.device_selection import LIST_FORMAT, Found, choose, listed
from drivers.letter_scanner.pnm import PnmError, read_head
from drivers.letter_scanner.scan_options import Wish, arguments, offered, sensors
from drivers.letter_scanner.scanimage_process import listen
from drivers.ports.letter_scanner import ScanError, ScannerStatus, Source
from drivers.status_log import ChangeLog
from protocol.files import read_file

logger = logging.getLogger(__name__)

PROBE_S: Final = 10.0  # `scanimage -L` asks every back end there is
SIDE_DOTS: Final = 20_000  # A3 at 1,200 dpi
MOST_IN_NAMES: Final = 65_536  # bytes of file names at once; a whole batch has some hundred
MOST_BYTES: Final = 160_000_000  # A4 in colour at 600 dpi is 105 MB
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a private directory in it; nothing of a letter touches a disk
SWITCHES: Final = {"cover": ScannerStatus.COVER_OPEN, "jam": ScannerStatus.JAM}
FORGOTTEN_S: Final = 600.0  # by then staff have looked at it, and no scan has shown the fault again
# After these the scanner found before may be another one, or another name's.
LOOK_AGAIN: Final = (ScannerStatus.ABSENT, ScannerStatus.IO_ERROR, ScannerStatus.UNRESPONSIVE)


class SaneScanner:
    """The LetterScanner port on any SANE device.

    `device`: see devices.choose; it is looked for when it cannot be opened. `timeout_s`: what one page may take.
    `environment` is added to the process's own, e.g. SANE_CONFIG_DIR. `memory`: a directory in memory for fed pages.
    """

    def __init__(
        self,
        device: str = "",
        wish: Wish = Wish(),  # noqa: B008 - frozen
        timeout_s: float = 60.0,
        environment: Mapping[str, str] | None = None,
        memory: Path = MEMORY,
    ) -> None:
        self._device = device
        self._wish = wish
        self._timeout_s = timeout_s
        self._environment = {**os.environ, **(environment or {}), "LC_ALL": "C"}
        self._memory = memory
        self._ready: list[str] | None = None  # the command that scans, up to its own arguments
        self._stopped: ScannerStatus | None = None  # a jam or an open cover that ended the last scan
        self._stopped_at = 0.0
        self._log = ChangeLog(logger, "scanner")

    @property
    def source(self) -> Source:
        """Where pages are laid."""
        return self._wish.source

    def devices(self, cancel: Event | None = None) -> tuple[list[Found], Found | None]:
        """Every device there is, and the one that is meant. Takes seconds: each back end looks. Raises ScanError."""
        listing = self._said(["scanimage", f"--formatted-device-list={LIST_FORMAT}"], PROBE_S, cancel or Event())
        found = listed(listing.decode(errors="replace"))
        return found, choose(self._device, found)

    def status(self) -> ScannerStatus:
        """Is the configured device there, and is the fault of the last scan over? Opens and closes it. Never raises.

        Opening does not report a jam or an open cover: only switches do, where the scanner has them. Without them the
        fault lasts until a scan succeeds, or for FORGOTTEN_S.
        """
        try:
            self._with_device(self._look, Event())
            status = ScannerStatus.READY
        except ScanError as error:
            status = error.status
        self._log.tell(status)
        return status

    def _look(self, command: list[str]) -> None:
        stopped = self._stopped
        if stopped is None:
            self._said([*command, "--dont-scan"], PROBE_S, Event())
            return
        switches = sensors(self._said([*command, "--all-options"], PROBE_S, Event()).decode(errors="replace"))
        for name, fault in SWITCHES.items():
            if switches.get(name):
                self._stopped = fault
                raise ScanError(fault)
        if not switches and time.monotonic() - self._stopped_at < FORGOTTEN_S:
            raise ScanError(stopped)
        self._stopped = None

    def scan(
        self, on_page: Callable[[bytes], None], on_progress: Callable[[float], None], cancel: Event, most: int = 1
    ) -> None:
        """See the port: one page from the glass, up to `most` from a feeder."""
        scan = self._one_page if self._wish.source is Source.FLATBED else self._feed
        try:
            self._with_device(lambda command: scan(command, on_page, on_progress, cancel, most), cancel)
        except ScanError as error:
            if error.status in SWITCHES.values():
                self._stopped, self._stopped_at = error.status, time.monotonic()
            self._log.tell(error.status)
            raise
        self._stopped = None
        self._log.tell(ScannerStatus.READY)

    def _with_device(self, use: Callable[[list[str]], object], cancel: Event) -> None:
        """`use` the scanner known from last time; one that is not there any more is looked for, once."""
        command = self._ready or self._found(cancel)
        was_known, self._ready = self._ready is not None, None
        try:
            use(command)
        except ScanError as error:
            if not was_known or error.status is not ScannerStatus.ABSENT:
                self._ready = None if error.status in LOOK_AGAIN else command
                raise
            command = self._found(cancel)
            use(command)
        self._ready = command

    def _found(self, cancel: Event) -> list[str]:
        """The command for the configured device: by its name, else by what is listed."""
        if ":" in self._device:
            try:
                return self._command(self._device, cancel)
            except ScanError as error:
                if error.status is not ScannerStatus.ABSENT:
                    raise
        _, found = self.devices(cancel)
        if found is None:
            raise ScanError(ScannerStatus.ABSENT)
        return self._command(found.name, cancel)

    def _command(self, device: str, cancel: Event) -> list[str]:
        common = ["scanimage", "--device-name", device, "--format=pnm"]
        listing = self._said([*common, "--all-options"], PROBE_S, cancel)
        return [*common, *arguments(self._wish, offered(listing.decode(errors="replace")))]

    def _said(
        self,
        command: Sequence[str],
        timeout_s: float,
        cancel: Event,
        on_progress: Callable[[float], None] = lambda _: None,
    ) -> bytes:
        """What `command` writes."""
        said = bytearray()

        def on_output(data: bytes) -> bool:
            said.extend(data)
            if len(said) > MOST_BYTES:
                raise ScanError(ScannerStatus.BAD_PICTURE)
            return False

        listen(command, self._environment, on_output, timeout_s=timeout_s, cancel=cancel, on_progress=on_progress)
        return bytes(said)

    def _one_page(
        self,
        command: Sequence[str],
        on_page: Callable[[bytes], None],
        on_progress: Callable[[float], None],
        cancel: Event,
        _most: int,
    ) -> None:
        page = self._said([*command, "--progress"], self._timeout_s, cancel, on_progress)
        check_page(page)
        on_page(page)

    def _feed(
        self,
        command: Sequence[str],
        on_page: Callable[[bytes], None],
        on_progress: Callable[[float], None],
        cancel: Event,
        most: int,
    ) -> None:
        """One batch: a scan of its own for each sheet would let many back ends throw away what they fed ahead."""
        names, count = bytearray(), 0

        def on_output(data: bytes) -> bool:
            nonlocal count
            names.extend(data)
            if len(names) > MOST_IN_NAMES or count + names.count(b"\n") > most:
                raise ScanError(ScannerStatus.BAD_PICTURE)
            before = count
            while b"\n" in names:
                name, _, rest = bytes(names).partition(b"\n")
                names[:] = rest
                # Only the last part of the name counts: no file elsewhere is read and removed.
                on_page(self._taken(Path(path, os.path.basename(os.fsdecode(name)))))  # noqa: PTH119
                count += 1
            return count > before

        try:
            directory = tempfile.TemporaryDirectory(prefix="dk-pages-", dir=self._memory, ignore_cleanup_errors=True)
        except OSError as error:
            raise ScanError(ScannerStatus.DISK_FULL) from error
        with directory as path:
            batch = [f"--batch={path}/%d.pnm", f"--batch-count={most}", "--batch-print", "--progress"]
            timeout_s, environment = self._timeout_s, self._environment
            try:
                listen(
                    [*command, *batch],
                    environment,
                    on_output,
                    timeout_s=timeout_s,
                    cancel=cancel,
                    on_progress=on_progress,
                )
            except ScanError as error:
                if error.status is not ScannerStatus.NO_PAPER:
                    raise
        # Whether scanimage calls an empty feeder a success depends on its version.
        if not count:
            raise ScanError(ScannerStatus.NO_PAPER)

    def _taken(self, file: Path) -> bytes:
        """A page's bytes; its file is gone afterwards. Raises ScanError for half a page."""
        try:
            is_full = not shutil.disk_usage(file.parent).free
            if file.stat().st_size > MOST_BYTES:
                raise ScanError(ScannerStatus.BAD_PICTURE)
            page = read_file(file, MOST_BYTES)
            file.unlink()
        except OSError as error:
            raise ScanError(ScannerStatus.IO_ERROR) from error
        try:
            check_page(page)
        except ScanError:
            if is_full:  # scanimage does not look whether it could write
                raise ScanError(ScannerStatus.DISK_FULL) from None
            raise
        return page


def check_page(page: bytes) -> None:
    """Raise ScanError(BAD_PICTURE) unless `page` is a whole raw PNM no larger than any paper."""
    try:
        head = read_head(page)
    except PnmError as error:
        raise ScanError(ScannerStatus.BAD_PICTURE) from error
    if not (0 < head.width <= SIDE_DOTS and 0 < head.height <= SIDE_DOTS and len(page) == head.total_bytes):
        raise ScanError(ScannerStatus.BAD_PICTURE)
