"""`central suspend-officer`, `activate-officer`, `reset-officer`: suspends an account, activates it
again, or gives it a new password. Each of them ends its sessions at once."""

import argparse

from django.core.exceptions import ValidationError
from django.db import transaction

from central.centres.models import Officer
from central.commands import CommandError, print_message
from central.commands.passwords import read_password
from central.people.events import record_event
from central.people.models import OfficerEvent
from central.people.sessions import end_sessions
from central.people.sign_in import reset_failures


def run(arguments: argparse.Namespace) -> None:
    officer = Officer.objects.filter(username=arguments.name).first()
    if officer is None:
        raise CommandError(f"there is no officer {arguments.name}")
    {"suspend-officer": _suspend, "activate-officer": _activate, "reset-officer": _reset}[arguments.command](
        officer, arguments
    )


def _suspend(officer: Officer, arguments: argparse.Namespace) -> None:
    if not officer.is_active:
        raise CommandError(f"{officer.username} is suspended already")
    with transaction.atomic():
        officer.is_active = False
        officer.save(update_fields=["is_active"])
        record_event(OfficerEvent.Kind.SUSPENDED, officer)
        ended = end_sessions(officer)
    print_message(f"{officer.username} is suspended; sessions ended: {ended}")


def _activate(officer: Officer, arguments: argparse.Namespace) -> None:
    if officer.is_active:
        raise CommandError(f"{officer.username} is active already")
    with transaction.atomic():
        officer.is_active = True
        officer.save(update_fields=["is_active"])
        record_event(OfficerEvent.Kind.ACTIVATED, officer)
        end_sessions(officer)  # one that an older worker began in between
    print_message(f"{officer.username} may log in again, with the password as it was")


def _reset(officer: Officer, arguments: argparse.Namespace) -> None:
    try:
        officer.set_password(read_password(officer, from_stdin=arguments.password_stdin))
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    with transaction.atomic():
        officer.save(update_fields=["password"])
        record_event(OfficerEvent.Kind.PASSWORD_RESET, officer)
        ended = end_sessions(officer)
    reset_failures(officer)
    print_message(f"{officer.username} has a new password; sessions ended: {ended}")
    if not officer.is_active:
        print_message(f"{officer.username} is suspended still: `central activate-officer {officer.username}`")
