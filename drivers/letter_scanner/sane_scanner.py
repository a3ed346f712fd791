"""A SANE scanner through `scanimage`. A page from the flatbed arrives over a pipe, the pages of a feeder as files in
memory."""

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
from drivers.letter_scanner.scan_options import (
    SENSOR_STATUSES,
    ScanOptions,
    build_arguments,
    parse_available_options,
    parse_sensors,
)
from drivers.letter_scanner.scanimage_process import run_scanimage
from drivers.ports.change_log import ChangeLog
from drivers.ports.letter_scanner import ScanError, ScannerStatus, Source
from machine.safe_files import read_file

logger = logging.getLogger(__name__)

PROBE_TIMEOUT_S: Final = 10.0  # `scanimage -L` queries every back end
MAX_SIDE_DOTS: Final = 20_000  # A3 at 1,200 dpi
MAX_FILE_NAMES_BYTES: Final = 65_536  # a whole batch has some hundred bytes of file names
MAX_PAGE_BYTES: Final = 160_000_000  # A4 in colour at 600 dpi is 105 MB
MEMORY_DIR: Final = Path("/dev/shm")  # noqa: S108 - a private directory in it: no letter may reach a disk
FAULT_EXPIRY_S: Final = 600.0  # staff have probably cleared the fault by then; the next scan reports one that persists
# After these the cached device name may mean another scanner, or none.
REDISCOVER_AFTER: Final = (ScannerStatus.ABSENT, ScannerStatus.IO_ERROR, ScannerStatus.UNRESPONSIVE)


