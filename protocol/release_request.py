"""The header that announces which release a kiosk should install.

`Requested-Release: <mark>` is in the response to a heartbeat while the centre requests a release of this kiosk. The
mark changes with the request; the kiosk then fetches the signed statement. Without the header (no request, or an older
centre) the kiosk forgets the last request. A kiosk that does not know the header stays as it is.
"""

import re
from hashlib import sha256

HEADER = "Requested-Release"
VERSION_PATTERN = r"[0-9][0-9A-Za-z.+~]{0,59}"  # of a Debian package, without epoch and revision
OLDER_REQUEST = "older_request"  # why a release is not installed, beside the reasons of provision/release_trial.py
_MARK = re.compile(r"[0-9a-f]{16}")


def mark_of(statement: bytes) -> str:
    """The mark of a statement in canonical JSON."""
    return sha256(statement).hexdigest()[:16]


def parse_header(header: str) -> str:
    """The mark in a header; '' for none."""
    return header if _MARK.fullmatch(header) else ""
