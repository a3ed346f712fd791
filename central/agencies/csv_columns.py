"""The columns of a file of agencies: their headings in both languages, and how a cell is read and written."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from central.agencies.areas import read_areas
from central.agencies.details import AgencyDetails, ContactDetails
from central.agencies.kinds import KINDS, LEVELS
from protocol.bilingual_text import BilingualText

_NO_AREA = BilingualText("ไม่พบพื้นที่ «{}»", "There is no area «{}»")
_NOT_A_NUMBER = BilingualText("ต้องเป็นจำนวนเต็ม", "Must be a whole number")
_NOT_YES_OR_NO = BilingualText("ต้องเป็น ใช่ หรือ ไม่ใช่", "Must be yes or no")
_YES, _NO = ("yes", "y", "1", "true", "ใช่", "ใช้"), ("no", "n", "0", "false", "ไม่ใช่", "ไม่ใช้", "ไม่")
# A spreadsheet that opens a file takes a number without its leading zero; a Thai number of 8 or 9 digits had one.
_WITHOUT_ZERO = re.compile(r"[2-9]\d{7,8}")


class CellError(Exception):
    """A cell that cannot be read; `sentence` says why."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


@dataclass(frozen=True)
class Column:
    """One column. `field` is the key of `checks.check_details` for its errors."""

    name: str  # the English heading
    heading_th: str
    field: str
    write: Callable[[AgencyDetails], str]
    read: Callable[[AgencyDetails, str, str], AgencyDetails]  # (details, text, the centre's province) -> details

    @property
    def heading(self) -> BilingualText:
        """The heading in both languages."""
        return BilingualText(self.heading_th, self.name)


def _plain(name: str, heading_th: str, tidy: Callable[[str], str] = str) -> Column:
    return Column(
        name,
        heading_th,
        name,
        write=lambda details: str(getattr(details, name)),
        read=lambda details, text, province: _replace(details, name, tidy(text)),
    )


def _replace(details: AgencyDetails, name: str, value: object) -> AgencyDetails:
    changes: dict[str, Any] = {name: value}
    return replace(details, **changes)


def _choice(name: str, heading_th: str, names: Mapping[Any, BilingualText]) -> Column:
    """A code. It is read from the code or from its name in either language, and written as the code."""
    codes = {form.casefold(): str(code) for code, text in names.items() for form in (code, text.th, text.en)}
    return _plain(name, heading_th, lambda text: codes.get(text.casefold(), text))


def _contact(prefix: str, field: str, part: str, heading_th: str) -> Column:
    tidy = _phone if part == "phone" else str

    def read(details: AgencyDetails, text: str, province: str) -> AgencyDetails:
        contact: ContactDetails = getattr(details, field)
        return _replace(details, field, replace(contact, **{part: tidy(text)}))

    return Column(
        f"{prefix}_{part}",
        heading_th,
        f"{field}.{part}",
        write=lambda details: str(getattr(getattr(details, field), part)),
        read=read,
    )


def _phone(text: str) -> str:
    return f"0{text}" if _WITHOUT_ZERO.fullmatch(text) else text


def _read_area_cell(details: AgencyDetails, text: str, province: str) -> AgencyDetails:
    codes, unknown = read_areas(text, province)
    if unknown:
        raise CellError(BilingualText(_NO_AREA.th.format(unknown[0]), _NO_AREA.en.format(unknown[0])))
    return replace(details, areas=codes)


def _read_days(details: AgencyDetails, text: str, province: str) -> AgencyDetails:
    if text and not (text.isascii() and text.isdigit() and len(text) < 6):
        raise CellError(_NOT_A_NUMBER)
    return replace(details, declared_days=int(text) if text else None)


def _read_in_use(details: AgencyDetails, text: str, province: str) -> AgencyDetails:
    if text and text.casefold() not in _YES + _NO:
        raise CellError(_NOT_YES_OR_NO)
    return replace(details, is_active=text.casefold() not in _NO)


COLUMNS = (
    _plain("code", "รหัสหน่วยงาน", str.lower),
    _plain("name_th", "ชื่อหน่วยงาน"),
    _plain("name_en", "ชื่อภาษาอังกฤษ"),
    _choice("kind", "ประเภทหน่วยงาน", KINDS),
    _choice("level", "ระดับ", LEVELS),
    Column("areas", "พื้นที่รับผิดชอบ", "areas", lambda details: ";".join(details.areas), _read_area_cell),
    _plain("email", "อีเมล"),
    _plain("phone", "โทรศัพท์", _phone),
    _plain("address", "ที่อยู่"),
    Column(
        "declared_days",
        "กำหนดแล้วเสร็จ (วันทำการ)",
        "declared_days",
        lambda details: "" if details.declared_days is None else str(details.declared_days),
        _read_days,
    ),
    _plain("supervising_code", "รหัสหน่วยงานกำกับดูแล", str.lower),
    _contact("contact", "contact_point", "name", "ผู้ประสานงาน"),
    _contact("contact", "contact_point", "position", "ตำแหน่งผู้ประสานงาน"),
    _contact("contact", "contact_point", "phone", "โทรศัพท์ผู้ประสานงาน"),
    _contact("contact", "contact_point", "email", "อีเมลผู้ประสานงาน"),
    _contact("cceo", "cceo", "name", "ผู้บริหาร CCEO"),
    _contact("cceo", "cceo", "position", "ตำแหน่ง CCEO"),
    _contact("cceo", "cceo", "phone", "โทรศัพท์ CCEO"),
    _contact("cceo", "cceo", "email", "อีเมล CCEO"),
    Column("in_use", "ใช้งาน", "is_active", lambda details: "yes" if details.is_active else "no", _read_in_use),
)
REQUIRED_COLUMNS = ("code", "name_th", "kind")
