"""Steps about the citizen's access to the case and to personal data: a new code, and a request as a data subject."""

from collections.abc import Mapping
from enum import StrEnum

from central.cases.commands.step import Actor, kept_attention, locked_case, save_step
from central.cases.errors import NotAllowedError
from central.cases.event_kinds import EventKind
from central.cases.models import Case, CaseEvent
from central.cases.workflow import Input
from central.people.roles import Action
from protocol.bilingual_text import BilingualText


class DataRight(StrEnum):
    """What a data subject can request (Personal Data Protection Act B.E. 2562, sections 30, 33 and 36)."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"


DATA_RIGHTS: Mapping[DataRight, BilingualText] = {
    DataRight.ACCESS: BilingualText("ขอดูหรือขอสำเนาข้อมูลของข้าพเจ้า", "See or get a copy of my data"),
    DataRight.CORRECTION: BilingualText("ขอแก้ไขข้อมูลของข้าพเจ้า", "Have my data corrected"),
    DataRight.ERASURE: BilingualText("ขอลบข้อมูลของข้าพเจ้า", "Have my data erased"),
}
REQUEST_WAITS = BilingualText(
    "คำขอเรื่องข้อมูลส่วนบุคคลของท่านรอคำตอบอยู่แล้ว", "Your request about personal data is waiting for its answer already"
)
_OLD_CODE = BilingualText("รหัสนี้ถูกเปลี่ยนไปแล้ว", "This code has been replaced already")
_NOT_IDENTIFIED = BilingualText(
    "ต้องตรวจสอบตัวผู้ร้องและบอกเหตุผลก่อนออกรหัสใหม่", "Identify the citizen and give the reason before a new code is made"
)
_NO_REQUEST = BilingualText("ไม่มีคำขอเรื่องข้อมูลส่วนบุคคลที่รอคำตอบ", "No request about personal data is waiting")


def renew_code(
    case: Case,
    by: Actor,
    *,
    seen_revision: int | None,
    old_hash: str,
    new_hash: str,
    identified_by: str = "",
    reason: str = "",
) -> CaseEvent:
    """Replace the tracking code. The hashes are of `identity_crypto.tracking_hash`.

    `identified_by` is how a citizen without the present code was identified (`IdentifiedBy`), '' for whoever has it. An
    officer never has it, and gives a reason."""
    if by.officer is not None and not (identified_by and reason.strip()):
        raise NotAllowedError(_NOT_IDENTIFIED)
    with locked_case(case, Action.RENEW_CODE, by, seen_revision=seen_revision, texts=[reason]) as locked:
        if locked.tracking_hash != old_hash:
            raise NotAllowedError(_OLD_CODE)
        locked.tracking_hash = new_hash
        payload = {"identified_by": identified_by} if identified_by else None
        attention = kept_attention(locked)
        return save_step(locked, EventKind.RENEW_CODE, by, attention=attention, payload=payload, note=reason)


def request_data(case: Case, by: Actor, *, seen_revision: int | None, right: str, text: str = "") -> CaseEvent:
    """The citizen makes use of a right as a data subject; one request waits at a time."""
    inputs = {Input.RIGHT: right if right in set(DataRight) else ""}
    with locked_case(case, Action.REQUEST_DATA, by, seen_revision=seen_revision, inputs=inputs, texts=[text]) as locked:
        if has_open_data_request(locked):
            raise NotAllowedError(REQUEST_WAITS)
        attention = kept_attention(locked)
        return save_step(locked, EventKind.REQUEST_DATA, by, attention=attention, payload={"right": right}, note=text)


def answer_data_request(case: Case, by: Actor, *, seen_revision: int | None, answer: str, note: str = "") -> CaseEvent:
    """The data protection officer answers the request that waits; the citizen reads the answer."""
    inputs = {Input.ANSWER: answer}
    with locked_case(
        case, Action.ANSWER_DATA_REQUEST, by, seen_revision=seen_revision, inputs=inputs, texts=[note]
    ) as locked:
        if not has_open_data_request(locked):
            raise NotAllowedError(_NO_REQUEST)
        attention = kept_attention(locked)
        return save_step(locked, EventKind.ANSWER_DATA_REQUEST, by, attention=attention, public_text=answer, note=note)


def has_open_data_request(case: Case) -> bool:
    """Whether a request about personal data waits for its answer."""
    kinds = [EventKind.REQUEST_DATA.value, EventKind.ANSWER_DATA_REQUEST.value]
    last = case.events.filter(kind__in=kinds).order_by("seq").last()
    return last is not None and last.kind == EventKind.REQUEST_DATA.value
