"""Whether the centre has revoked this kiosk's enrolment: a small file of the forwarder, which survives a reboot.

A revoked kiosk stays out of service also without a network, because no centre would accept what it saves. The file
names the enrolment, so that it does not apply to a later one.
"""

from contextlib import suppress
from pathlib import Path

from kiosk_app.outbox.enrolment import Enrolment
from kiosk_app.outbox.json_state import read_json_state, write_json_state
from kiosk_app.outbox.state_directory import delivery_directory

FILE = "revoked.json"


def record_revocation(state_dir: Path, enrolment: Enrolment, *, revoked: bool) -> None:
    """Save that the enrolment is revoked, or that it no longer is. Raises OSError."""
    path = delivery_directory(state_dir) / FILE
    if revoked:
        write_json_state(path, {"enrolment_id": str(enrolment.enrolment_id)}, durable=True)
    else:
        with suppress(FileNotFoundError):
            path.unlink()


def is_revoked(state_dir: Path, enrolment: Enrolment | None) -> bool:
    """Whether this enrolment is recorded as revoked. An unreadable file counts as none."""
    if enrolment is None:
        return False
    content = read_json_state(delivery_directory(state_dir) / FILE) or {}
    return content.get("enrolment_id") == str(enrolment.enrolment_id)
