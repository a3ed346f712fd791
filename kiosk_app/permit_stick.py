"""Reads a permit, or settings for the set-up, from a USB stick.

While the lock is closed the stick is authorised for seconds. Its bytes are read by a program: nothing is mounted, so no
file system driver of the kernel sees a stranger's stick. Only a device whose single function is storage is tried.
"""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from protocol import setup_stick
from protocol.unlock_permit import FILE_NAME, MAX_BYTES

DRIVERS_PROBE = Path("/sys/bus/usb/drivers_probe")
DISK_TIMEOUT_S = 15.0  # slow sticks need some seconds
READ_TIMEOUT_S = 10.0
AUTHORISED_S = 40.0  # for everything, less than TimeoutStartSec= of the unit: a stick can have 128 slow partitions
_POLL_S = 0.1
_SECTOR_BYTES = 512


class StickError(Exception):
    """No permit can be read; the message is one sentence for a technician."""


def is_locked(interface: Path) -> bool:
    """Whether the lock has taken the driver from this USB interface, a directory below /sys/devices."""
    return _read_number(interface / "authorized") == 0


def read_from_stick(interface: Path) -> tuple[str, bytes]:
    """Name and bytes of what is on the stick behind this USB interface: of the permit, or else of the settings; of the
    settings alone on a stick that is not locked. Afterwards the stick is locked again, if it was. Raises StickError,
    OSError."""
    if len(list(interface.parent.glob(f"{interface.parent.name}:*"))) != 1:
        raise StickError("This USB device is more than a stick, so nothing is read from it.")
    needs_permit = is_locked(interface)
    with authorised(interface):
        disk = _wait_for_disk(interface)
        device, offsets = Path("/dev") / disk.name, _partition_offsets(disk)
        if needs_permit:
            with suppress(StickError):
                return FILE_NAME, read_permit_from_disk(device, offsets)
        return setup_stick.FILE_NAME, read_setup_from_disk(device, offsets)


@contextmanager
def authorised(interface: Path, drivers_probe: Path = DRIVERS_PROBE) -> Iterator[None]:
    """While the context lasts, but for AUTHORISED_S at most, the kernel's driver has the interface. Without its driver
    the disk is gone, so a read that waits for a slow stick fails. An interface that is not locked stays as it is: it
    may be the disk that this machine runs from."""
    if not is_locked(interface):
        yield
        return
    deadline = threading.Timer(AUTHORISED_S, _lock, [interface])
    deadline.daemon = True
    (interface / "authorized").write_text("1")
    deadline.start()
    try:
        with suppress(OSError):  # a driver has it already
            drivers_probe.write_text(interface.name)
        yield
    finally:
        deadline.cancel()
        _lock(interface)


def _lock(interface: Path) -> None:
    with suppress(OSError):  # unplugged
        (interface / "authorized").write_text("0")


def _wait_for_disk(interface: Path) -> Path:
    """The directory of the disk in sysfs. Raises StickError."""
    until = time.monotonic() + DISK_TIMEOUT_S
    while time.monotonic() < until:
        for disk in sorted(interface.glob("host*/target*/*/block/sd*")):
            if (Path("/dev") / disk.name).is_block_device() and _read_number(disk / "size"):
                return disk
        time.sleep(_POLL_S)
    raise StickError("The stick does not answer.")


def _partition_offsets(disk: Path) -> list[int]:
    """Where its partitions begin, in bytes; and 0 for a stick without partitions."""
    starts = [_read_number(partition / "start") for partition in sorted(disk.glob(f"{disk.name}*"))]
    return [start * _SECTOR_BYTES for start in starts if start] or [0]


def _read_number(file: Path) -> int:
    with suppress(OSError, ValueError):
        return int(file.read_text("ascii"))
    return 0


def read_permit_from_disk(device: Path, offsets: list[int]) -> bytes:
    """The bytes of the permit in a FAT file system that begins at one of the offsets. Raises StickError."""
    return _read_from_disk(device, offsets, FILE_NAME, MAX_BYTES)


def read_setup_from_disk(device: Path, offsets: list[int]) -> bytes:
    """The bytes of the signed settings, in the same way. Raises StickError."""
    return _read_from_disk(device, offsets, setup_stick.FILE_NAME, setup_stick.MAX_BYTES)


def _read_from_disk(device: Path, offsets: list[int], name: str, max_bytes: int) -> bytes:
    for offset in offsets:
        if content := _copy_file(f"{device}@@{offset}", name, max_bytes):
            return content
    raise StickError(f"There is no {name} on this stick; it needs the file system FAT.")


def _copy_file(image: str, name: str, max_bytes: int) -> bytes:
    """The file's first bytes; b'' when there is none. Raises StickError."""
    try:
        copying = subprocess.Popen(
            ["mcopy", "-n", "-i", image, f"::{name}", "-"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "MTOOLS_SKIP_CHECK": "1", "LC_ALL": "C.UTF-8"},
        )
    except FileNotFoundError:
        raise StickError("mtools is not installed: apt install mtools.") from None
    deadline = threading.Timer(READ_TIMEOUT_S, copying.kill)
    deadline.start()
    try:
        with copying:
            content = copying.stdout.read(max_bytes + 1) if copying.stdout else b""
            copying.kill()  # a longer file is not read to its end
    finally:
        deadline.cancel()
    return content
