"""`central account-events`: lists recorded events of accounts, newest first."""

import argparse
import sys

from central.commands import print_message
from central.commands.lookups import find_officer
from central.people.models import OfficerEvent
from thai.dates import in_thailand


def run(arguments: argparse.Namespace) -> None:
    events = OfficerEvent.objects.select_related("officer", "by")
    if arguments.name:
        events = events.filter(officer=find_officer(arguments.name))
    listed = list(events[: arguments.limit])
    if not listed:
        print_message("Nothing is recorded.")
    for event in listed:
        at = f"{in_thailand(event.at):%Y-%m-%d %H:%M}"
        name = event.officer.get_username() if event.officer else "(no such account)"
        by = event.by.get_username() if event.by else ""
        columns = (
            at,
            event.kind,
            event.occurrences,
            name,
            event.address,
            event.detail,
            by,
            " ".join(event.reason.split()),
        )
        sys.stdout.write("\t".join(str(column) for column in columns).rstrip() + "\n")
