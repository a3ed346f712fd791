"""`central approve`: approves a kiosk by its compare code, for a centre run from a terminal."""

import argparse

from central.centres.models import Centre, Officer
from central.commands import CommandError, print_message
from central.commands.lookups import find_officer
from central.fleet import enrolments
from central.fleet.models import Enrolment
from central.people.permission import home_fleet_centre, permitted_centres
from central.people.roles import Action
from protocol import crockford
from protocol.messages import EnrolmentStatus


def run(arguments: argparse.Namespace) -> None:
    officer = find_officer(arguments.officer)
    pending, centre = _find_pending(arguments.code), _find_centre(officer, arguments.centre)
    try:
        approved = enrolments.approve(pending.id, officer, centre)
    except enrolments.EnrolmentError as error:
        raise CommandError(str(error)) from error
    print_message(f"Kiosk {approved.kiosk_id} belongs to {centre.name_th}; its case numbers begin with {approved}")


def _find_pending(code: str) -> Enrolment:
    typed = crockford.normalise_lookalikes(code)
    pending = Enrolment.objects.filter(status=EnrolmentStatus.PENDING.value)
    matching = pending.filter(compare_code=f"{typed[:4]}-{typed[4:]}").first()
    if matching is None:
        raise CommandError(
            "no waiting kiosk has this code; if a kiosk shows it, its connection may be intercepted: refuse it"
        )
    return matching


def _find_centre(officer: Officer, slug: str | None) -> Centre:
    if slug:
        centre = permitted_centres(officer, Action.RUN_FLEET).filter(slug=slug).first()
    else:
        centre = home_fleet_centre(officer)
    if centre is None:
        raise CommandError("this officer may not approve kiosks there")
    return centre
