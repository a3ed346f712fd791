"""`central law-periods`: lists, sets and removes the periods that laws set for topics."""

import argparse
import sys

from django.core.exceptions import ValidationError

from central.commands import CommandError, print_message
from central.deadlines.law_periods import LawPeriodDetails, remove_law_period, set_law_period
from central.deadlines.models import LawPeriod


def run(arguments: argparse.Namespace) -> None:
    """List, set or remove. Raises CommandError for an unknown topic or a period that is not possible."""
    if arguments.action == "list":
        for period in LawPeriod.objects.all():
            columns = (period.topic, period.subtopic, str(period.days), period.law_th, period.law_en)
            sys.stdout.write("\t".join(columns) + "\n")
        return
    name = f"{arguments.topic} {arguments.subtopic}".strip()
    if arguments.action == "remove":
        if not remove_law_period(arguments.topic, arguments.subtopic):
            raise CommandError(f"no law's period is stored for {name}")
        print_message(f"{name}: the period by law is removed")
        return
    details = LawPeriodDetails(arguments.topic, arguments.subtopic, arguments.days, arguments.law_th, arguments.law_en)
    try:
        period = set_law_period(details)
    except ValidationError as error:
        raise CommandError("; ".join(error.messages)) from error
    print_message(f"{name}: {period.days} working days by {period.law_en}")
