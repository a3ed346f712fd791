"""Reads and writes files in places where other users may write too: a USB stick, a shared directory, /tmp.

Every function opens the directory of a path first, then works on the last name in it, and never follows a link there.
Anything but a regular file with one name (a link, a pipe, a device, a directory, a hard link) is refused with
`UnsafeFileError`, an OSError whose `strerror` says what it is. Nothing here blocks: a pipe is not opened.
"""

import errno
import os
import secrets
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_DIRECTORY_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# O_NONBLOCK: opening must not hang on a pipe that replaced the file between two calls.
_SAFE_OPEN_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_CHUNK_BYTES = 1 << 20  # bytes read at once
_KIND_MESSAGES = {
    stat.S_IFLNK: "it is a symbolic link",
    stat.S_IFIFO: "it is a pipe",
    stat.S_IFCHR: "it is a device",
    stat.S_IFBLK: "it is a device",
    stat.S_IFSOCK: "it is a socket",
    stat.S_IFDIR: "it is a directory",
}


class UnsafeFileError(OSError):
    """A file or directory is not of the required kind; `strerror` gives the reason, without the name."""

    def __init__(self, reason: str, path: Path) -> None:
        super().__init__(errno.EPERM, reason, str(path))


def read_file(path: Path, max_bytes: int, *, owners: Collection[int] | None = None, private: bool = False) -> bytes:
    """The content of a regular file of at most `max_bytes` bytes.

    `owners`: user ids that the file may belong to. `private`: neither group nor others may have access; a hard link is
    then accepted, because a killed `create_file` leaves one. Raises UnsafeFileError, OSError."""
    with _open_parent(path) as parent, _opened(path, parent, os.O_RDONLY, reject_hard_links=not private) as descriptor:
        info = os.fstat(descriptor)
        if owners is not None and info.st_uid not in owners:
            raise UnsafeFileError("it belongs to another user", path)
        if private and info.st_mode & 0o077:
            raise UnsafeFileError("other users may read it", path)
        if info.st_size > max_bytes:
            raise UnsafeFileError(f"it is larger than {max_bytes:,} bytes", path)
        pieces, left = [], max_bytes + 1
        while left and (piece := os.read(descriptor, min(left, _CHUNK_BYTES))):
            pieces.append(piece)
            left -= len(piece)
        if not left:  # the file has grown meanwhile
            raise UnsafeFileError(f"it is larger than {max_bytes:,} bytes", path)
    return b"".join(pieces)


def replace_file_atomically(
    path: Path, content: bytes, mode: int = 0o600, *, durable: bool = True, group: int | None = None
) -> None:
    """Create or replace the regular file `path`: a reader sees the old or the new content, never a part.

    `durable`: content and name are on the disk when this returns. `group`: id of the file's group, else that of this
    process. Raises UnsafeFileError and any other OSError."""
    with _open_parent(path) as parent:
        with suppress(FileNotFoundError):
            _check_kind(os.stat(path.name, dir_fd=parent, follow_symlinks=False), path, reject_hard_links=False)
        temporary = _write_temporary(path, parent, content, mode, durable=durable, group=group)
        try:
            os.rename(temporary, path.name, src_dir_fd=parent, dst_dir_fd=parent)
        except BaseException:
            _remove(temporary, parent)
            raise
        if durable:
            os.fsync(parent)


def create_file(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Create a new file, whole or not at all and on the disk when this returns. Raises FileExistsError when the name is
    taken, and any other OSError."""
    with _open_parent(path) as parent:
        temporary = _write_temporary(path, parent, content, mode, durable=True)
        try:
            os.link(temporary, path.name, src_dir_fd=parent, dst_dir_fd=parent, follow_symlinks=False)
        finally:
            _remove(temporary, parent)
        os.fsync(parent)


def open_existing(path: Path, flags: int = os.O_RDWR) -> int:
    """A descriptor of an existing regular file, to read and write in place. Raises UnsafeFileError, OSError."""
    with _open_parent(path) as parent:
        return _open(path, parent, flags)


def check_regular_file(path: Path) -> None:
    """Raise UnsafeFileError for anything but a regular file with one name, FileNotFoundError for none.

    For programs that open the file by its name themselves; the file may change after the check."""
    _check_kind(path.lstat(), path)


def check_directory(directory: Path) -> None:
    """Raise UnsafeFileError unless only this user or root can create files in the directory."""
    info = directory.stat()
    if info.st_uid not in {0, os.geteuid()}:
        raise UnsafeFileError("the directory belongs to another user", directory)
    if info.st_mode & 0o022:
        raise UnsafeFileError("other users may write into the directory", directory)


def sync_directory(directory: Path) -> None:
    """Write the names in the directory to disk."""
    descriptor = os.open(directory, _DIRECTORY_FLAGS)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _open_parent(path: Path) -> Iterator[int]:
    """A descriptor of the directory of `path`: renaming the directory meanwhile has no effect."""
    descriptor = os.open(path.parent, _DIRECTORY_FLAGS)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _opened(path: Path, parent: int, flags: int, *, reject_hard_links: bool) -> Iterator[int]:
    descriptor = _open(path, parent, flags, reject_hard_links=reject_hard_links)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _open(path: Path, parent: int, flags: int, *, reject_hard_links: bool = True) -> int:
    # Checked before opening, because opening a device may already affect it, and again after, because of a race.
    _check_kind(os.stat(path.name, dir_fd=parent, follow_symlinks=False), path, reject_hard_links=reject_hard_links)
    try:
        descriptor = os.open(path.name, flags | _SAFE_OPEN_FLAGS, dir_fd=parent)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnsafeFileError(_KIND_MESSAGES[stat.S_IFLNK], path) from None
        if error.errno == errno.ENXIO:
            raise UnsafeFileError(_KIND_MESSAGES[stat.S_IFIFO], path) from None
        raise
    try:
        _check_kind(os.fstat(descriptor), path, reject_hard_links=reject_hard_links)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _check_kind(info: os.stat_result, path: Path, *, reject_hard_links: bool = True) -> None:
    """`reject_hard_links`: refuse a second name too, which may belong to a file that only this process may write."""
    if not stat.S_ISREG(info.st_mode):
        raise UnsafeFileError(_KIND_MESSAGES.get(stat.S_IFMT(info.st_mode), "it is not a regular file"), path)
    if reject_hard_links and info.st_nlink > 1:
        raise UnsafeFileError("it has a second name (a hard link)", path)


def _write_temporary(
    path: Path, parent: int, content: bytes, mode: int, *, durable: bool, group: int | None = None
) -> str:
    """Write the content under an unpredictable name, '.NAME.' and 16 hex characters, and return that name."""
    temporary = f".{path.name}.{secrets.token_hex(8)}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE_OPEN_FLAGS, 0o600, dir_fd=parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if group is not None and group != os.fstat(file.fileno()).st_gid:
                os.fchown(file.fileno(), -1, group)
            os.fchmod(file.fileno(), mode)  # regardless of the umask
            if durable:
                os.fsync(file.fileno())
    except BaseException:
        _remove(temporary, parent)
        raise
    return temporary


def _remove(name: str, parent: int) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=parent)
