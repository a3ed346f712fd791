"""What was done with a case in an earlier system, recorded once when the case is imported."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from central.cases import clock, history
from central.cases.case_clock import refresh_clock
from central.cases.codes import Attention, Outcome
from central.cases.commands.step import Actor
from central.cases.event_kinds import EventKind
from central.cases.locking import lock_case
from central.cases.models import Case, CaseEvent
from protocol.case_status import CaseStatus


@dataclass(frozen=True)
class EarlierWork:
    """The state of a case in the earlier system. `outcome` and `closed_at` are set for a closed case; `note` stays
    within the centre."""

    number: str
    status: CaseStatus
    outcome: Outcome | None = None
    outcome_text: str = field(default="", repr=False)
    closed_at: datetime | None = None
    agency: str = ""
    handler: str = field(default="", repr=False)
    note: str = field(default="", repr=False)


def record_earlier_work(case: Case, by: Actor, work: EarlierWork) -> CaseEvent:
    """Give a case that was just filed the state it had. In the caller's transaction, which has filed it.

    A closed case stays closed, with its outcome, and its event has the day of the closing. An open case waits for an
    officer. No agency is ordered: the earlier one is named until an officer orders one."""
    with transaction.atomic():
        locked, now = lock_case(case.pk), clock.now()
        locked.status = work.status.value
        locked.agency_name, locked.handler_name = work.agency, work.handler
        locked.attention = Attention.NEW.value
        if work.outcome is not None:
            locked.closed_at = max(work.closed_at or locked.filed_at, locked.filed_at)
            locked.outcome_code, locked.outcome = work.outcome.value, work.outcome_text
            locked.attention, locked.due = "", None  # nobody has promised a date by the rules of this system
        refresh_clock(locked, EventKind.IMPORTED, now)
        locked.revision += 1
        locked.last_activity_at = locked.closed_at or now
        locked.save()
        payload = {"earlier_number": work.number, "agency": work.agency}
        return history.append_event(
            locked,
            EventKind.IMPORTED,
            actor=by.kind,
            by=by.officer,
            at=locked.closed_at or now,
            payload={name: value for name, value in payload.items() if value},
            is_public=True,
            public_text=work.outcome_text,
            note=work.note,
        )
