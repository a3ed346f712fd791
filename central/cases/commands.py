"""Working on a case: moving its status, naming who has it, promising a date. Every change leaves a row."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from central.cases.models import Case, CaseChange
from central.cases.workflow import next_statuses
from central.centres.models import Officer
from central.language import Text
from protocol.case_status import CaseStatus

MOST_WRITTEN = 2000  # characters of an outcome or a note, as the form has it


class NotAllowedError(Exception):
    """A change that may not be made; `sentence` says why, in both languages."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


def move(case: Case, to: CaseStatus, by: Officer, *, seen: CaseStatus, note: str = "", outcome: str = "") -> CaseChange:
    """Move a case to another status. `seen` is the status the officer was looking at: if somebody else moved the case
    meanwhile, nothing happens. Closing needs the outcome, which the citizen reads. Raises NotAllowedError."""
    if max(len(note), len(outcome)) > MOST_WRITTEN:
        most = f"{MOST_WRITTEN:,}"
        raise NotAllowedError(Text(f"ข้อความยาวเกิน {most} ตัวอักษร", f"The text is longer than {most} characters"))
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.standing is not seen:
            raise NotAllowedError(
                Text(
                    "มีผู้เปลี่ยนสถานะเรื่องนี้ไปแล้ว โปรดตรวจดูอีกครั้ง", "Someone else has changed this case. Please check it again"
                )
            )
        if to not in next_statuses(locked.standing):
            raise NotAllowedError(Text("เปลี่ยนเป็นสถานะนี้จากสถานะปัจจุบันไม่ได้", "This status cannot follow the current one"))
        if to is CaseStatus.CLOSED and not outcome.strip():
            raise NotAllowedError(
                Text(
                    "การยุติเรื่องต้องบอกผลการดำเนินการให้ผู้ร้องทราบ",
                    "Closing a case needs its outcome, for the citizen to read",
                )
            )
        locked.status = to.value
        if to is CaseStatus.CLOSED:
            locked.outcome = outcome.strip()
        locked.save(update_fields=["status", "outcome"])
        case.status, case.outcome = locked.status, locked.outcome
        return _record(locked, CaseChange.Kind.STATUS, to.value, by, note)


def assign(case: Case, by: Officer, *, agency: str, officer: str, due: date | None) -> None:
    """Name the agency and the person in charge, and the date promised; '' and None take them back."""
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if (locked.agency, locked.officer) != (agency.strip(), officer.strip()):
            locked.agency, locked.officer = agency.strip(), officer.strip()
            _record(locked, CaseChange.Kind.ASSIGNMENT, " · ".join(filter(None, (locked.agency, locked.officer))), by)
        if locked.due != due:
            locked.due = due
            _record(locked, CaseChange.Kind.DUE, due.isoformat() if due else "", by)
        locked.save(update_fields=["agency", "officer", "due"])


def _record(case: Case, kind: CaseChange.Kind, value: str, by: Officer, note: str = "") -> CaseChange:
    return CaseChange.objects.create(case=case, at=timezone.now(), kind=kind, value=value, note=note.strip(), by=by)
