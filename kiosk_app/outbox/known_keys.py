"""What root remembers of the centre's keys: a list of keys that is older than the newest one seen here is refused.

The forwarder stores the centre's key statements. One that is taken over could remove the newest, so that a key counts
again that the centre has replaced because others have it."""

from datetime import datetime
from pathlib import Path

from kiosk_app.outbox.enrolment import Enrolment
from kiosk_app.outbox.errors import OutboxBrokenError
from kiosk_app.outbox.json_state import read_json_state, write_json_state

_FILE = "newest-keys.json"


class OldKeysError(OutboxBrokenError):
    """The centre's keys are older than those that root has seen."""


def check_keys_are_newest(state_dir: Path, enrolment: Enrolment) -> None:
    """Check that the keys are not older than those of the last call, and remember them. As root. Raises OldKeysError,
    OSError."""
    stored = read_json_state(state_dir / _FILE) or {}
    known = str(stored.get("since", "")) if stored.get("enrolment_id") == str(enrolment.enrolment_id) else ""
    since = enrolment.keys_since
    if known and (since is None or since < datetime.fromisoformat(known)):
        raise OldKeysError("The centre's keys are older than those that this kiosk has seen")
    if since is not None and since.isoformat() != known:
        content = {"enrolment_id": str(enrolment.enrolment_id), "since": since.isoformat()}
        write_json_state(state_dir / _FILE, content, durable=True)
