"""`central account-events`: what was recorded of accounts lately, the latest first."""

import argparse
import sys

from central.centres.models import Officer
from central.commands import CommandError, print_message
from central.people.models import OfficerEvent
from thai.dates import in_thailand


def run(arguments: argparse.Namespace) -> None:
    events = OfficerEvent.objects.select_related("officer")
    if arguments.name:
        officer = Officer.objects.filter(username=arguments.name).first()
        if officer is None:
            raise CommandError(f"there is no officer {arguments.name}")
        events = events.filter(officer=officer)
    shown = list(events[: arguments.limit])
    if not shown:
        print_message("Nothing is recorded.")
    for event in shown:
        who = event.officer.get_username() if event.officer else "(no such account)"
        columns = (
            f"{in_thailand(event.at):%Y-%m-%d %H:%M}",
            event.kind,
            event.occurrences,
            who,
            event.address,
            event.detail,
        )
        sys.stdout.write("\t".join(str(column) for column in columns).rstrip() + "\n")
