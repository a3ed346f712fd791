"""`central create-officer`: creates an account for the desk of a centre and of the centres below."""

import argparse

from django.core.exceptions import ValidationError
from django.db import transaction

from central.centres.models import Membership, Officer
from central.commands import CommandError, print_message
from central.commands.lookups import find_centre
from central.commands.passwords import read_password


def run(arguments: argparse.Namespace) -> None:
    centre = find_centre(arguments.centre)
    alike = Officer.objects.filter(username__iexact=arguments.name).first()
    if alike is not None:  # «Somsri» and «somsri» would be confused
        raise CommandError(f"there is an officer {alike.username} already")
    officer = Officer(username=arguments.name)
    try:
        officer.clean_fields(exclude=["password"])
        password = read_password(officer, from_stdin=arguments.password_stdin)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    officer.set_password(password)
    with transaction.atomic():
        officer.save()
        Membership.objects.create(
            officer=officer,
            centre=centre,
            may_read_people=not arguments.no_personal_data,
            may_run_fleet=not arguments.no_fleet,
        )
    print_message(f"Officer {officer.username} may sign in at /desk/ for {centre.name_th}")
