"""`central open-data`: switches open data on and off, makes the file of a month, lists the files."""

import argparse
import sys

from central.cases import clock
from central.commands import CommandError, print_message
from central.insight.models import OpenDataFile
from central.insight.open_data import make_file, month_code, open_data_state
from central.insight.periods import Period, parse


def run(arguments: argparse.Namespace) -> None:
    """Switch, make or list. Raises CommandError for a month that cannot be made."""
    if arguments.action == "list":
        for file in OpenDataFile.objects.order_by("month").defer("csv", "json"):
            sys.stdout.write(f"{month_code(file)}\t{file.row_count}\t{file.made_on.isoformat()}\t{file.licence}\n")
        return
    if arguments.action == "make":
        file = make_file(_month(arguments.month), clock.today())
        print_message(f"{month_code(file)}: {file.row_count} rows, made on {file.made_on.isoformat()}")
        return
    state = open_data_state()
    state.is_on = arguments.action == "on"
    if state.is_on:
        state.licence = arguments.licence or state.licence
        state.licence_url = arguments.licence_url if arguments.licence else state.licence_url
    state.changed_at, state.changed_by = clock.now(), None
    state.save()
    print_message(f"open data is {arguments.action}" + (f": /open-data, {state.licence}" if state.is_on else ""))


def _month(code: str) -> Period:
    month = parse(code)
    if month is None or month.months is None or len(month.months) != 1:
        raise CommandError(f"{code} is not a month such as 2026-11")
    if month.last >= clock.today():
        raise CommandError(f"{code} has not ended")
    return month
