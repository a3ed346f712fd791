"""The exit code and messages of scanimage become a scanner status."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.letter_scanner.exit_status import status_from_exit
from drivers.ports.letter_scanner import ScannerStatus


@pytest.mark.parametrize(
    ("code", "errors", "status"),
    [
        (3, "scanimage: sane_start: Device busy", ScannerStatus.BUSY),
        (6, "", ScannerStatus.JAM),
        (7, "", ScannerStatus.NO_PAPER),
        (8, "", ScannerStatus.COVER_OPEN),
        (9, "", ScannerStatus.IO_ERROR),
        (10, "scanimage: sane_read: Out of memory", ScannerStatus.IO_ERROR),
        (1, "scanimage: open of device net:x failed: Device busy", ScannerStatus.BUSY),
        (1, "scanimage: open of device net:x failed: Invalid argument", ScannerStatus.ABSENT),
        (1, "scanimage: no SANE devices found", ScannerStatus.ABSENT),
        (1, "scanimage: unrecognized option '--bogus'", ScannerStatus.IO_ERROR),
        (1, "scanimage: open of device x failed: Access to resource has been denied", ScannerStatus.NOT_ALLOWED),
        (-11, "", ScannerStatus.IO_ERROR),
        (0, "", None),
        (0, "Scanned page 1. (scanner status = 5)", None),
        (0, "(scanner status = 5)\n(scanner status = 7)", ScannerStatus.NO_PAPER),
        (0, "(scanner status = 9)\nBatch terminated, 1 page scanned", ScannerStatus.IO_ERROR),
    ],
)
def test_each_outcome_gives_its_status(code: int, errors: str, status: ScannerStatus | None) -> None:
    assert status_from_exit(code, errors) is status


@given(st.integers(-64, 255).filter(bool), st.text(max_size=80))
def test_a_failure_is_never_ready(code: int, errors: str) -> None:
    assert status_from_exit(code, errors) is not ScannerStatus.READY
