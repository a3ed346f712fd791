"""When each device last worked: a small file in the state directory, which survives a reboot.

It contains times in minutes and no personal data.
"""

import contextlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from kiosk_app.outbox.json_state import read_json_state, write_json_state
from kiosk_app.outbox.state_directory import interface_directory

FILE = "successes.json"


def read_last_successes(state_dir: Path) -> dict[str, datetime]:
    """Time of the last success by device name ('card_reader', 'printer', 'scanner'); empty for a damaged file."""
    try:
        content = read_json_state(interface_directory(state_dir) / FILE) or {}
        return {name: datetime.fromisoformat(when) for name, when in content.items()}
    except (ValueError, TypeError):
        return {}


def record_success(state_dir: Path, names: Iterable[str], now: datetime | None = None) -> None:
    """Record that these devices have just worked. A directory that cannot be written to is ignored."""
    minute = (now or datetime.now(UTC)).replace(second=0, microsecond=0)
    successes = read_last_successes(state_dir) | dict.fromkeys(names, minute)
    content = {name: when.isoformat() for name, when in successes.items()}
    with contextlib.suppress(OSError):
        write_json_state(interface_directory(state_dir) / FILE, content)
