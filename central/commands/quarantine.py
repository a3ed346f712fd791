"""`central quarantine`: lists and opens accepted deliveries that could not become a case."""

import argparse
import sys
from uuid import UUID

from django.db.models import QuerySet

from central.commands import CommandError, print_message
from central.intake.case_creation import CaseCreationError
from central.intake.delivery import retry_quarantined
from central.intake.models import AcceptedDelivery
from thai.dates import in_thailand


def run(arguments: argparse.Namespace) -> None:
    quarantined = AcceptedDelivery.objects.filter(case=None)
    if not quarantined.exists() and (arguments.action == "list" or arguments.id == "all"):
        print_message("Nothing is in quarantine.")
        return
    if arguments.action == "list":
        for accepted in quarantined:
            columns = (
                accepted.submission_id,
                accepted.case_number,
                f"{in_thailand(accepted.received_at):%Y-%m-%d %H:%M}",
                accepted.quarantine_reason,
            )
            sys.stdout.write("\t".join(str(column) for column in columns) + "\n")
        return
    failed = 0
    for accepted in _select(quarantined, arguments.id):
        try:
            retry_quarantined(accepted)
            print_message(f"{accepted.case_number}: opened")
        except CaseCreationError as error:
            failed += 1
            print_message(f"{accepted.case_number}: still in quarantine: {error}")
    if failed:
        raise CommandError(f"{failed} could not be opened; they stay in quarantine")


def _select(quarantined: QuerySet[AcceptedDelivery], identifier: str) -> list[AcceptedDelivery]:
    if identifier == "all":
        return list(quarantined)
    try:
        chosen = list(quarantined.filter(submission_id=UUID(identifier)))
    except ValueError:
        chosen = list(quarantined.filter(case_number=identifier))
    if not chosen:
        raise CommandError(f"nothing in quarantine has the id {identifier}")
    return chosen
