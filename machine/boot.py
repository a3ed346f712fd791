"""The identity of the running boot."""

from functools import cache
from pathlib import Path

_BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")


@cache
def boot_id() -> str:
    """A UUID that the kernel draws at every boot (random(4))."""
    return _BOOT_ID_FILE.read_text("ascii").strip()
