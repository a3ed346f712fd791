"""Small files that survive a power cut, in the state directory that two users share.

docs/architecture.md lists every file, what is in it and who writes it. The outbox is setgid, of the shared group; files
in it are 0660 whatever the umask: interface and forwarder run as different users of one group.
"""

import errno
import os
import tempfile
from pathlib import Path

SHARED_FILE = 0o660
SHARED_DIRECTORY = 0o2770
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})  # the disk, or this user's share of it, is used up
_TRIED_BYTES = 8192  # one page of the store


def outbox_directory(state: Path) -> Path:
    return state / "outbox"


def signing_key_file(state: Path) -> Path:
    return state / "kiosk-signing.key"


def make_shared_directory(directory: Path) -> None:
    """Make it when it is missing. An existing one belongs to whoever installed the kiosk and is left as it is."""
    if not directory.is_dir():
        directory.mkdir(parents=True)
        directory.chmod(SHARED_DIRECTORY)
        sync_directory(directory.parent)


def make_shared_file(path: Path) -> None:
    """Make an empty file that the group may write, when it is missing. SQLite gives -wal and -shm the same mode."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SHARED_FILE)
    except FileExistsError:
        return
    os.fchmod(descriptor, SHARED_FILE)  # the umask has cut the mode above
    os.close(descriptor)
    sync_directory(path.parent)


def try_writing(directory: Path) -> None:
    """Make a file without a name there, write one page to it, and let it go. Raises OSError.

    statvfs does not show a quota, and says nothing of a file system that was remounted read-only: only a write does.
    Nothing is synced, so that nearly nothing of it reaches the disk."""
    with tempfile.TemporaryFile(dir=directory, buffering=0) as file:
        file.write(bytes(_TRIED_BYTES))


def sync_directory(directory: Path) -> None:
    """Make names in it durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, content: bytes, mode: int, *, durable: bool = True) -> None:
    """Put `content` in place of `path`, whole or not at all; `durable`: on the disk before this returns."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        os.fchmod(descriptor, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    if durable:
        sync_directory(path.parent)
