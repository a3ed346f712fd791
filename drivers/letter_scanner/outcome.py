"""How scanimage ended → ScannerStatus. Pure.

scanimage's exit code is the SANE status of the call that failed while scanning, but 1 for whatever went wrong before
that, which then only its sentence tells apart (sane_strstatus, English in the C locale).
"""

from typing import Final

from drivers.letter_scanner.status import ScannerStatus

# SANE_Status of sane.h; 5 is the end of file before any data.
BY_EXIT_CODE: Final = {
    2: ScannerStatus.CANCELLED,
    3: ScannerStatus.BUSY,
    5: ScannerStatus.NO_PAPER,
    6: ScannerStatus.JAM,
    7: ScannerStatus.NO_PAPER,
    8: ScannerStatus.COVER_OPEN,
    9: ScannerStatus.IO_ERROR,
}
BY_SENTENCE: Final = (
    ("Device busy", ScannerStatus.BUSY),
    ("no SANE devices found", ScannerStatus.ABSENT),
    ("open of device", ScannerStatus.ABSENT),
    ("Document feeder jammed", ScannerStatus.JAM),
    ("Document feeder out of documents", ScannerStatus.NO_PAPER),
    ("Scanner cover is open", ScannerStatus.COVER_OPEN),
    ("No space left on device", ScannerStatus.DISK_FULL),
)


def status_from(exit_code: int, errors: str) -> ScannerStatus:
    """Exit code and standard error of a failed scanimage → the state. Never READY."""
    if exit_code in BY_EXIT_CODE:
        return BY_EXIT_CODE[exit_code]
    for sentence, status in BY_SENTENCE:
        if sentence in errors:
            return status
    return ScannerStatus.IO_ERROR
