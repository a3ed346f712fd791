"""`central set-roles`: sets the roles of an officer at one centre, also where no administrator is left to do it."""

import argparse

from django.db import transaction

from central.centres.models import Membership
from central.commands import CommandError, print_message
from central.commands.lookups import find_centre, find_officer, find_roles
from central.people.events import record_event
from central.people.memberships import create_membership, describe
from central.people.models import OfficerEvent


def run(arguments: argparse.Namespace) -> None:
    officer, centre = find_officer(arguments.name), find_centre(arguments.centre)
    roles = find_roles(arguments.role)
    if not roles and not officer.memberships.exclude(centre=centre).exists():
        raise CommandError(f"{officer.username} would have no role left; use `central suspend-officer`")
    with transaction.atomic():
        present = {
            membership.role: membership for membership in Membership.objects.filter(officer=officer, centre=centre)
        }
        for name, membership in present.items():
            if name not in {role.value for role in roles}:
                record_event(OfficerEvent.Kind.ROLE_REMOVED, officer, detail=describe(membership))
                membership.delete()
        for role in roles:
            if role.value not in present:
                create_membership(
                    None,
                    officer,
                    centre,
                    role,
                    may_read_people=not arguments.no_personal_data,
                    may_run_fleet=not arguments.no_fleet,
                )
    listed = ", ".join(role.value for role in roles) or "none"
    print_message(f"Roles of {officer.username} at {centre.slug}: {listed}")
