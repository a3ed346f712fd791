"""The status form of the first desk: any officer moves a case along a plain list of transitions.

It is replaced by the commands of the workflow table and has no new callers."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from central.cases import history
from central.cases.commands.step import Actor, NotAllowedError
from central.cases.event_kinds import EventKind
from central.cases.limits import MAX_NOTE_CHARS
from central.cases.models import Case, CaseEvent
from central.centres.models import Officer
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus

TRANSITIONS: dict[CaseStatus, tuple[CaseStatus, ...]] = {
    CaseStatus.RECEIVED: (CaseStatus.CHECKING,),
    CaseStatus.CHECKING: (CaseStatus.TO_DIRECTOR, CaseStatus.ORDERED, CaseStatus.UNCLEAR, CaseStatus.CLOSED),
    CaseStatus.TO_DIRECTOR: (
        CaseStatus.TO_CHIEF,
        CaseStatus.ORDERED,
        CaseStatus.CHECKING,
        CaseStatus.UNCLEAR,
        CaseStatus.CLOSED,
    ),
    CaseStatus.TO_CHIEF: (
        CaseStatus.TO_GOVERNOR,
        CaseStatus.ORDERED,
        CaseStatus.CHECKING,
        CaseStatus.UNCLEAR,
        CaseStatus.CLOSED,
    ),
    CaseStatus.TO_GOVERNOR: (CaseStatus.ORDERED, CaseStatus.CHECKING, CaseStatus.UNCLEAR, CaseStatus.CLOSED),
    CaseStatus.ORDERED: (CaseStatus.IN_PROGRESS, CaseStatus.CHECKING, CaseStatus.UNCLEAR, CaseStatus.CLOSED),
    CaseStatus.IN_PROGRESS: (CaseStatus.ORDERED, CaseStatus.UNCLEAR, CaseStatus.CLOSED),
    CaseStatus.UNCLEAR: (CaseStatus.CHECKING, CaseStatus.CLOSED),
    CaseStatus.CLOSED: (),
}
# Statuses that a case reaches only with an outcome, which the citizen reads.
NEEDS_OUTCOME = frozenset({CaseStatus.CLOSED})


def next_statuses(status: CaseStatus) -> tuple[CaseStatus, ...]:
    """The statuses that may follow this one, the usual one first."""
    return TRANSITIONS[status]


_TOO_LONG = BilingualText(
    f"ข้อความยาวเกิน {MAX_NOTE_CHARS:,} ตัวอักษร", f"The text is longer than {MAX_NOTE_CHARS:,} characters"
)
_CHANGED_MEANWHILE = BilingualText(
    "มีผู้เปลี่ยนสถานะเรื่องนี้ไปแล้ว โปรดตรวจดูอีกครั้ง", "Someone else has changed this case. Please check it again"
)
_NO_TRANSITION = BilingualText("เปลี่ยนเป็นสถานะนี้จากสถานะปัจจุบันไม่ได้", "This status cannot follow the current one")
_OUTCOME_MISSING = BilingualText(
    "การยุติเรื่องต้องบอกผลการดำเนินการให้ผู้ร้องทราบ", "Closing a case needs its outcome, for the citizen to read"
)


def change_status(
    case: Case, new_status: CaseStatus, by: Officer, *, seen_status: CaseStatus, note: str = "", outcome: str = ""
) -> CaseEvent:
    """Change the status of a case. `seen_status` is the status the officer's page showed: if another officer has
    changed it since, nothing is changed. Closing needs the outcome, which the citizen reads. Raises NotAllowedError."""
    if max(len(note), len(outcome)) > MAX_NOTE_CHARS:
        raise NotAllowedError(_TOO_LONG)
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.current_status is not seen_status:
            raise NotAllowedError(_CHANGED_MEANWHILE)
        if new_status not in next_statuses(locked.current_status):
            raise NotAllowedError(_NO_TRANSITION)
        if new_status in NEEDS_OUTCOME:
            if not outcome.strip():
                raise NotAllowedError(_OUTCOME_MISSING)
            locked.outcome = outcome.strip()
        locked.status = new_status.value
        locked.attention = ""
        locked.closed_at = timezone.now() if new_status is CaseStatus.CLOSED else None
        locked.revision += 1
        locked.save()
        case.status, case.outcome, case.revision = locked.status, locked.outcome, locked.revision
        return _append(locked, EventKind.OLD_STATUS, new_status.value, by, note)


def assign(case: Case, by: Officer, *, agency: str, handler: str, due: date | None) -> None:
    """Set the agency, its person in charge, and the due date; '' and None clear them."""
    agency, handler = agency.strip(), handler.strip()
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if (locked.agency_name, locked.handler_name) != (agency, handler):
            locked.agency_name, locked.handler_name = agency, handler
            _append(locked, EventKind.OLD_ASSIGNMENT, " · ".join(filter(None, (agency, handler))), by)
        if locked.due != due:
            locked.due, locked.period_basis = due, "manual" if due else ""
            _append(locked, EventKind.OLD_DUE, due.isoformat() if due else "", by)
        locked.revision += 1
        locked.save()


def _append(case: Case, kind: EventKind, value: str, by: Officer, note: str = "") -> CaseEvent:
    return history.append_event(
        case,
        kind,
        actor=Actor.of(by).kind,
        by=by,
        payload={"value": value},
        is_public=kind is EventKind.OLD_STATUS,
        note=note,
    )
