"""`central support-bundle`: opens a support bundle that was carried here on a stick."""

import argparse
from pathlib import Path

from central.commands import CommandError, print_message
from central.fleet.remote_commands import unseal_bundle
from machine.safe_files import read_file, replace_file_atomically
from protocol.support_bundle import MAX_BUNDLE_BYTES, SupportBundleError, read_origin


def run(arguments: argparse.Namespace) -> None:
    file = Path(arguments.file)
    archive_file = file.with_suffix(".tar.gz") if arguments.output is None else Path(arguments.output)
    try:
        content = read_file(file, MAX_BUNDLE_BYTES)
        origin, archive = read_origin(content), unseal_bundle(content)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from None
    except SupportBundleError as error:
        raise CommandError(f"{file}: {error}") from None
    try:
        replace_file_atomically(archive_file, archive)
    except OSError as error:
        raise CommandError(f"{archive_file} cannot be written: {error.strerror}") from None
    print_message(
        f"{archive_file.absolute()}: of kiosk {origin.kiosk_id}, as the file says, made "
        f"{origin.made_at:%Y-%m-%d %H:%M} UTC. Anybody could have sealed it: trust the person who brought it."
    )
