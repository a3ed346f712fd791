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

from drivers.letter_scanner.device_selection import LIST_FORMAT, ScannerDevice, parse_device_list, select_device
from drivers.letter_scanner.pnm import PnmError, parse_header
from drivers.letter_scanner.scan_options import ScanOptions, build_arguments, parse_available_options, parse_sensors
from drivers.letter_scanner.scanimage_process import run_scanimage
from drivers.ports.change_log import ChangeLog
from drivers.ports.letter_scanner import ScanError, ScannerStatus, Source
from machine.safe_files import read_file

logger = logging.getLogger(__name__)

PROBE_TIMEOUT_S: Final = 10.0  # `scanimage -L` asks every back end there is
MAX_SIDE_DOTS: Final = 20_000  # A3 at 1,200 dpi
MAX_FILE_NAMES_BYTES: Final = 65_536  # bytes of file names at once; a whole batch has some hundred
MAX_PAGE_BYTES: Final = 160_000_000  # A4 in colour at 600 dpi is 105 MB
MEMORY_DIR: Final = Path("/dev/shm")  # noqa: S108 - a private directory in it; nothing of a letter touches a disk
STATUS_BY_SENSOR: Final = {"cover": ScannerStatus.COVER_OPEN, "jam": ScannerStatus.JAM}
FAULT_EXPIRY_S: Final = 600.0  # by then staff have looked at it, and no scan has shown the fault again
# After these the scanner found before may be another one, or another name's.
REDISCOVER_AFTER: Final = (ScannerStatus.ABSENT, ScannerStatus.IO_ERROR, ScannerStatus.UNRESPONSIVE)


