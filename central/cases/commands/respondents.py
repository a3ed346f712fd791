"""Whom or what a case is about: entered and removed by officers. The history keeps both, with the name in its
erasable text."""

from central.cases import clock
from central.cases.codes import RespondentType
from central.cases.commands.step import Actor, kept_attention, locked_case, save_step
from central.cases.errors import NotAllowedError
from central.cases.event_kinds import EventKind
from central.cases.limits import MAX_RESPONDENT_CHARS
from central.cases.models import Case, CaseEvent, Respondent
from central.people.roles import Action
from central.people.shared_throttle import SharedThrottle
from protocol.bilingual_text import BilingualText

MAX_RESPONDENTS = 20  # of a case
# A name tells whether another centre has a case about it. Nobody enters so many for the work of a day.
_ENTERED = SharedThrottle("respondents of an officer", limit=100, window_s=24 * 3600)
_NO_NAME = BilingualText("โปรดพิมพ์ชื่อ ทะเบียนรถ หรือที่อยู่ของผู้ถูกร้อง", "Type the name, plate or address of the respondent")
_TOO_LONG = BilingualText(
    f"ผู้ถูกร้องยาวเกิน {MAX_RESPONDENT_CHARS} ตัวอักษร", f"A respondent is longer than {MAX_RESPONDENT_CHARS} characters"
)
_UNKNOWN_TYPE = BilingualText("โปรดเลือกว่าผู้ถูกร้องเป็นอะไร", "Choose what the respondent is")
_TOO_MANY = BilingualText(
    f"เรื่องหนึ่งมีผู้ถูกร้องได้ {MAX_RESPONDENTS} รายการ", f"A case has at most {MAX_RESPONDENTS} respondents"
)
_TOO_OFTEN = BilingualText(
    "วันนี้ท่านระบุผู้ถูกร้องครบจำนวนแล้ว โปรดทำต่อพรุ่งนี้", "You have entered as many respondents as a day allows. Go on tomorrow"
)
_ALREADY = BilingualText("ระบุผู้ถูกร้องนี้แล้ว", "This respondent is entered already")
_GONE = BilingualText("ไม่มีผู้ถูกร้องนี้ในเรื่องแล้ว", "The case does not have this respondent any more")


def name_respondent(case: Case, by: Actor, *, seen_revision: int | None, kind: str, name: str) -> CaseEvent:
    """Enter a respondent: a RespondentType, and its name, plate or address."""
    name = " ".join(name.split())
    with locked_case(case, Action.RECLASSIFY, by, seen_revision=seen_revision) as locked:
        if kind not in set(RespondentType):
            raise NotAllowedError(_UNKNOWN_TYPE)
        if not name:
            raise NotAllowedError(_NO_NAME)
        if len(name) > MAX_RESPONDENT_CHARS:
            raise NotAllowedError(_TOO_LONG)
        if locked.respondents.filter(type=kind, name=name).exists():
            raise NotAllowedError(_ALREADY)
        if locked.respondents.count() >= MAX_RESPONDENTS:
            raise NotAllowedError(_TOO_MANY)
        if by.officer is not None and not _ENTERED.count_attempt(str(by.officer.pk)):
            raise NotAllowedError(_TOO_OFTEN)
        row = Respondent.objects.create(case=locked, type=kind, name=name, added_by=by.officer, added_at=clock.now())
        payload = {"respondent": row.pk, "type": kind}
        return save_step(
            locked,
            EventKind.NAME_RESPONDENT,
            by,
            attention=kept_attention(locked),
            payload=payload,
            is_public=False,
            note=name,
        )


def remove_respondent(case: Case, by: Actor, *, seen_revision: int | None, respondent_id: int) -> CaseEvent:
    """Remove a respondent that was entered wrongly. The history keeps it."""
    with locked_case(case, Action.RECLASSIFY, by, seen_revision=seen_revision) as locked:
        row = locked.respondents.filter(pk=respondent_id).first()
        if row is None:
            raise NotAllowedError(_GONE)
        payload, name = {"respondent": row.pk, "type": row.type}, row.name
        row.delete()
        return save_step(
            locked,
            EventKind.REMOVE_RESPONDENT,
            by,
            attention=kept_attention(locked),
            payload=payload,
            is_public=False,
            note=name,
        )
