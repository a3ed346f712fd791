"""scanimage's exit code and messages → ScannerStatus. Pure.

The exit code is the SANE status of the call that failed while scanning, and 1 for every failure before that; then only
the message distinguishes them (sane_strstatus, English in the C locale). In a batch whose device goes away it is 0, and
only the message "Scanned page 1. (scanner status = 9)" shows it.
"""

import re
from typing import Final

from drivers.ports.letter_scanner import ScannerStatus

# SANE_Status of sane.h; 5 is the end of file before any data.
STATUS_BY_EXIT_CODE: Final = {
    2: ScannerStatus.CANCELLED,
    3: ScannerStatus.BUSY,
    5: ScannerStatus.NO_PAPER,
    6: ScannerStatus.JAM,
    7: ScannerStatus.NO_PAPER,
    8: ScannerStatus.COVER_OPEN,
    9: ScannerStatus.IO_ERROR,
    11: ScannerStatus.NOT_ALLOWED,
}
STATUS_BY_MESSAGE: Final = (
    ("Device busy", ScannerStatus.BUSY),
    ("no SANE devices found", ScannerStatus.ABSENT),
    ("Access to resource has been denied", ScannerStatus.NOT_ALLOWED),
    ("open of device", ScannerStatus.ABSENT),
    ("Document feeder jammed", ScannerStatus.JAM),
    ("Document feeder out of documents", ScannerStatus.NO_PAPER),
    ("Scanner cover is open", ScannerStatus.COVER_OPEN),
    ("No space left on device", ScannerStatus.DISK_FULL),
)


PAGE_STATUS_LINE: Final = re.compile(r"\(scanner status = (\d+)\)")
NORMAL_PAGE_STATUSES: Final = (0, 5)


def status_from_exit(exit_code: int, stderr: str) -> ScannerStatus | None:
    """Exit code and standard error of scanimage → why the scan failed; None when it did not. Never READY."""
    if exit_code == 0:
        page_statuses = [int(code) for code in PAGE_STATUS_LINE.findall(stderr)]
        if not page_statuses or page_statuses[-1] in NORMAL_PAGE_STATUSES:
            return None
        return STATUS_BY_EXIT_CODE.get(page_statuses[-1], ScannerStatus.IO_ERROR)
    if exit_code in STATUS_BY_EXIT_CODE:
        return STATUS_BY_EXIT_CODE[exit_code]
    for message, status in STATUS_BY_MESSAGE:
        if message in stderr:
            return status
    return ScannerStatus.IO_ERROR
