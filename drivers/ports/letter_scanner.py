"""Port of the letter scanner: its statuses and the calls the kiosk makes."""

from collections.abc import Callable
from enum import Enum
from threading import Event
from typing import Protocol


class ScannerStatus(Enum):
    """State of the scanner, or why one scan failed."""

    UNKNOWN = "unknown"
    READY = "ready"
    ABSENT = "absent"
    NOT_ALLOWED = "not_allowed"  # it is present, but this user may not open it
    BUSY = "busy"
    NO_PAPER = "no_paper"
    JAM = "jam"
    COVER_OPEN = "cover_open"
    IO_ERROR = "io_error"
    BAD_PICTURE = "bad_picture"  # not an image, truncated, or larger than any page
    DISK_FULL = "disk_full"
    CANCELLED = "cancelled"
    UNRESPONSIVE = "unresponsive"  # no response before the time-out; the process was killed


class Source(Enum):
    """Where pages go: on the flatbed one by one, or as a stack into the feeder, which scans one or both sides."""

    FLATBED = "flatbed"
    FEEDER = "feeder"
    DUPLEX = "duplex"


class ScanError(Exception):
    """A scan failed; `status` says why."""

    def __init__(self, status: ScannerStatus) -> None:
        super().__init__(status.value)
        self.status = status


class LetterScanner(Protocol):
    """A scanner. Calls block; each is made on the scanner's worker thread."""

    @property
    def source(self) -> Source:
        """Flatbed or feeder."""

    def status(self) -> ScannerStatus:
        """The status of the configured device. Never raises."""

    def scan(
        self, on_page: Callable[[bytes], None], on_progress: Callable[[float], None], cancel: Event, max_pages: int = 1
    ) -> None:
        """Scan one page from the flatbed, or the pages of a feeder until it is empty or `max_pages` are scanned.

        Each page is passed to `on_page` as soon as it is whole: the scanner's PNM bytes, whose header states a
        plausible size. They are not decoded here, but in a child process. Progress goes from 0 to 1 for each page.
        Raises ScanError, also after some pages; NO_PAPER only when there was no page.
        """
