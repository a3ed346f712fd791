"""Changes that the clock makes, without a person: a due date that moves, a silence that escalates."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction

from central.cases import history
from central.cases.case_clock import case_pauses, due_moved_sentence, refresh_clock, silence_since
from central.cases.codes import ReferralKind
from central.cases.event_kinds import ActorKind, EventKind
from central.cases.locking import lock_case
from central.cases.models import Case, CaseEvent
from central.database_values import parse_date
from central.deadlines.calculation import HolidayName
from central.deadlines.escalation import escalation_level
from protocol.case_status import CaseStatus
from thai.dates import day_in_thailand


def announced_due(case: Case) -> date | None:
    """The due date that the citizen knows. While the case waits for the citizen, that of the question."""
    if case.due is not None or case.status != CaseStatus.UNCLEAR.value:
        return case.due
    question = case.events.filter(kind=EventKind.ASK_DETAILS.value).order_by("seq").last()
    return parse_date(question.payload.get("due", "")) if question else None


def append_due_moved(
    locked: Case, before: date | None, *, cause: EventKind | None, at: datetime, has_message: bool = False
) -> CaseEvent:
    """Append the public event that the due date of the locked case has moved; `cause` None: the calendar changed.

    `has_message`: the step has a text for the citizen. Then the event has none, so that the page goes on showing the
    text of the step; the new date is on the page anyway."""
    payload = {
        "before": before.isoformat() if before else "",
        "after": locked.due.isoformat() if locked.due else "",
        "cause": cause.value if cause else "calendar",
    }
    sentence = due_moved_sentence(before, locked.due).in_language(locked.language)
    return history.append_event(
        locked,
        EventKind.DUE_MOVED,
        actor=ActorKind.SYSTEM,
        at=at,
        payload=payload,
        is_public=True,
        public_text="" if has_message else sentence,
    )


def recalculate_due(case: Case, now: datetime, holiday_name: HolidayName) -> CaseEvent | None:
    """Calculate the clock of an open case again. The event when its due date has moved, else None.

    A case older than the clocks may get a first date that has passed: that is no news for the citizen."""
    with _locked_open_case(case) as locked:
        if locked is None:
            return None
        before = locked.due
        refresh_clock(locked, EventKind.DUE_MOVED, now, holiday_name)
        is_past = before is None and locked.due is not None and locked.due < day_in_thailand(now)
        if locked.due == before or is_past:
            locked.save()
            return None
        locked.revision += 1
        locked.last_activity_at = now
        locked.save()
        return append_due_moved(locked, before, cause=None, at=now)


def escalate(case: Case, now: datetime) -> CaseEvent | None:
    """Raise the level of escalation to the one that the silence of the lead agency has reached. None when it has not
    reached a higher one: another worker may have raised it."""
    with _locked_open_case(case) as locked:
        if locked is None:
            return None
        lead = locked.referrals.filter(kind=ReferralKind.LEAD.value, ended_at=None).first()
        since, today = silence_since(locked, lead), day_in_thailand(now)
        level = 0 if since is None else escalation_level(since, today, case_pauses(locked, now))
        is_higher = level > locked.escalation_level
        before, locked.escalation_level = locked.escalation_level, max(level, locked.escalation_level)
        refresh_clock(locked, EventKind.ESCALATED, now)
        if not is_higher or lead is None:
            locked.save()
            return None
        locked.revision += 1
        locked.save()
        payload = {"level": level, "before": before, "referral": lead.pk, "agency": lead.agency_id}
        return history.append_event(locked, EventKind.ESCALATED, actor=ActorKind.SYSTEM, at=now, payload=payload)


@contextmanager
def _locked_open_case(case: Case) -> Iterator[Case | None]:
    """The locked row; None for a case that was closed meanwhile. The transaction ends with the block."""
    with transaction.atomic():
        locked = lock_case(case.pk)
        yield None if locked.closed_at is not None else locked
