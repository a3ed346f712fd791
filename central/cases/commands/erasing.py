"""Erases what a closed case says of people: names, contact, texts and files. Number, codes, dates and the hash chain
stay, so that counts and the history still verify."""

from central.cases import clock, history
from central.cases.commands.step import Actor
from central.cases.errors import ERASED, NotAllowedError
from central.cases.event_kinds import EventKind
from central.cases.locking import lock_case
from central.cases.models import Case, CaseEvent, CaseEventText, CasePoint, Complainant
from central.events import case_erased
from protocol.bilingual_text import BilingualText

_OPEN = BilingualText("ลบข้อมูลได้เฉพาะเรื่องที่ยุติแล้ว", "Only the data of a closed case can be erased")
# An officer may have typed the sub-topic. Its fact keeps the term.
_CASE_TEXTS = (
    "topic_note",
    "about_note",
    "location_note",
    "for_whom_note",
    "text",
    "subtopic",
    "outcome",
    "handler_name",
)
_REFERRAL_TEXTS = {"order_text": "", "handler_name": "", "return_reason": ""}
_PROPOSAL_TEXTS = {"content": {}, "text": "", "opinion": "", "reason": ""}


def erase_case(case_id: int, by: Actor, *, erasure_id: int) -> list[str]:
    """Erase this case, as part of the erasure with this id. In the caller's transaction, which has checked that the
    erasure is approved; it deletes the stored files with the returned names afterwards.

    Raises NotAllowedError for an open case and for one that is erased already."""
    case = lock_case(case_id)
    if case.erased_at is not None:
        raise NotAllowedError(ERASED)
    if case.closed_at is None:
        raise NotAllowedError(_OPEN)
    case.erased_at = case.last_activity_at = clock.now()
    for name in _CASE_TEXTS:
        setattr(case, name, "")
    case.newer_content = {}
    case.attention = ""
    case.revision += 1
    case.save()
    file_names = _erase_rows(case)
    for _, names in case_erased.send(sender=Case, case=case):
        file_names += names or []
    history.append_event(
        case, EventKind.ERASED, actor=by.kind, by=by.officer, payload={"erasure": erasure_id}, is_public=True
    )
    return file_names


def _erase_rows(case: Case) -> list[str]:
    file_names = [*case.pages.values_list("picture", flat=True), *case.attachments.values_list("file", flat=True)]
    Complainant.objects.filter(case=case).delete()
    CasePoint.objects.filter(case=case).delete()
    case.pages.all().delete()
    case.attachments.all().delete()
    case.respondents.all().delete()
    case.referrals.update(**_REFERRAL_TEXTS)
    case.proposals.update(**_PROPOSAL_TEXTS)
    # A reason for reading a name often says whom the officer called.
    case.name_requests.update(reason="")
    case.reads.update(reason="")
    CaseEventText.objects.filter(event__in=CaseEvent.objects.filter(case=case)).delete()
    return file_names