class SaneScanner:
    """The LetterScanner port on any SANE device.

    `device`: see device_selection.select_device; devices are listed again when it cannot be opened. `timeout_s`: how
    long one page may take. `environment` is added to that of the process, e.g. SANE_CONFIG_DIR. `memory_dir`: a
    directory in memory for the pages of a feeder.
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
        self._cached_command: list[str] | None = None  # `scanimage` with the device and its options
        self._last_fault: ScannerStatus | None = None  # a jam or an open cover that ended the last scan
        self._last_fault_at = 0.0
        self._log = ChangeLog(logger, "scanner")

    @property
    def source(self) -> Source:
        """Flatbed or feeder."""
        return self._options.source

    def list_devices(self, cancel: Event | None = None) -> tuple[list[ScannerDevice], ScannerDevice | None]:
        """All devices, and the configured one. Takes seconds, because each back end searches. Raises ScanError."""
        listing = self._capture_output(
            ["scanimage", f"--formatted-device-list={LIST_FORMAT}"], PROBE_TIMEOUT_S, cancel or Event()
        )
        devices = parse_device_list(listing.decode(errors="replace"))
        return devices, select_device(self._device, devices)

    def status(self) -> ScannerStatus:
        """Whether the device can be opened and the fault of the last scan is over. Opens and closes it. Never raises.

        Opening the device does not report a jam or an open cover. If the scanner has sensors, they do. Without sensors
        the fault lasts until a scan succeeds, or for FAULT_EXPIRY_S.
        """
        try:
            self._with_device(self._check_device, Event())
            status = ScannerStatus.READY
        except ScanError as error:
            status = error.status
        self._log.log_if_changed(status)
        return status

    def _check_device(self, command: list[str]) -> None:
        last_fault = self._last_fault
        if last_fault is None:
            self._capture_output([*command, "--dont-scan"], PROBE_TIMEOUT_S, Event())
            return
        listing = self._capture_output([*command, "--all-options"], PROBE_TIMEOUT_S, Event())
        sensors = parse_sensors(listing.decode(errors="replace"))
        for status in SENSOR_STATUSES:
            if sensors.get(status):
                self._last_fault = status
                raise ScanError(status)
        if not sensors and time.monotonic() - self._last_fault_at < FAULT_EXPIRY_S:
            raise ScanError(last_fault)
        self._last_fault = None

    def scan(
        self, on_page: Callable[[bytes], None], on_progress: Callable[[float], None], cancel: Event, max_pages: int = 1
    ) -> None:
        """See the port: one page from the flatbed, up to `max_pages` from a feeder."""
        scan = self._scan_flatbed if self._options.source is Source.FLATBED else self._scan_feeder
        try:
            self._with_device(lambda command: scan(command, on_page, on_progress, cancel, max_pages), cancel)
        except ScanError as error:
            if error.status in SENSOR_STATUSES:
                self._last_fault, self._last_fault_at = error.status, time.monotonic()
            self._log.log_if_changed(error.status)
            raise
        self._last_fault = None
        self._log.log_if_changed(ScannerStatus.READY)

    def _with_device(self, operation: Callable[[list[str]], object], cancel: Event) -> None:
        """Run `operation` with the cached command; if its device is gone, once more with a newly found one."""
        was_cached = self._cached_command is not None
        command = self._cached_command or self._find_command(cancel)
        self._cached_command = None
        try:
            operation(command)
        except ScanError as error:
            if not was_cached or error.status is not ScannerStatus.ABSENT:
                self._cached_command = None if error.status in REDISCOVER_AFTER else command
                raise
            command = self._find_command(cancel)
            operation(command)
        self._cached_command = command

    def _find_command(self, cancel: Event) -> list[str]:
        """The command for the configured device: by its name, otherwise from the list of devices."""
        if ":" in self._device:
            try:
                return self._build_command(self._device, cancel)
            except ScanError as error:
                if error.status is not ScannerStatus.ABSENT:
                    raise
        _, device = self.list_devices(cancel)
        if device is None:
            raise ScanError(ScannerStatus.ABSENT)
        return self._build_command(device.name, cancel)

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
        """The standard output of `command`. Raises ScanError; BAD_PICTURE for more than MAX_PAGE_BYTES."""
        output = bytearray()

        def on_output(data: bytes) -> bool:
            output.extend(data)
            if len(output) > MAX_PAGE_BYTES:
                raise ScanError(ScannerStatus.BAD_PICTURE)
            return False

        run_scanimage(
            command, self._environment, on_output, timeout_s=timeout_s, cancel=cancel, on_progress=on_progress
        )
        return bytes(output)

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
        """One batch for all sheets: with one scan per sheet many back ends discard the sheets they fed ahead."""
        try:
            directory = tempfile.TemporaryDirectory(
                prefix="dk-pages-", dir=self._memory_dir, ignore_cleanup_errors=True
            )
        except OSError as error:
            raise ScanError(ScannerStatus.DISK_FULL) from error
        with directory as path:
            batch = _FeederBatch(Path(path), on_page, max_pages)
            arguments = [f"--batch={path}/%d.pnm", f"--batch-count={max_pages}", "--batch-print", "--progress"]
            try:
                run_scanimage(
                    [*command, *arguments],
                    self._environment,
                    batch.receive_file_names,
                    timeout_s=self._timeout_s,
                    cancel=cancel,
                    on_progress=on_progress,
                )
            except ScanError as error:
                if error.status is not ScannerStatus.NO_PAPER:
                    raise
        # Some versions of scanimage end with success when the feeder is empty, others with NO_PAPER.
        if not batch.page_count:
            raise ScanError(ScannerStatus.NO_PAPER)


class _FeederBatch:
    """The pages of one batch. scanimage writes each page to a file in `directory` and then prints the file's name."""

    def __init__(self, directory: Path, on_page: Callable[[bytes], None], max_pages: int) -> None:
        self.page_count = 0
        self._directory = directory
        self._on_page = on_page
        self._max_pages = max_pages
        self._unparsed = b""  # the beginning of the next file name

    def receive_file_names(self, output: bytes) -> bool:
        """Pass the pages whose names are in `output` to `on_page`; returns whether there was one. Raises ScanError."""
        *names, self._unparsed = (self._unparsed + output).split(b"\n")
        unparsed_bytes = len(self._unparsed) + sum(map(len, names))
        if unparsed_bytes > MAX_FILE_NAMES_BYTES or self.page_count + len(names) > self._max_pages:
            raise ScanError(ScannerStatus.BAD_PICTURE)
        for name in names:
            # Only the last component of the path is used, so that no file elsewhere is read and removed.
            self._on_page(self._consume_file(self._directory / os.path.basename(os.fsdecode(name))))  # noqa: PTH119
            self.page_count += 1
        return bool(names)

    def _consume_file(self, file: Path) -> bytes:
        """Read and remove the file of one page. Raises ScanError unless the page is whole."""
        try:
            disk_is_full = not shutil.disk_usage(file.parent).free
            if file.stat().st_size > MAX_PAGE_BYTES:
                raise ScanError(ScannerStatus.BAD_PICTURE)
            page = read_file(file, MAX_PAGE_BYTES)
            file.unlink()
        except OSError as error:
            raise ScanError(ScannerStatus.IO_ERROR) from error
        try:
            check_page(page)
        except ScanError:
            if disk_is_full:  # scanimage does not check whether it could write
                raise ScanError(ScannerStatus.DISK_FULL) from None
            raise
        return page


def check_page(page: bytes) -> None:
    """Raises ScanError(BAD_PICTURE) unless `page` is a whole raw PNM that is no larger than any paper."""
    try:
        header = parse_header(page)
    except PnmError as error:
        raise ScanError(ScannerStatus.BAD_PICTURE) from error
    if not (
        0 < header.width <= MAX_SIDE_DOTS and 0 < header.height <= MAX_SIDE_DOTS and len(page) == header.total_bytes
    ):
        raise ScanError(ScannerStatus.BAD_PICTURE)
