"""`central verify-history`: checks the hash chain of every case and the root of every day."""

import argparse
import sys

from central.cases.history import verify_all
from central.cases.models import CaseEvent, HistoryRoot
from central.commands import CommandError, print_message


def run(arguments: argparse.Namespace) -> None:
    broken = list(verify_all())
    for finding in broken:
        place = f"event {finding.seq}" if finding.seq else "the day"
        sys.stdout.write(f"{finding.subject}\t{place}\t{finding.reason}\n")
    if arguments.roots:
        for root in HistoryRoot.objects.all():
            sys.stdout.write(f"{root.day:%Y-%m-%d}\t{root.event_count}\t{root.root}\n")
    if broken:
        raise CommandError(f"the history is broken in {len(broken)} places; the first is {broken[0].subject}")
    print_message(f"The history is intact: {CaseEvent.objects.count()} events, {HistoryRoot.objects.count()} days.")
