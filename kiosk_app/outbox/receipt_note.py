"""Code and number of the visit on the screen, so that an interface that restarts at once reopens on the receipt.

A file in the runtime directory (tmpfs, never on a disk) with mode 0600. It is valid for two minutes of the same boot,
and is overwritten and deleted when the visit's data is erased.
"""

import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from journey.state import SavedSubmission
from kiosk_app.outbox.clock import monotonic_ms
from kiosk_app.outbox.json_state import read_json_state, write_json_state
from machine.boot import boot_id
from machine.safe_files import open_existing

FILE = "receipt-note.json"
VALID_MS = 2 * 60 * 1000
_SAVED_KEY = "saved_wall"  # name of `saved_at_epoch_s` in the file, as in the version before


@dataclass(frozen=True)
class ReceiptNote:
    """The data that the receipt screen needs after a restart."""

    saved: SavedSubmission
    language: str


def save_note(runtime: Path, note: ReceiptNote) -> None:
    """Write the note, replacing an older one. Raises OSError."""
    content = asdict(note.saved) | {"language": note.language, "boot_id": boot_id(), "monotonic_ms": monotonic_ms()}
    content[_SAVED_KEY] = content.pop("saved_at_epoch_s")
    write_json_state(runtime / FILE, content, mode=0o600)


def load_note(runtime: Path) -> ReceiptNote | None:
    """The note while it is valid; an invalid one is erased."""
    content = read_json_state(runtime / FILE) or {}
    try:
        age_ms = monotonic_ms() - content.pop("monotonic_ms")
        if content.pop("boot_id") == boot_id() and 0 <= age_ms <= VALID_MS:
            language, saved_at = content.pop("language"), content.pop(_SAVED_KEY)
            return ReceiptNote(SavedSubmission(saved_at_epoch_s=saved_at, **content), language)
    except (KeyError, TypeError):
        pass  # no note, or a damaged one
    erase(runtime)
    return None


def erase(runtime: Path) -> None:
    """Overwrite and delete the note, and temporary files of a `save_note` that was killed."""
    for path in (runtime / FILE, *runtime.glob(f".{FILE}.*")):
        with suppress(FileNotFoundError):
            descriptor = open_existing(path)
            try:
                os.pwrite(descriptor, bytes(os.fstat(descriptor).st_size), 0)
            finally:
                os.close(descriptor)
            path.unlink()
