"""When each device last did its work: a small file in the state directory, for whoever asks whether it ever did.

It says a minute and nothing of whose card or letter it was. Unlike the reports it outlives a boot.
"""

import contextlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from kiosk_app.outbox.state_directory import MAX_STATE_FILE_BYTES, interface_directory
from machine.safe_files import read_file, replace_file_atomically

FILE = "successes.json"
_MODE = 0o644


def read_last_successes(state: Path) -> dict[str, datetime]:
    """Device name ('card_reader', 'printer', 'scanner') → when; empty for a file that is not there or damaged."""
    try:
        content = json.loads(read_file(interface_directory(state) / FILE, MAX_STATE_FILE_BYTES))
        return {str(name): datetime.fromisoformat(when) for name, when in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def record_success(state: Path, names: Iterable[str], now: datetime | None = None) -> None:
    """These devices have just worked. A directory that cannot be written to is nobody's trouble here."""
    minute = (now or datetime.now(UTC)).replace(second=0, microsecond=0)
    known = read_last_successes(state) | dict.fromkeys(names, minute)
    content = json.dumps({name: when.isoformat() for name, when in known.items()})
    with contextlib.suppress(OSError):
        replace_file_atomically(interface_directory(state) / FILE, content.encode(), _MODE, durable=False)
