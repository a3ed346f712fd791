"""`central backup` and `central restore`."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import call_command

from central.backup.archive import ArchiveError
from central.backup.create import create_backup, keys_archive_of
from central.backup.restore import restore_backup
from central.commands import CommandError, print_message
from central.commands.preconditions import check_migrated

_PREFIX = "damrongdham-"


def run(arguments: argparse.Namespace) -> None:
    try:
        {"backup": _backup, "restore": _restore}[arguments.command](arguments)
    except ArchiveError as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"{error.filename or 'the disk'} failed: {error.strerror}") from error


def _backup(arguments: argparse.Namespace) -> None:
    check_migrated()
    target = Path(arguments.target).absolute()
    is_directory = target.is_dir()
    if is_directory:
        target /= f"{_PREFIX}{datetime.now(UTC):%Y%m%d-%H%M%S}.tar"
    elif arguments.keep is not None:
        raise CommandError("--keep needs a directory")
    if not target.parent.is_dir():
        raise CommandError(f"there is no directory {target.parent}")
    backup = create_backup(target, with_keys=not arguments.no_keys)
    pictures = f"{backup.picture_count} pictures" if backup.has_pictures else "no pictures: back up their store"
    print_message(f"{backup.archive}: database and {pictures}")
    if backup.keys is not None:
        print_message(
            f"{backup.keys}: the keys. Move it to another place: somebody with both files can read every case."
        )
    if is_directory and arguments.keep is not None:
        _delete_older(target.parent, arguments.keep)


def _delete_older(directory: Path, count: int) -> None:
    """Delete all but the newest `count` backups of a directory, each with its keys."""
    archives = sorted(path for path in directory.glob(f"{_PREFIX}*.tar") if not path.name.endswith(".keys.tar"))
    for archive in archives[: -max(count, 1)]:
        archive.unlink()
        keys_archive_of(archive).unlink(missing_ok=True)
        print_message(f"{archive}: deleted")


def _restore(arguments: argparse.Namespace) -> None:
    archive = Path(arguments.archive).absolute()
    keys = Path(arguments.keys).absolute() if arguments.keys else keys_archive_of(archive)
    for path in (archive, keys):
        if not path.is_file():
            raise CommandError(f"there is no file {path}{'' if path == archive else '; give the keys with --keys'}")
    manifest = restore_backup(archive, keys)
    call_command("migrate", interactive=False, verbosity=0)
    print_message(f"Restored the backup of {manifest['created_at']}. Start the service and its worker.")
