"""`central create-officer`: a login at the desk of one centre and those below."""

import argparse
import getpass
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from central.centres.models import Centre, Membership, Officer
from central.commands import CommandError, say


def run(arguments: argparse.Namespace) -> None:
    centre = Centre.objects.filter(slug=arguments.centre).first()
    if centre is None:
        known = ", ".join(Centre.objects.values_list("slug", flat=True)) or "none yet, see `central create-centre`"
        raise CommandError(f"there is no centre {arguments.centre} (known: {known})")
    if Officer.objects.filter(username=arguments.name).exists():
        raise CommandError(f"there is an officer {arguments.name} already")
    officer = Officer(username=arguments.name)
    password = sys.stdin.readline().rstrip("\n") if arguments.password_stdin else _ask()
    try:
        officer.clean_fields(exclude=["password"])
        validate_password(password, officer)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    officer.set_password(password)
    with transaction.atomic():
        officer.save()
        Membership.objects.create(
            officer=officer,
            centre=centre,
            may_read_people=not arguments.without_people,
            may_run_fleet=not arguments.without_fleet,
        )
    say(f"Officer {officer.username} may log in at /desk/ for {centre.name_th}")


def _ask() -> str:
    if not sys.stdin.isatty():
        raise CommandError("there is no terminal to ask for the password; give it with --password-stdin")
    password = getpass.getpass("Password (12 characters or more): ")
    if getpass.getpass("Once more: ") != password:
        raise CommandError("the two passwords differ")
    return password
