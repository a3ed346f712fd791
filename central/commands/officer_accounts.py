"""`central suspend-officer`, `activate-officer`, `end-officer`, `reset-officer`, `invite-officer`: administrate an
account (central.people.accounts)."""

import argparse
import sys

from django.conf import settings
from django.core.exceptions import ValidationError

from central.centres.models import Officer
from central.commands import CommandError, print_message
from central.commands.lookups import find_officer
from central.commands.passwords import read_password
from central.people import accounts


def run(arguments: argparse.Namespace) -> None:
    action = {
        "suspend-officer": _suspend,
        "activate-officer": _activate,
        "end-officer": _end,
        "reset-officer": _reset,
        "invite-officer": _invite,
    }[arguments.command]
    try:
        action(find_officer(arguments.name), arguments)
    except accounts.AccountError as error:
        raise CommandError(str(error)) from error


def _suspend(officer: Officer, arguments: argparse.Namespace) -> None:
    ended = accounts.suspend(officer)
    print_message(f"{officer.username} is suspended; sessions ended: {ended}")


def _activate(officer: Officer, arguments: argparse.Namespace) -> None:
    accounts.activate(officer)
    print_message(f"{officer.username} may sign in again, with the same password as before")


def _end(officer: Officer, arguments: argparse.Namespace) -> None:
    ended = accounts.end(officer)
    print_message(f"The account {officer.username} has ended for good; sessions ended: {ended}")


def _invite(officer: Officer, arguments: argparse.Namespace) -> None:
    if not officer.is_active:
        raise CommandError(f"{officer.username} is suspended: `central activate-officer {officer.username}` first")
    code = accounts.reset_access(officer, None, "", with_second_factor=True)
    address = settings.PUBLIC_URL or "http://localhost:8080"
    sys.stdout.write(f"{address}/desk/invitation#{code}\n")
    print_message("The link works once, within 7 days. The former password and second factor are no longer valid.")


def _reset(officer: Officer, arguments: argparse.Namespace) -> None:
    try:
        password = read_password(officer, from_stdin=arguments.password_stdin)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    ended = accounts.set_password(officer, password)
    print_message(f"{officer.username} has a new password; sessions ended: {ended}")
    if not officer.is_active:
        print_message(f"{officer.username} is still suspended: `central activate-officer {officer.username}`")
