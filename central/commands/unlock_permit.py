"""`central unlock-permit`: issues the permit that a technician carries on a stick, and lists what was issued."""

import argparse
import sys
from pathlib import Path

from django.utils import timezone

from central.commands import CommandError, print_message
from central.commands.lookups import find_officer
from central.fleet import permits
from central.fleet.models import Enrolment, IssuedPermit
from central.keyring import KeyringError
from central.people.permission import permitted_centres
from central.people.roles import Action
from machine.safe_files import create_file
from protocol.unlock_permit import FILE_NAME


def run(arguments: argparse.Namespace) -> None:
    officer = find_officer(arguments.officer)
    if arguments.list:
        centres = permitted_centres(officer, Action.RUN_FLEET)
        if not centres.exists():
            raise CommandError("this officer runs no kiosks")
        own = set(Enrolment.objects.filter(centre__in=centres).values_list("kiosk_id", flat=True))
        for issued in IssuedPermit.objects.select_related("issued_by"):
            if own.isdisjoint(issued.kiosks):
                continue
            period = f"{issued.issued_at:%Y-%m-%d %H:%M}\t{issued.expires_at:%Y-%m-%d %H:%M}"
            sys.stdout.write(f"{issued.serial}\t{period}\t{issued.issued_by}\t{' '.join(issued.kiosks)}\n")
        return
    target = Path(arguments.out or FILE_NAME)
    if target.exists():
        raise CommandError(f"{target} exists already")
    try:
        permit = permits.issue(
            officer,
            arguments.kiosks,
            reason=arguments.reason,
            minutes=arguments.minutes,
            days=arguments.days,
            now=timezone.now(),
        )
        create_file(target, permit.to_bytes(), 0o644)
    except (permits.PermitRefusedError, KeyringError) as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"{target} cannot be written: {error.strerror}") from error
    print_message(
        f"{target.absolute()}: copy it under the name {FILE_NAME} into the first directory of a stick with FAT."
    )
