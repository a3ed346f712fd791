"""Port of the letter scanner: its states and the calls the kiosk makes."""

from collections.abc import Callable
from enum import Enum
from threading import Event
from typing import Protocol


class ScannerStatus(Enum):
    """State of the scanner, or why one scan failed."""

    UNKNOWN = "unknown"
    READY = "ready"
    ABSENT = "absent"
    NOT_ALLOWED = "not_allowed"  # it is there, but this user may not open it
    BUSY = "busy"
    NO_PAPER = "no_paper"
    JAM = "jam"
    COVER_OPEN = "cover_open"
    IO_ERROR = "io_error"
    BAD_PICTURE = "bad_picture"  # an answer that is no image, truncated, or larger than any page
    DISK_FULL = "disk_full"
    CANCELLED = "cancelled"
    UNRESPONSIVE = "unresponsive"  # no answer before the time-out; the process was killed


class Source(Enum):
    """Where pages are laid: on the glass one by one, or as a stack into the feeder, which reads one or both sides."""

    FLATBED = "flatbed"
    FEEDER = "feeder"
    DUPLEX = "duplex"


class ScanError(Exception):
    """A scan ended early; `status` says why."""

    def __init__(self, status: ScannerStatus) -> None:
        super().__init__(status.value)
        self.status = status


class LetterScanner(Protocol):
    """A scanner. Calls block; each is made from the scanner's own lane."""

    @property
    def source(self) -> Source:
        """Where pages are laid."""

    def status(self) -> ScannerStatus:
        """Is the configured device there? Never raises."""

    def scan(
        self, on_page: Callable[[bytes], None], on_progress: Callable[[float], None], cancel: Event, max_pages: int = 1
    ) -> None:
        """Scan what lies there: one page from the glass, or from a feeder until it is empty or `max_pages`
        pages were read.

        Each page is handed over as soon as it is whole, as the scanner gave it (PNM bytes) and of sane size by its
        header, but not decoded: that happens in a child process. Progress goes from 0 to 1 for each page. Raises
        ScanError, also after some pages; NO_PAPER only when there was none.
        """
