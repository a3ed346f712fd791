"""`central quarantine`: deliveries that were receipted but could not be opened, parsed or placed."""

import argparse
import sys
from uuid import UUID

from django.db.models import QuerySet

from central.commands import CommandError, say
from central.intake.case_creation import CannotPlaceError
from central.intake.delivery import retry
from central.intake.models import Accepted
from thai.dates import in_thailand


def run(arguments: argparse.Namespace) -> None:
    waiting = Accepted.objects.filter(case=None)
    if not waiting.exists() and (arguments.what == "list" or arguments.id == "all"):
        say("Nothing is in quarantine.")
        return
    if arguments.what == "list":
        for accepted in waiting:
            columns = (
                accepted.submission_id,
                accepted.case_number,
                f"{in_thailand(accepted.received_at):%Y-%m-%d %H:%M}",
                accepted.reason,
            )
            sys.stdout.write("\t".join(str(column) for column in columns) + "\n")
        return
    failed = 0
    for accepted in _chosen(waiting, arguments.id):
        try:
            retry(accepted)
            say(f"{accepted.case_number}: opened")
        except CannotPlaceError as error:
            failed += 1
            say(f"{accepted.case_number}: still in quarantine: {error}")
    if failed:
        raise CommandError(f"{failed} could not be opened; nothing of them is lost")


def _chosen(waiting: QuerySet[Accepted], wanted: str) -> list[Accepted]:
    if wanted == "all":
        return list(waiting)
    try:
        chosen = list(waiting.filter(submission_id=UUID(wanted)))
    except ValueError:
        chosen = list(waiting.filter(case_number=wanted))
    if not chosen:
        raise CommandError(f"nothing in quarantine is called {wanted}")
    return chosen
