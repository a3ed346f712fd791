"""`central holidays`: lists the holidays of a year, declares and cancels holidays."""

import argparse
import sys

from django.utils import timezone

from central.commands import CommandError, print_message
from central.deadlines.calendar import current_calendar
from central.deadlines.holiday_changes import HolidayChangeError, cancel_holiday, declare_holiday
from protocol.bilingual_text import BilingualText
from thai.dates import in_thailand

_MOVED_LATER = "The deadlines of open cases are moved within a few minutes."


def run(arguments: argparse.Namespace) -> None:
    """List, add or cancel. Raises CommandError for a change that is not possible."""
    if arguments.action == "list":
        year = arguments.year or in_thailand(timezone.now()).year
        for day, name in current_calendar().of_year(year).items():
            sys.stdout.write(f"{day.isoformat()}\t{day:%a}\t{name.th}\t{name.en}\n")
        return
    try:
        if arguments.action == "add":
            change = declare_holiday(arguments.day, BilingualText(arguments.name_th, arguments.name_en), by=None)
            print_message(f"{change.day} is a holiday: {change.name_en}. {_MOVED_LATER}")
        else:
            change = cancel_holiday(arguments.day, by=None)
            print_message(f"{change.day} is no holiday any more: {change.name_en}. {_MOVED_LATER}")
    except HolidayChangeError as error:
        raise CommandError(error.sentence.en.rstrip(".")) from error
