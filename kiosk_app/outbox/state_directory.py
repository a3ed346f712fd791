"""Paths in the state directory, and the permissions of what is in it.

docs/architecture.md lists every file with content and writer. The state directory belongs to root: nobody else can
create anything in it. `interface` belongs to the interface, `delivery` to the forwarder. `outbox` is shared by both:
setgid with the shared group, files with mode 0660 regardless of the umask.
"""

import ctypes
import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from machine.safe_files import sync_directory

SHARED_FILE_MODE = 0o660
SHARED_DIRECTORY_MODE = 0o2770
DISK_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT})  # the disk or this user's quota is used up
_PROBE_BYTES = 8192  # one page of the store

_libc = ctypes.CDLL(None, use_errno=True)


def outbox_directory(state_dir: Path) -> Path:
    return state_dir / "outbox"


def interface_directory(state_dir: Path) -> Path:
    """Directory for what the interface and the device commands record."""
    return _create_if_possible(state_dir / "interface")


def delivery_directory(state_dir: Path) -> Path:
    """Directory for what the forwarder records."""
    return _create_if_possible(state_dir / "delivery")


def signing_key_file(state_dir: Path) -> Path:
    return state_dir / "kiosk-signing.key"


def _create_if_possible(directory: Path) -> Path:
    """Create the directory if it is missing. On an appliance tmpfiles.d has created it."""
    with suppress(OSError):  # it exists; if it cannot be created, the first use fails
        directory.mkdir(mode=0o755)
    return directory


@contextmanager
def acting_as_owner(directory: Path) -> Iterator[None]:
    """Run the block with the file rights of the directory's owner: a planted link then reaches only what that user can
    reach. Changes only file access of the calling thread. No effect unless root."""
    info = directory.stat(follow_symlinks=False) if os.geteuid() == 0 else None
    # With an invalid id, setfsuid changes nothing and returns the present id.
    if info is None or info.st_uid == 0 or _libc.setfsuid(-1) != 0:
        yield
        return
    group = _libc.setfsgid(info.st_gid)
    _libc.setfsuid(info.st_uid)  # also drops the file capabilities
    try:
        yield
    finally:
        _libc.setfsuid(0)
        _libc.setfsgid(group)


def make_shared_directory(directory: Path) -> None:
    """Create the directory if it is missing. An existing one is left unchanged."""
    if not directory.is_dir():
        directory.mkdir(parents=True)
        directory.chmod(SHARED_DIRECTORY_MODE)
        sync_directory(directory.parent)


def make_shared_file(path: Path) -> None:
    """Create an empty file that the group may write, if it is missing. SQLite gives -wal and -shm the same mode."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SHARED_FILE_MODE)
    except FileExistsError:
        return
    os.fchmod(descriptor, SHARED_FILE_MODE)  # the umask has reduced the mode above
    os.close(descriptor)
    sync_directory(path.parent)


def check_writable(directory: Path) -> None:
    """Write one page to an unnamed temporary file there. Raises OSError.

    statvfs shows neither a quota nor a file system that was remounted read-only: only a write does. Nothing is synced,
    so that almost nothing reaches the disk."""
    with tempfile.TemporaryFile(dir=directory, buffering=0) as file:
        file.write(bytes(_PROBE_BYTES))
