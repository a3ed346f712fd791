"""What the kiosk asks of a letter scanner."""

from collections.abc import Callable
from threading import Event
from typing import Protocol

from drivers.letter_scanner.status import ScannerStatus


class ScanError(Exception):
    """A scan gave no page; `status` says why."""

    def __init__(self, status: ScannerStatus) -> None:
        super().__init__(status.value)
        self.status = status


class LetterScanner(Protocol):
    """A scanner. Calls block; each is made from the scanner's own lane."""

    def status(self) -> ScannerStatus:
        """Is the configured device there? Never raises."""

    def scan_page(self, on_progress: Callable[[float], None], cancel: Event) -> bytes:
        """Scan one page; progress from 0 to 1. Returns the picture as the scanner gave it (PNM bytes), complete
        and of sane size by its header, but not decoded: decoding happens in a child process. Raises ScanError."""
