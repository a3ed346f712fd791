"""Reminds agencies by mail: an order that was not accepted, and work before, on and after its due date. Once each.

A day without an office is no day to remind of anything but a due date."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from central.agency_desk.mailing import queue_mail
from central.agency_desk.models import ReferralMail
from central.agency_desk.referral_facts import referral_due
from central.cases.codes import ACTIVE_STATES, ReferralKind, ReferralState
from central.cases.commands import Actor
from central.cases.commands.referral_notes import note_on_referral
from central.cases.event_kinds import EventKind
from central.cases.locking import lock_case
from central.cases.models import Referral
from central.deadlines.calculation import HolidayName, is_weekend
from central.deadlines.calendar import current_calendar
from protocol.case_status import CaseStatus
from thai.dates import day_in_thailand

LATE_ACCEPTANCE_DAYS = 3  # calendar days after the order
WARNING_WORKING_DAYS = 3  # before the due date
_Purpose = ReferralMail.Purpose


@dataclass(frozen=True)
class Reminder:
    """A reminder of one kind for one day: the due date, or the day of the order."""

    purpose: ReferralMail.Purpose
    for_day: date


def remind_agencies(now: datetime) -> None:
    """Queue every reminder that is due and was not made before."""
    today, holiday_name = day_in_thailand(now), current_calendar().name
    states = [state.value for state in ACTIVE_STATES]
    # While a case waits for the citizen its clock stands still, and nothing is late.
    waiting = Referral.objects.filter(state__in=states).exclude(case__status=CaseStatus.UNCLEAR.value)
    made = set(ReferralMail.objects.filter(referral__state__in=states).values_list("referral_id", "purpose", "for_day"))
    for referral in waiting.exclude(kind=ReferralKind.COPY.value).select_related("case", "agency"):
        due = {(referral.pk, each.purpose.value, each.for_day) for each in reminders_due(referral, today, holiday_name)}
        if due - made:
            _remind(referral, today, holiday_name)


def reminders_due(referral: Referral, today: date, holiday_name: HolidayName) -> Iterator[Reminder]:
    """The reminders whose time has come, whether they were made or not."""
    is_working_day = _is_working_day(today, holiday_name)
    sent = day_in_thailand(referral.sent_at)
    if (
        is_working_day
        and referral.state == ReferralState.SENT.value
        and today >= sent + timedelta(days=LATE_ACCEPTANCE_DAYS)
    ):
        yield Reminder(_Purpose.NOT_ACCEPTED, sent)
    due = _day_of_duty(referral)
    if due is None:
        return
    if today == due:
        yield Reminder(_Purpose.DUE_TODAY, due)
    elif today > due and is_working_day:
        yield Reminder(_Purpose.OVERDUE, due)
    elif is_working_day and _warning_day(due, holiday_name) <= today < due:
        yield Reminder(_Purpose.BEFORE_DUE, due)


def _day_of_duty(referral: Referral) -> date | None:
    """The due date; in a complex case, which has none, the day of the next report that the lead owes."""
    due = referral_due(referral)
    if due is None and referral.kind == ReferralKind.LEAD.value:
        return referral.case.next_report_due
    return due


def _warning_day(due: date, holiday_name: HolidayName) -> date:
    day, left = due, WARNING_WORKING_DAYS
    while left:
        day -= timedelta(days=1)
        left -= _is_working_day(day, holiday_name)
    return day


def _is_working_day(day: date, holiday_name: HolidayName) -> bool:
    return not is_weekend(day) and holiday_name(day) is None


def _remind(referral: Referral, today: date, holiday_name: HolidayName) -> None:
    """Queue the mails and note them on the case. What is due is decided again under the lock of the case: the agency
    may have accepted meanwhile, and another worker may have reminded it."""
    with transaction.atomic():
        case = lock_case(referral.case_id)
        current = Referral.objects.select_related("case", "agency").get(pk=referral.pk)
        if current.state not in ACTIVE_STATES or case.current_status is CaseStatus.UNCLEAR:
            return
        for reminder in reminders_due(current, today, holiday_name):
            mails = ReferralMail.objects.filter(referral=current, purpose=reminder.purpose, for_day=reminder.for_day)
            if not mails.exists():
                _queue_reminder(current, reminder)


def _queue_reminder(referral: Referral, reminder: Reminder) -> None:
    mail = queue_mail(referral, reminder.purpose, reminder.for_day)
    kind = EventKind.MAIL_FAILED if mail.failure else EventKind.REMINDED
    payload = {"purpose": reminder.purpose.value, "day": reminder.for_day.isoformat(), "failure": mail.failure}
    note_on_referral(referral, kind, Actor.system(), payload)
