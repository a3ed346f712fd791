"""Compares what somebody says of themselves with the complainant of a case, without showing either to the officer.

So a citizen who has lost the tracking code is identified, also one with a withheld name. Each comparison is recorded;
wrong ones are limited for each case, so that nobody can try out who complained."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from central.cases.errors import NO_PERMISSION, NotAllowedError
from central.cases.limits import MAX_REASON_CHARS
from central.cases.models import Case, Complainant, PersonalDataRead
from central.cases.person_names import is_same_name
from central.centres.models import Officer
from central.identity_crypto import citizen_id_hash
from central.people.permission import has_permission
from central.people.roles import Action
from central.people.shared_throttle import SharedThrottle
from protocol.bilingual_text import BilingualText
from thai import id_number, numerals, phone

MAX_WRONG_ANSWERS = 5  # for each case, in a day
_WRONG_ANSWERS = SharedThrottle("identity of a case", limit=MAX_WRONG_ANSWERS, window_s=24 * 3600)


class IdentifiedBy(StrEnum):
    """How a citizen without the tracking code was identified, as stored in the event of the new code."""

    CARD = "card"
    PHONE_AND_NAME = "phone_and_name"
    PHONE_CODE = "phone_code"  # by the citizen, with a one-time code to the phone on file


IDENTIFICATIONS: Mapping[IdentifiedBy, BilingualText] = {
    IdentifiedBy.CARD: BilingualText("บัตรประชาชน (ผู้ร้องมาเอง)", "ID card, in person"),
    IdentifiedBy.PHONE_AND_NAME: BilingualText("เบอร์โทรศัพท์และชื่อ (ทางโทรศัพท์)", "Phone number and name, by telephone"),
    IdentifiedBy.PHONE_CODE: BilingualText("รหัสที่ส่งไปยังโทรศัพท์ของผู้ร้อง", "Code sent to the phone on file"),
}
_NOBODY = BilingualText(
    "เรื่องนี้ไม่มีข้อมูลผู้ร้อง จึงตรวจสอบตัวและออกรหัสใหม่ไม่ได้",
    "This case has no complainant on file, so nobody can be identified and no new code can be made",
)
_DIFFERENT = BilingualText(
    "ข้อมูลไม่ตรงกับผู้ร้องของเรื่องนี้ จึงออกรหัสใหม่ไม่ได้", "This does not match the complainant of the case, so no new code is made"
)
_TOO_MANY = BilingualText(
    "ตรวจสอบตัวผู้ร้องของเรื่องนี้ผิดหลายครั้งแล้ว โปรดลองใหม่พรุ่งนี้ หรือให้ผู้ร้องขอรหัสทางโทรศัพท์ที่หน้าติดตามเรื่อง",
    "Too many wrong answers for this case. Try again tomorrow, or the citizen gets a code by SMS on the tracking page",
)


@dataclass(frozen=True)
class Claim:
    """What somebody says of themselves: the number and name of the card, or phone number and name."""

    way: IdentifiedBy
    name: str = field(default="", repr=False)
    citizen_id: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


def identify(officer: Officer, case: Case, claim: Claim, reason: str) -> None:
    """Record the comparison, and raise NotAllowedError unless the claim fits the complainant of the case."""
    if not has_permission(officer, Action.READ_PEOPLE, case.centre):
        raise NotAllowedError(NO_PERMISSION)
    complainant = Complainant.objects.filter(case=case).first()
    if complainant is None:
        raise NotAllowedError(_NOBODY)
    if not _WRONG_ANSWERS.count_attempt(case.case_number):
        raise NotAllowedError(_TOO_MANY)
    kind = PersonalDataRead.DataKind.COMPARED
    PersonalDataRead.objects.create(
        case=case, officer=officer, data_kind=kind, reason=reason.strip()[:MAX_REASON_CHARS]
    )
    if not _fits(complainant, claim):
        raise NotAllowedError(_DIFFERENT)
    _WRONG_ANSWERS.take_back_attempt(case.case_number)


def _fits(complainant: Complainant, claim: Claim) -> bool:
    if claim.way is IdentifiedBy.CARD:
        number = numerals.digits(claim.citizen_id)
        if not id_number.is_valid(number):
            return False
        if complainant.citizen_id_hash:
            return complainant.citizen_id_hash == citizen_id_hash(number)
        return is_same_name(complainant, claim.name)  # a letter or a call: the name only is on file
    if claim.way is IdentifiedBy.PHONE_AND_NAME:
        try:
            number = phone.normalise(claim.phone)
        except ValueError:
            return False
        return bool(complainant.phone) and complainant.phone == number and is_same_name(complainant, claim.name)
    return False
