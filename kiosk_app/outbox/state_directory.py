"""Where things stand in the state directory, and with whose rights they are touched.

docs/architecture.md lists every file, what is in it and who writes it. The state directory itself is root's: nobody
else can put anything there. In it `interface` is the interface's own, `delivery` the forwarder's, and `outbox` is
shared by both: setgid, of the shared group; files in it are 0660 whatever the umask.
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
DISK_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT})  # the disk, or this user's share of it, is used up
MAX_STATE_FILE_BYTES = 1 << 20  # bytes; of the small files kept here the largest has some kilobytes
_PROBE_BYTES = 8192  # one page of the store

_libc = ctypes.CDLL(None, use_errno=True)


def outbox_directory(state: Path) -> Path:
    return state / "outbox"


def interface_directory(state: Path) -> Path:
    """What the interface, and the commands that try devices, remember of them."""
    return _ensure_directory(state / "interface")


def delivery_directory(state: Path) -> Path:
    """What the forwarder tells."""
    return _ensure_directory(state / "delivery")


def signing_key_file(state: Path) -> Path:
    return state / "kiosk-signing.key"


def _ensure_directory(directory: Path) -> Path:
    """Made when it is missing: at a desk, where one user does everything. On an appliance tmpfiles.d has made it."""
    with suppress(OSError):  # it is there; or the caller, who cannot use it, will say so
        directory.mkdir(mode=0o755)
    return directory


@contextmanager
def acting_as_owner(directory: Path) -> Iterator[None]:
    """Root works in a directory of somebody else's with that user's rights, so that a link planted there leads to
    nothing that user could not reach. Only file access of the calling thread changes; for anyone but root, nothing."""
    found = directory.stat(follow_symlinks=False) if os.geteuid() == 0 else None
    # Asked with an id that does not exist, setfsuid changes nothing and tells whose rights are in force.
    if found is None or found.st_uid == 0 or _libc.setfsuid(-1) != 0:
        yield
        return
    group = _libc.setfsgid(found.st_gid)
    _libc.setfsuid(found.st_uid)  # takes the capabilities over files away too
    try:
        yield
    finally:
        _libc.setfsuid(0)
        _libc.setfsgid(group)


def make_shared_directory(directory: Path) -> None:
    """Make it when it is missing. An existing one belongs to whoever installed the kiosk and is left as it is."""
    if not directory.is_dir():
        directory.mkdir(parents=True)
        directory.chmod(SHARED_DIRECTORY_MODE)
        sync_directory(directory.parent)


def make_shared_file(path: Path) -> None:
    """Make an empty file that the group may write, when it is missing. SQLite gives -wal and -shm the same mode."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SHARED_FILE_MODE)
    except FileExistsError:
        return
    os.fchmod(descriptor, SHARED_FILE_MODE)  # the umask has cut the mode above
    os.close(descriptor)
    sync_directory(path.parent)


def check_writable(directory: Path) -> None:
    """Make a file without a name there, write one page to it, and let it go. Raises OSError.

    statvfs does not show a quota, and says nothing of a file system that was remounted read-only: only a write does.
    Nothing is synced, so that nearly nothing of it reaches the disk."""
    with tempfile.TemporaryFile(dir=directory, buffering=0) as file:
        file.write(bytes(_PROBE_BYTES))
