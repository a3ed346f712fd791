"""Settings that a stick has brought, for the set-up: where they wait in memory, and which machine this is."""

from contextlib import suppress
from pathlib import Path

from kiosk_app.unlocking import LOCKDOWN_STATE
from machine.safe_files import replace_file_atomically
from protocol.setup_stick import FILE_NAME

# The serial number of the machine: of a PC, then of a board that has a device tree.
SERIAL_FILES = (Path("/sys/class/dmi/id/product_serial"), Path("/proc/device-tree/serial-number"))
_MAX_SERIAL_CHARS = 64


def keep_stick(content: bytes, directory: Path = LOCKDOWN_STATE) -> None:
    """Keep the file until the next boot, for root only: it may have passwords of networks. Raises OSError."""
    replace_file_atomically(directory / FILE_NAME, content, 0o600, durable=False)


def machine_serial(files: tuple[Path, ...] = SERIAL_FILES) -> str:
    """The serial number of this machine; '' when its maker gave none."""
    for file in files:
        with suppress(OSError):
            if text := file.read_text("utf-8", errors="replace").strip("\0 \n")[:_MAX_SERIAL_CHARS]:
                return text
    return ""
