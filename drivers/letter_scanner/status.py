"""What a letter scanner can be, in words the rest of the kiosk uses."""

from enum import Enum


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
