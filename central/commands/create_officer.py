"""`central create-officer`: creates an account for the desk of a centre and of the centres below."""

import argparse

from django.core.exceptions import ValidationError
from django.db import transaction

from central.centres.models import Officer
from central.commands import CommandError, print_message
from central.commands.lookups import find_centre, find_roles
from central.commands.passwords import read_password
from central.people.events import record_event
from central.people.memberships import create_membership
from central.people.models import OfficerEvent
from central.people.roles import Role


def run(arguments: argparse.Namespace) -> None:
    centre, roles = find_centre(arguments.centre), find_roles(arguments.role) or [Role.CASE_OFFICER]
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
        record_event(OfficerEvent.Kind.CREATED, officer)
        for role in roles:
            create_membership(
                None,
                officer,
                centre,
                role,
                may_read_people=not arguments.no_personal_data,
                may_run_fleet=not arguments.no_fleet,
            )
    print_message(f"Officer {officer.username} may sign in at /desk/ for {centre.name_th}")
