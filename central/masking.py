"""Masks what identifies a person in a text by its form alone: citizen ids, telephone numbers, vehicle plates and mail
addresses; and names that the caller knows. Pure.

A number is masked only when it is one: a citizen id has its check digit, a telephone number is one of the numbering
plan. So numbers of houses, contracts and letters stay readable."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from protocol.bilingual_text import BilingualText
from thai import id_number, phone
from thai.numerals import digits


class Masked(StrEnum):
    """What stood in the place of a mask."""

    CITIZEN_ID = "citizen_id"
    PHONE = "phone"
    PLATE = "plate"
    EMAIL = "email"
    NAME = "name"


MASKS: Mapping[Masked, BilingualText] = {
    Masked.CITIZEN_ID: BilingualText("[เลขประจำตัวประชาชน]", "[citizen ID]"),
    Masked.PHONE: BilingualText("[เบอร์โทรศัพท์]", "[phone number]"),
    Masked.PLATE: BilingualText("[ทะเบียนรถ]", "[vehicle plate]"),
    Masked.EMAIL: BilingualText("[อีเมล]", "[e-mail]"),
    Masked.NAME: BilingualText("[ชื่อผู้ร้อง]", "[complainant]"),
}
_MIN_NAME_CHARS = 2
_DIGIT = "[0-9๐-๙]"
# A run of 9 to 15 digits with single separators, as people write numbers. What it is, its digits say.
_NUMBER = re.compile(rf"(?<!{_DIGIT})(?:\+\s?)?{_DIGIT}(?:[\s()./\u2010-\u2015-]{{0,2}}{_DIGIT}){{8,14}}(?!{_DIGIT})")
# The local part is bounded: a run of 20,000 letters would be tried from each of them.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# Thai words of two consonants before a number are frequent («พบ 2», «รถ 3 คัน»). So a plate without a word for it before
# it has four digits that are no year, or its digit before the consonants: «กข 1234», «1กข 12».
_PLATE = re.compile(
    rf"(?<![ก-๛\w])(?:{_DIGIT}[ก-ฮ]{{2}}[\s-]?{_DIGIT}{{1,4}}|[ก-ฮ]{{2}}[\s-]?(?![2๒][456๔๕๖]|[1๑][9๙]|[2๒][0๐]){_DIGIT}{{4}})"
    rf"(?!{_DIGIT})"
)
_PLATE_AFTER_WORD = re.compile(
    r"(ทะเบียน(?:\s?(?:รถ|เลขที่|หมายเลข))?|รถ(?:ยนต์|เก๋ง|กระบะ|ตู้|บรรทุก|จักรยานยนต์)?|มอเตอร์ไซค์|ป้าย)(\s?:?\s?)"
    rf"(?:{_DIGIT}\s?)?[ก-ฮ]{{1,3}}[\s-]?{_DIGIT}{{1,4}}(?!{_DIGIT})"
)


def mask_numbers(text: str, language: str = "th") -> str:
    """The text with masks in 'th' or 'en'."""

    def number(match: re.Match[str]) -> str:
        kind = _kind_of(match[0])
        return MASKS[kind].in_language(language) if kind else match[0]

    plate = MASKS[Masked.PLATE].in_language(language)
    text = _EMAIL.sub(MASKS[Masked.EMAIL].in_language(language), text)
    text = _NUMBER.sub(number, text)
    text = _PLATE_AFTER_WORD.sub(rf"\1\2{plate}", text)
    return _PLATE.sub(plate, text)


def cover_own_names(text: str, own_names: Iterable[str], cover: str) -> str:
    """The text with `cover` in place of each of these names, in capital letters or not. The longest is tried first: a
    shorter name may be the beginning of another one."""
    names = sorted({name for name in own_names if len(name) >= _MIN_NAME_CHARS}, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, names)), cover, text, flags=re.IGNORECASE) if names else text


def _kind_of(written: str) -> Masked | None:
    number = digits(written)
    if id_number.is_valid(number):
        return Masked.CITIZEN_ID
    try:
        phone.normalise(written)
    except ValueError:
        return None
    return Masked.PHONE
