"""Opens the lock of this kiosk for a valid permit. For root, who alone may record serial numbers and start the unit."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from kiosk_app.outbox import Enrolment
from machine.safe_files import read_file, replace_file_atomically
from protocol.encoding import from_base64
from protocol.unlock_permit import MAX_BYTES, PermitError, UnlockStatement, check_permit, parse_permit, verify_permit

UNLOCKED_UNIT = "damrongdham-kiosk-unlocked.service"
LOCKDOWN_STATE = Path("/run/damrongdham-kiosk-lockdown")
SERIAL_FILE = "unlock-serial.json"  # in the state directory, which belongs to root
MINUTES_FILE = "unlock-minutes"  # in LOCKDOWN_STATE: for usb_lock.py
_MAX_SERIAL_BYTES = 1024


def read_permit(content: bytes, state_dir: Path, *, now: datetime | None = None) -> UnlockStatement:
    """The statement of a permit that opens this kiosk now. Raises PermitError, OutboxError."""
    enrolment = Enrolment.load(state_dir)
    if enrolment is None:
        raise PermitError("This kiosk is not enrolled, so it cannot check a permit.")
    # The present key only: a key that was replaced may be in other hands.
    statement = verify_permit(parse_permit(content), from_base64(enrolment.receipt_key))
    check_permit(
        statement,
        kiosk_id=enrolment.kiosk_id,
        last_serial=read_last_serial(state_dir),
        now=now or datetime.now(UTC),
    )
    return statement


def read_last_serial(state_dir: Path) -> int:
    """The highest serial number accepted by this kiosk; 0 for none. A damaged file counts as none: the signature and
    the date still protect the kiosk, and a technician must be able to repair it."""
    try:
        return int(json.loads(read_file(state_dir / SERIAL_FILE, _MAX_SERIAL_BYTES))["serial"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def open_lock(statement: UnlockStatement, state_dir: Path, lockdown_state: Path = LOCKDOWN_STATE) -> None:
    """Record the serial number and start the unit that holds the lock open. Raises OSError, CalledProcessError."""
    content = json.dumps({"serial": statement.serial}).encode()
    replace_file_atomically(state_dir / SERIAL_FILE, content, 0o600)
    set_minutes(statement.minutes, lockdown_state)
    # A permit used while the lock is open starts its time again.
    subprocess.run(["systemctl", "--no-block", "restart", UNLOCKED_UNIT], check=True)


def set_minutes(minutes: int, lockdown_state: Path = LOCKDOWN_STATE) -> None:
    """How long the next start of UNLOCKED_UNIT holds the lock open. Raises OSError."""
    replace_file_atomically(lockdown_state / MINUTES_FILE, str(minutes).encode(), 0o644, durable=False)


def close_lock() -> None:
    """Close the lock at once. Raises CalledProcessError."""
    subprocess.run(["systemctl", "stop", UNLOCKED_UNIT], check=True)


def read_permit_file(path: Path) -> bytes:
    """The bytes of a permit on this machine. Raises OSError."""
    return read_file(path, MAX_BYTES)
