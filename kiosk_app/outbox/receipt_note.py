"""Code and number of the visit on the screen, in tmpfs, so that an interface restarted at once reopens on the receipt.

0600 in the runtime directory, valid for two minutes of the same boot, overwritten and removed at the wipe. Never on a
disk.
"""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from journey.state import SavedSubmission
from kiosk_app.outbox.clock import monotonic_ms
from kiosk_app.outbox.state_directory import MAX_STATE_FILE_BYTES
from machine.boot import boot_id
from machine.safe_files import open_existing, read_file, replace_file_atomically

FILE = "receipt-note.json"
VALID_MS = 2 * 60 * 1000
_SAVED_KEY = "saved_wall"  # `saved_at_epoch_s` in the file: a note may be of the version before this one


@dataclass(frozen=True)
class ReceiptNote:
    """What the receipt screen needs."""

    saved: SavedSubmission
    language: str


def save_note(runtime: Path, note: ReceiptNote) -> None:
    """Write the note in place of any older one. Raises OSError."""
    content = asdict(note.saved) | {"language": note.language, "boot_id": boot_id(), "monotonic_ms": monotonic_ms()}
    content[_SAVED_KEY] = content.pop("saved_at_epoch_s")
    replace_file_atomically(runtime / FILE, json.dumps(content).encode(), 0o600, durable=False)


def load_note(runtime: Path) -> ReceiptNote | None:
    """The note, while it is valid; one that is not is erased."""
    try:
        content = json.loads(read_file(runtime / FILE, MAX_STATE_FILE_BYTES))
        age_ms = monotonic_ms() - content.pop("monotonic_ms")
        if content.pop("boot_id") == boot_id() and 0 <= age_ms <= VALID_MS:
            language, saved_at = content.pop("language"), content.pop(_SAVED_KEY)
            return ReceiptNote(SavedSubmission(saved_at_epoch_s=saved_at, **content), language)
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        pass  # missing, cut off or written by something else: no note
    erase(runtime)
    return None


def erase(runtime: Path) -> None:
    """Overwrite and remove it, with what a kill left of one half laid down; nothing happens when there is none."""
    for path in (runtime / FILE, *runtime.glob(f".{FILE}.*")):
        with suppress(FileNotFoundError):
            descriptor = open_existing(path)
            try:
                os.pwrite(descriptor, bytes(os.fstat(descriptor).st_size), 0)
            finally:
                os.close(descriptor)
            path.unlink()
