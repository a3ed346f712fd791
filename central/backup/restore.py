"""Restores a backup into an empty installation. Everything is unpacked and verified beside its place first."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection

from central.backup import database
from central.backup.archive import ArchiveError, sha256_of, unpack_archive
from central.filing.case_numbers import begin_new_series
from central.filing.models import CaseNumberSeries
from central.keyring import KeyringError, keyring


def restore_backup(archive: Path, keys: Path) -> dict[str, Any]:
    """Fill the empty installation from an archive and its keys. Returns the manifest. Raises ArchiveError, OSError."""
    _refuse_unless_empty()
    data = Path(settings.DATA_DIR)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".restore-", dir=data) as work:
        unpacked = Path(work)
        manifest = unpack_archive(archive, unpacked)
        if unknown := database.unknown_migrations(manifest.get("migrations", [])):
            raise ArchiveError(f"the backup was made by a newer version, which has {unknown[-1]}; install that version")
        if manifest.get("keys_sha256") and sha256_of(keys) != manifest["keys_sha256"]:
            raise ArchiveError(f"{keys} does not belong to {archive.name}")
        unpack_archive(keys, unpacked)
        copies = [path for path in unpacked.iterdir() if path.name.startswith("database.")]
        if len(copies) != 1 or not (unpacked / "keys").is_dir():
            raise ArchiveError(f"{archive} has no database, or {keys} no keys")
        (unpacked / "media").mkdir(exist_ok=True)
        database.restore_database(copies[0])
        _leave_old_case_numbers()
        (unpacked / "keys").rename(data / "keys")
        if isinstance(default_storage, FileSystemStorage):
            media = Path(settings.MEDIA_ROOT)
            if media.exists():
                media.rmdir()  # it is empty
            (unpacked / "media").rename(media)
    _check_keys()
    return manifest


def _leave_old_case_numbers() -> None:
    """Numbers that were issued after the backup are on people's slips: the next ones have another series letter."""
    if CaseNumberSeries._meta.db_table in connection.introspection.table_names():  # a backup may be older
        begin_new_series()


def _refuse_unless_empty() -> None:
    data, media = Path(settings.DATA_DIR), Path(settings.MEDIA_ROOT)
    if (data / "keys").exists():
        raise ArchiveError(f"this installation is not empty: {data / 'keys'} exists")
    if media.exists() and any(media.iterdir()):
        raise ArchiveError(f"this installation is not empty: there are pictures in {media}")
    if not database.is_empty():
        raise ArchiveError("this installation is not empty: its database has tables. Restore before `central migrate`")


def _check_keys() -> None:
    try:
        ring = keyring()
        ring.load_sealing_key(ring.current_fingerprint("sealing"))
        ring.load_receipt_key(ring.current_fingerprint("receipt"))
    except KeyringError as error:
        raise ArchiveError(str(error)) from error
