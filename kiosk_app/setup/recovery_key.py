"""The recovery key of the encrypted data partition, for the technician who hands the kiosk over.

The disk image leaves it in a file that only root can read while the disk is open (decision 0221).
"""

import re
from pathlib import Path

from kiosk_app.setup.requests import Reply
from machine.safe_files import read_file

FILE = Path("/data/recovery-key")
# Eight groups of eight letters, as systemd-cryptenroll makes them: letters that every Latin keyboard has in one place.
_PATTERN = re.compile(r"[cbdefghijklnrtuv]{8}(-[cbdefghijklnrtuv]{8}){7}")
_MAX_BYTES = 256


def read_recovery_key(file: Path = FILE) -> Reply:
    """The key, or that there is none: without a TPM 2, or on a kiosk that was not installed from the disk image."""
    try:
        key = read_file(file, _MAX_BYTES).decode("ascii", errors="replace").strip()
    except FileNotFoundError:
        return Reply(passed=True, sentence="key.none")
    except OSError as error:
        return Reply(passed=False, sentence="key.unreadable", detail=error.strerror or type(error).__name__)
    if not _PATTERN.fullmatch(key):
        return Reply(passed=False, sentence="key.unreadable", detail=file.name)
    return Reply(passed=True, sentence="key.shown", detail=key)