class SaneScanner:
    """The LetterScanner port on any SANE device.

    `device`: see device_selection.select_device; it is looked for when it cannot be opened. `timeout_s`: what one page
    may take.
    `environment` is added to the process's own, e.g. SANE_CONFIG_DIR. `memory_dir`: a directory in memory for fed
    pages.
    """

    def __init__(
        self,
        device: str = "",
        options: ScanOptions = ScanOptions(),  # noqa: B008 - frozen
        timeout_s: float = 60.0,
        environment: Mapping[str, str] | None = None,
        memory_dir: Path = MEMORY_DIR,
    ) -> None:
        self._device = device
        self._options = options
        self._timeout_s = timeout_s
        self._environment = {**os.environ, **(environment or {}), "LC_ALL": "C"}
        self._memory_dir = memory_dir
        self._cached_command: list[str] | None = None  # the command that scans, up to its own arguments
        self._last_fault: ScannerStatus | None = None  # a jam or an open cover that ended the last scan
        self._last_fault_at = 0.0
        self._log = ChangeLog(logger, "scanner")

    @property
    def source(self) -> Source:
        """Where pages are laid."""
        return self._options.source

    def list_devices(self, cancel: Event | None = None) -> tuple[list[ScannerDevice], ScannerDevice | None]:
        """Every device there is, and the one that is meant. Takes seconds: each back end looks. Raises ScanError."""
        listing = self._capture_output(
            ["scanimage", f"--formatted-device-list={LIST_FORMAT}"], PROBE_TIMEOUT_S, cancel or Event()
        )
        found = parse_device_list(listing.decode(errors="replace"))
        return found, select_device(self._device, found)

    def status(self) -> ScannerStatus:
        """Is the configured device there, and is the fault of the last scan over? Opens and closes it. Never raises.

        Opening does not report a jam or an open cover: only switches do, where the scanner has them. Without them the
        fault lasts until a scan succeeds, or for FORGOTTEN_S.
        """
        try:
            self._with_device(self._check_device, Event())
            status = ScannerStatus.READY
        except ScanError as error:
            status = error.status
        self._log.log_if_changed(status)
        return status

    def _check_device(self, command: list[str]) -> None:
        stopped = self._last_fault
        if stopped is None:
            self._capture_output([*command, "--dont-scan"], PROBE_TIMEOUT_S, Event())
            return
        switches = parse_sensors(
            self._capture_output([*command, "--all-options"], PROBE_TIMEOUT_S, Event()).decode(errors="replace")
        )
        for name, fault in STATUS_BY_SENSOR.items():
            if switches.get(name):
                self._last_fault = fault
                raise ScanError(fault)
        if not switches and time.monotonic() - self._last_fault_at < FAULT_EXPIRY_S:
            raise ScanError(stopped)
        self._last_fault = None

    def scan(
        self, on_page: Callable[[bytes], None], on_progress: Callable[[float], None], cancel: Event, max_pages: int = 1
    ) -> None:
        """See the port: one page from the glass, up to `max_pages` from a feeder."""
        scan = self._scan_flatbed if self._options.source is Source.FLATBED else self._scan_feeder
        try:
            self._with_device(lambda command: scan(command, on_page, on_progress, cancel, max_pages), cancel)
        except ScanError as error:
            if error.status in STATUS_BY_SENSOR.values():
                self._last_fault, self._last_fault_at = error.status, time.monotonic()
            self._log.log_if_changed(error.status)
            raise
        self._last_fault = None
        self._log.log_if_changed(ScannerStatus.READY)

    def _with_device(self, operation: Callable[[list[str]], object], cancel: Event) -> None:
        """Run `operation` with the scanner known from last time; one that is gone is looked for again, once."""
        command = self._cached_command or self._find_command(cancel)
        was_known, self._cached_command = self._cached_command is not None, None
        try:
            operation(command)
        except ScanError as error:
            if not was_known or error.status is not ScannerStatus.ABSENT:
                self._cached_command = None if error.status in REDISCOVER_AFTER else command
                raise
            command = self._find_command(cancel)
            operation(command)
        self._cached_command = command

    def _find_command(self, cancel: Event) -> list[str]:
        """The command for the configured device: by its name, else by what is listed."""
        if ":" in self._device:
            try:
                return self._build_command(self._device, cancel)
            except ScanError as error:
                if error.status is not ScannerStatus.ABSENT:
                    raise
        _, found = self.list_devices(cancel)
        if found is None:
            raise ScanError(ScannerStatus.ABSENT)
        return self._build_command(found.name, cancel)

    def _build_command(self, device: str, cancel: Event) -> list[str]:
        common = ["scanimage", "--device-name", device, "--format=pnm"]
        listing = self._capture_output([*common, "--all-options"], PROBE_TIMEOUT_S, cancel)
        return [*common, *build_arguments(self._options, parse_available_options(listing.decode(errors="replace")))]

    def _capture_output(
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
            if len(said) > MAX_PAGE_BYTES:
                raise ScanError(ScannerStatus.BAD_PICTURE)
            return False

        run_scanimage(
            command, self._environment, on_output, timeout_s=timeout_s, cancel=cancel, on_progress=on_progress
        )
        return bytes(said)

    def _scan_flatbed(
        self,
        command: Sequence[str],
        on_page: Callable[[bytes], None],
        on_progress: Callable[[float], None],
        cancel: Event,
        _max_pages: int,
    ) -> None:
        page = self._capture_output([*command, "--progress"], self._timeout_s, cancel, on_progress)
        check_page(page)
        on_page(page)

    def _scan_feeder(
        self,
        command: Sequence[str],
        on_page: Callable[[bytes], None],
        on_progress: Callable[[float], None],
        cancel: Event,
        max_pages: int,
    ) -> None:
        """One batch: a scan of its own for each sheet would let many back ends throw away what they fed ahead."""
        names, count = bytearray(), 0

        def on_output(data: bytes) -> bool:
            nonlocal count
            names.extend(data)
            if len(names) > MAX_FILE_NAMES_BYTES or count + names.count(b"\n") > max_pages:
                raise ScanError(ScannerStatus.BAD_PICTURE)
            before = count
            while b"\n" in names:
                name, _, rest = bytes(names).partition(b"\n")
                names[:] = rest
                # Only the last part of the name counts: no file elsewhere is read and removed.
                on_page(self._consume_page_file(Path(path, os.path.basename(os.fsdecode(name)))))  # noqa: PTH119
                count += 1
            return count > before

        try:
            directory = tempfile.TemporaryDirectory(
                prefix="dk-pages-", dir=self._memory_dir, ignore_cleanup_errors=True
            )
        except OSError as error:
            raise ScanError(ScannerStatus.DISK_FULL) from error
        with directory as path:
            batch = [f"--batch={path}/%d.pnm", f"--batch-count={max_pages}", "--batch-print", "--progress"]
            timeout_s, environment = self._timeout_s, self._environment
            try:
                run_scanimage(
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

    def _consume_page_file(self, file: Path) -> bytes:
        """A page's bytes; its file is gone afterwards. Raises ScanError for half a page."""
        try:
            is_full = not shutil.disk_usage(file.parent).free
            if file.stat().st_size > MAX_PAGE_BYTES:
                raise ScanError(ScannerStatus.BAD_PICTURE)
            page = read_file(file, MAX_PAGE_BYTES)
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
        head = parse_header(page)
    except PnmError as error:
        raise ScanError(ScannerStatus.BAD_PICTURE) from error
    if not (0 < head.width <= MAX_SIDE_DOTS and 0 < head.height <= MAX_SIDE_DOTS and len(page) == head.total_bytes):
        raise ScanError(ScannerStatus.BAD_PICTURE)
