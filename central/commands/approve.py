"""`central approve`: the desk's approval of a kiosk, for a centre run from a terminal."""

import argparse

from central.centres.models import Centre, Officer
from central.centres.permission import Ability, permitted_centres
from central.commands import CommandError, print_message
from central.fleet import enrolments
from central.fleet.models import Enrolment
from protocol import crockford
from protocol.messages import EnrolmentStatus


def run(arguments: argparse.Namespace) -> None:
    officer = Officer.objects.filter(username=arguments.officer).first()
    if officer is None:
        raise CommandError(f"there is no officer {arguments.officer}")
    typed = crockford.normalise_lookalikes(arguments.code)
    matching = Enrolment.objects.filter(
        status=EnrolmentStatus.PENDING.value, compare_code=f"{typed[:4]}-{typed[4:]}"
    ).first()
    if matching is None:
        raise CommandError(
            "no waiting kiosk has this code; if it shows this code now, something stands between: refuse"
        )
    own: Centre | None = Centre.objects.filter(memberships__officer=officer, memberships__may_run_fleet=True).first()
    centre = (
        permitted_centres(officer, Ability.RUN_FLEET).filter(slug=arguments.centre).first() if arguments.centre else own
    )
    if centre is None:
        raise CommandError("this officer may not take in kiosks there")
    try:
        taken = enrolments.approve(matching.id, officer, centre)
    except enrolments.EnrolmentError as error:
        raise CommandError(str(error)) from error
    print_message(f"Kiosk {taken.kiosk_id} belongs to {centre.name_th}; its case numbers begin with {taken}")
