"""`central migrate`: creates or updates the tables of the database and the keys of the installation."""

import argparse
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from central.centres.models import Centre
from central.commands import CommandError, print_message
from central.keyring import keyring


def run(arguments: argparse.Namespace) -> None:
    data = Path(settings.DATA_DIR)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        keyring().create_missing()
    except OSError as error:
        raise CommandError(f"{data} cannot be written: {error.strerror}") from error
    call_command("migrate", interactive=False, verbosity=0)
    print_message(
        f"Database and keys are ready. Keys: {keyring().directory} (back them up separately from the database)"
    )
    if not Centre.objects.exists():
        print_message(
            "There is no centre yet: `central create-centre khonkaen --area 40`, then `central create-officer NAME "
            "--centre khonkaen --role administrator`; or `central demo-data` for an invented province to look around in"
        )
