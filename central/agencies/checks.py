"""What the details of an agency must fulfil, with a sentence for each field that does not. Asks no database."""

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from central.agencies.details import AgencyDetails, ContactDetails
from central.agencies.kinds import AgencyKind, AgencyLevel
from central.agencies.limits import (
    MAX_ADDRESS_CHARS,
    MAX_AREAS,
    MAX_CODE_CHARS,
    MAX_DECLARED_DAYS,
    MAX_NAME_CHARS,
    MAX_OTHER_CONTACTS,
    MAX_PHONE_CHARS,
)
from central.centres.models import Centre
from protocol.bilingual_text import BilingualText
from thai import places

CODE_PATTERN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PHONE = re.compile(r"[0-9+() ,./#*\-–ก-๙a-zA-Z]*")  # with an extension: «043-000-000 ต่อ 12»
_MAX_EMAIL_CHARS = 254

REQUIRED = BilingualText("โปรดกรอกช่องนี้", "Please fill this in")
_CODE = BilingualText(
    "ใช้ได้เฉพาะ a-z 0-9 และขีดกลาง เช่น land-office", "Use a to z, 0 to 9 and hyphens only, such as land-office"
)
_KIND = BilingualText("ไม่มีประเภทหน่วยงานนี้", "There is no such kind of agency")
_LEVEL = BilingualText("ไม่มีระดับนี้", "There is no such level")
_EMAIL = BilingualText("อีเมลไม่ถูกต้อง", "This is not an e-mail address")
_PHONE_TEXT = BilingualText("หมายเลขโทรศัพท์ไม่ถูกต้อง", "This is not a telephone number")
_DAYS = BilingualText(
    f"ต้องเป็นจำนวนวันทำการ 1 ถึง {MAX_DECLARED_DAYS}", f"Must be a number of working days, 1 to {MAX_DECLARED_DAYS}"
)
_TOO_MANY_AREAS = BilingualText(f"พื้นที่เกิน {MAX_AREAS} แห่ง", f"More than {MAX_AREAS} areas")
_TOO_MANY_CONTACTS = BilingualText(f"ผู้ติดต่อเกิน {MAX_OTHER_CONTACTS} คน", f"More than {MAX_OTHER_CONTACTS} contacts")
_CONTACT_NAME = BilingualText("โปรดใส่ชื่อผู้ติดต่อ", "Please state the contact's name")


def check_details(details: AgencyDetails, centre: Centre) -> dict[str, BilingualText]:
    """The errors by field: a field of `AgencyDetails`, or contact_point.email, other_contacts.0.name and so on. Whether
    the code is free and the supervising agency exists is checked where they are stored."""
    return dict(_errors(details, centre))


def _errors(details: AgencyDetails, centre: Centre) -> Iterator[tuple[str, BilingualText]]:
    if not (CODE_PATTERN.fullmatch(details.code) and len(details.code) <= MAX_CODE_CHARS):
        yield "code", _CODE
    if not details.name_th:
        yield "name_th", REQUIRED
    for name, limit in (("name_th", MAX_NAME_CHARS), ("name_en", MAX_NAME_CHARS), ("address", MAX_ADDRESS_CHARS)):
        if len(getattr(details, name)) > limit:
            yield name, _too_long(limit)
    if details.kind not in list(AgencyKind):
        yield "kind", _KIND
    if details.level not in list(AgencyLevel):
        yield "level", _LEVEL
    yield from _area_errors(details.areas, centre)
    if details.declared_days is not None and not 1 <= details.declared_days <= MAX_DECLARED_DAYS:
        yield "declared_days", _DAYS
    yield from _reach_errors("", details.phone, details.email)
    yield from _contact_errors("contact_point.", details.contact_point)
    yield from _contact_errors("cceo.", details.cceo)
    for index, contact in enumerate(details.other_contacts):
        yield from _contact_errors(f"other_contacts.{index}.", contact)
    if len(details.other_contacts) > MAX_OTHER_CONTACTS:
        yield "other_contacts", _TOO_MANY_CONTACTS


def _area_errors(areas: tuple[str, ...], centre: Centre) -> Iterator[tuple[str, BilingualText]]:
    unknown = [code for code in areas if places.place(code) is None]
    outside = [code for code in areas if not code.startswith(centre.area_code)]
    if unknown:
        yield "areas", BilingualText(f"ไม่มีพื้นที่ {unknown[0]}", f"There is no area {unknown[0]}")
    elif outside:
        name = BilingualText(places.full_name(outside[0], "th"), places.full_name(outside[0], "en"))
        yield "areas", BilingualText(f"{name.th} อยู่นอกพื้นที่ของศูนย์", f"{name.en} is outside the centre's area")
    elif len(areas) > MAX_AREAS:
        yield "areas", _TOO_MANY_AREAS


def _contact_errors(prefix: str, contact: ContactDetails) -> Iterator[tuple[str, BilingualText]]:
    if not contact.name and not contact.is_empty:
        yield f"{prefix}name", _CONTACT_NAME
    for name in ("name", "position"):
        if len(getattr(contact, name)) > MAX_NAME_CHARS:
            yield f"{prefix}{name}", _too_long(MAX_NAME_CHARS)
    yield from _reach_errors(prefix, contact.phone, contact.email)


def _reach_errors(prefix: str, phone: str, email: str) -> Iterator[tuple[str, BilingualText]]:
    digits = sum(character.isdigit() for character in phone)
    if phone and not (_PHONE.fullmatch(phone) and digits >= 3 and len(phone) <= MAX_PHONE_CHARS):  # 3 as in 191
        yield f"{prefix}phone", _PHONE_TEXT
    if email and not _is_email(email):
        yield f"{prefix}email", _EMAIL


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= _MAX_EMAIL_CHARS


def _too_long(limit: int) -> BilingualText:
    return BilingualText(f"ยาวเกิน {limit} ตัวอักษร", f"Longer than {limit} characters")
