"""Writes a backup: database first, then pictures, so that every picture of the copied rows is in the archive."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage

from central.backup import database
from central.backup.archive import sha256_of, write_archive


@dataclass(frozen=True)
class Backup:
    """What was written. `keys` is None when they were left out."""

    archive: Path
    keys: Path | None
    picture_count: int
    has_pictures: bool  # False: they are in an S3-compatible store, which has back-ups of its own


def keys_archive_of(archive: Path) -> Path:
    """The place of the keys beside an archive."""
    return archive.with_name(f"{archive.name.removesuffix('.tar')}.keys.tar")


def create_backup(archive: Path, *, with_keys: bool) -> Backup:
    """Write `archive`, and the keys beside it. Raises ArchiveError, OSError."""
    keys = keys_archive_of(archive) if with_keys else None
    description: dict[str, Any] = {
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": version("damrongdham-kiosk"),
        "public_url": settings.PUBLIC_URL,
    }
    if keys is not None:
        with write_archive(keys, description) as writer:
            for name, path in _files_below(Path(settings.DATA_DIR) / "keys", "keys"):
                writer.add_file(name, path)
    try:
        count = _write_main_archive(archive, description, keys)
    except BaseException:
        if keys is not None:
            keys.unlink(missing_ok=True)
        raise
    _fsync_directory(archive.parent)
    return Backup(archive, keys, count, has_pictures=isinstance(default_storage, FileSystemStorage))


def _write_main_archive(archive: Path, description: dict[str, Any], keys: Path | None) -> int:
    count = 0
    description = description | {"keys_sha256": sha256_of(keys) if keys else ""}
    with (
        write_archive(archive, description) as writer,
        TemporaryDirectory(prefix=".backup-", dir=archive.parent) as work,
    ):
        copy = Path(work) / database.copy_name()
        database.copy_database(copy)
        description["migrations"] = database.applied_migrations()
        writer.add_file(copy.name, copy)
        copy.unlink()
        if isinstance(default_storage, FileSystemStorage):
            for name, path in _files_below(Path(settings.MEDIA_ROOT), "media"):
                try:
                    writer.add_file(name, path)
                except FileNotFoundError:  # deleted meanwhile, with its row
                    continue
                count += 1
    return count


def _files_below(directory: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    """(name in the archive, path) of every regular file."""
    for parent, _, names in os.walk(directory):
        for name in sorted(names):
            path = Path(parent) / name
            if path.is_file() and not path.is_symlink():
                yield f"{prefix}/{path.relative_to(directory).as_posix()}", path


def _fsync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
