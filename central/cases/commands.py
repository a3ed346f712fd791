"""Working on a case: moving its status, naming who has it, promising a date. Every change leaves a row."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from central.cases.models import Case, CaseEvent
from central.cases.workflow import next_statuses
from central.centres.models import Officer
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus

MAX_NOTE_CHARS = 2000  # characters of an outcome or a note, as the form has it


class NotAllowedError(Exception):
    """A change that may not be made; `sentence` says why, in both languages."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


def change_status(
    case: Case, new_status: CaseStatus, by: Officer, *, seen_status: CaseStatus, note: str = "", outcome: str = ""
) -> CaseEvent:
    """Move a case to another status. `seen_status` is the status the officer was looking at: if somebody else moved
    the case meanwhile, nothing happens. Closing needs the outcome, which the citizen reads. Raises NotAllowedError."""
    if max(len(note), len(outcome)) > MAX_NOTE_CHARS:
        most = f"{MAX_NOTE_CHARS:,}"
        raise NotAllowedError(
            BilingualText(f"ข้อความยาวเกิน {most} ตัวอักษร", f"The text is longer than {most} characters")
        )
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.current_status is not seen_status:
            raise NotAllowedError(
                BilingualText(
                    "มีผู้เปลี่ยนสถานะเรื่องนี้ไปแล้ว โปรดตรวจดูอีกครั้ง", "Someone else has changed this case. Please check it again"
                )
            )
        if new_status not in next_statuses(locked.current_status):
            raise NotAllowedError(
                BilingualText("เปลี่ยนเป็นสถานะนี้จากสถานะปัจจุบันไม่ได้", "This status cannot follow the current one")
            )
        if new_status is CaseStatus.CLOSED and not outcome.strip():
            raise NotAllowedError(
                BilingualText(
                    "การยุติเรื่องต้องบอกผลการดำเนินการให้ผู้ร้องทราบ",
                    "Closing a case needs its outcome, for the citizen to read",
                )
            )
        locked.status = new_status.value
        if new_status is CaseStatus.CLOSED:
            locked.outcome = outcome.strip()
        locked.save(update_fields=["status", "outcome"])
        case.status, case.outcome = locked.status, locked.outcome
        return _append_change(locked, CaseEvent.Kind.STATUS, new_status.value, by, note)


def assign(case: Case, by: Officer, *, agency: str, handler: str, due: date | None) -> None:
    """Name the agency and the person in charge, and the date promised; '' and None take them back."""
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if (locked.agency_name, locked.handler_name) != (agency.strip(), handler.strip()):
            locked.agency_name, locked.handler_name = agency.strip(), handler.strip()
            _append_change(
                locked,
                CaseEvent.Kind.ASSIGNMENT,
                " · ".join(filter(None, (locked.agency_name, locked.handler_name))),
                by,
            )
        if locked.due != due:
            locked.due = due
            _append_change(locked, CaseEvent.Kind.DUE, due.isoformat() if due else "", by)
        locked.save(update_fields=["agency_name", "handler_name", "due"])


def _append_change(case: Case, kind: CaseEvent.Kind, value: str, by: Officer, note: str = "") -> CaseEvent:
    return CaseEvent.objects.create(case=case, at=timezone.now(), kind=kind, value=value, note=note.strip(), by=by)
