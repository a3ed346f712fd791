"""Reading and writing the small JSON files of the state and runtime directories."""

from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json

from machine.safe_files import read_file, replace_file_atomically

MAX_STATE_FILE_BYTES = 1 << 20  # the largest of these files has some kilobytes
SHARED_MODE = 0o644  # for files that the other processes of the kiosk read


def read_json_state(path: Path) -> dict[str, Any] | None:
    """The object in the file; None when there is no file, no access, or no JSON object in it."""
    try:
        content = from_json(read_file(path, MAX_STATE_FILE_BYTES))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def write_json_state(path: Path, content: dict[str, Any], *, mode: int = SHARED_MODE, durable: bool = False) -> None:
    """Replace the file. `durable`: it is on the disk when this returns. Raises OSError."""
    replace_file_atomically(path, to_json(content), mode, durable=durable)
