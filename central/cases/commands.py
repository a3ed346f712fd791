"""The commands that change a case: its status, its agency and due date. Each appends events to the case."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from central.cases.limits import MAX_NOTE_CHARS
from central.cases.models import Case, CaseEvent
from central.cases.workflow import NEEDS_OUTCOME, next_statuses
from central.centres.models import Officer
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus

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


class NotAllowedError(Exception):
    """A change that is not allowed; `sentence` says why, in both languages."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


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
        locked.save(update_fields=["status", "outcome"])
        case.status, case.outcome = locked.status, locked.outcome
        return _append_event(locked, CaseEvent.Kind.STATUS, new_status.value, by, note)


def assign(case: Case, by: Officer, *, agency: str, handler: str, due: date | None) -> None:
    """Set the agency, its person in charge, and the due date; '' and None clear them."""
    agency, handler = agency.strip(), handler.strip()
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if (locked.agency_name, locked.handler_name) != (agency, handler):
            locked.agency_name, locked.handler_name = agency, handler
            _append_event(locked, CaseEvent.Kind.ASSIGNMENT, " · ".join(filter(None, (agency, handler))), by)
        if locked.due != due:
            locked.due = due
            _append_event(locked, CaseEvent.Kind.DUE, due.isoformat() if due else "", by)
        locked.save(update_fields=["agency_name", "handler_name", "due"])


def _append_event(case: Case, kind: CaseEvent.Kind, value: str, by: Officer, note: str = "") -> CaseEvent:
    return CaseEvent.objects.create(case=case, at=timezone.now(), kind=kind, value=value, note=note.strip(), by=by)
