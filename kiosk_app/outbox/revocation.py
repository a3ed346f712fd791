"""Whether the centre has taken this kiosk's enrolment back: one small file of the forwarder's, which outlives the boot.

A kiosk that was revoked stays out of service without a network too: what it took then, no centre would accept. The file
names the enrolment, so that it says nothing of a later one.
"""

import json
from contextlib import suppress
from pathlib import Path

from kiosk_app.outbox.enrolment import Enrolment
from kiosk_app.outbox.state_directory import MAX_STATE_FILE_BYTES, delivery_directory
from machine.safe_files import read_file, replace_file_atomically

FILE = "revoked.json"


def record_revocation(state: Path, enrolment: Enrolment, *, revoked: bool) -> None:
    """Save it, or that it is over. Raises OSError."""
    path = delivery_directory(state) / FILE
    if revoked:
        replace_file_atomically(path, json.dumps({"enrolment_id": str(enrolment.enrolment_id)}).encode(), 0o644)
    else:
        with suppress(FileNotFoundError):
            path.unlink()


def is_revoked(state: Path, enrolment: Enrolment | None) -> bool:
    """Whether this enrolment is known to be revoked. A file that cannot be read says nothing."""
    if enrolment is None:
        return False
    try:
        content = json.loads(read_file(delivery_directory(state) / FILE, MAX_STATE_FILE_BYTES))
        return bool(content["enrolment_id"] == str(enrolment.enrolment_id))
    except (OSError, ValueError, KeyError, TypeError):
        return False
