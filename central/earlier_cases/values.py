"""Reads the cells of a file of earlier cases: dates of both eras, names with titles, telephones. Pure: no Django."""

import re
from dataclasses import dataclass, field
from datetime import date

from protocol.topics import TOPICS, Topic
from thai import id_number, numerals, phone
from thai.dates import month_number

_ERAS_APART = 543
_FIRST_BUDDHIST_YEAR = 2400
_SHORT_BUDDHIST_YEARS = range(37, 100)  # «67» is 2567: the centres opened in 2537
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_NUMBERS = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{2}|\d{4})(?:\s.*)?")
_WORDS = re.compile(r"(?:วัน\S*\s*(?:ที่)?\s*)?(\d{1,2})\s*([ก-๙.]+?)\s*(?:พ\.?ศ\.?\s*)?(\d{2}|\d{4})(?:\s.*)?")
_TITLES = (
    "นางสาว",
    "น.ส.",
    "นาง",
    "นาย",
    "เด็กชาย",
    "เด็กหญิง",
    "ด.ช.",
    "ด.ญ.",
    "พระครู",
    "พระ",
    "Mr.",
    "Mrs.",
    "Ms.",
    "Miss",
)
_NO_NAME = frozenset({"", "-", "ไม่ประสงค์ออกนาม", "ไม่ระบุ", "ไม่ระบุชื่อ", "ไม่เปิดเผย", "นิรนาม", "บัตรสนเท่ห์", "anonymous"})
# The words, without spaces, that say that a name is not withheld. Any other mark or word withholds it: a name that is
# shown by mistake cannot be taken back.
_NOT_WITHHELD = frozenset(
    {"", "ไม่", "ไม่ใช่", "ไม่มี", "ไม่ปกปิด", "ไม่ขอปกปิด", "ไม่ต้องปกปิด", "ไม่ประสงค์ปกปิด", "ไม่ลับ", "ปกติ", "ทั่วไป", "เปิดเผย"}
    | {"เปิดเผยได้", "ยินยอมเปิดเผย", "no", "n", "not", "none", "false", "f", "0", "๐", "0.0", "normal", "public", "open"}
)
_SPACES_AND_DASHES = re.compile(r"[\s\u200b\ufeff\-–—]+")


@dataclass(frozen=True)
class PersonName:
    """A name in its parts; `last` holds everything after the first word."""

    title: str = field(default="", repr=False)
    first: str = field(default="", repr=False)
    last: str = field(default="", repr=False)


def parse_date(text: str) -> date | None:
    """The date: ISO 8601, «5/1/2567», «5 ม.ค. 67», with Thai digits too; years of both eras. The day comes before the
    month. None for anything else."""
    typed = numerals.to_arabic(text).strip()
    if match := _ISO.fullmatch(typed):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMBERS.fullmatch(typed):
        return _date(_year(match[3]), int(match[2]), int(match[1]))
    if match := _WORDS.fullmatch(typed):
        month = month_number(match[2]) or month_number(_with_dots(match[2]))
        return _date(_year(match[3]), month, int(match[1])) if month else None
    return None


def _year(digits: str) -> int:
    """A year of two digits is of the Buddhist era, unless that would be before the first centres."""
    year = int(digits)
    if len(digits) == 4:
        return year
    return 2500 + year if year in _SHORT_BUDDHIST_YEARS else 2000 + year


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year - _ERAS_APART if year >= _FIRST_BUDDHIST_YEAR else year, month, day)
    except ValueError:
        return None


def _with_dots(month: str) -> str:
    """«มค» and «มค.» as «ม.ค.»."""
    letters = month.replace(".", "")
    return f"{letters[:-1]}.{letters[-1]}." if len(letters) > 1 else month


def parse_name(text: str) -> PersonName:
    """A full name in its parts. Empty for a complaint without a name."""
    name = " ".join(text.split())
    if name.casefold() in _NO_NAME:
        return PersonName()
    title = next((each for each in _TITLES if name.startswith(each)), "")
    first, _, last = name.removeprefix(title).strip().partition(" ")
    return PersonName(title, first, last) if first else PersonName(first=name)


def parse_phone(text: str) -> str:
    """The number, '' for none. A spreadsheet drops the zero at the beginning."""
    digits = numerals.digits(text)
    for candidate in (text, f"0{digits}"):
        try:
            return phone.normalise(candidate)
        except ValueError:
            continue
    return ""


def parse_citizen_id(text: str) -> str:
    """Thirteen digits with the right check digit, '' for anything else."""
    digits = numerals.digits(text)
    return digits if id_number.is_valid(digits) else ""


def parse_topic(text: str) -> Topic | None:
    """The topic with this name, or that shares a word of the official name with it. None for another text."""
    typed = re.sub(r"\s+", "", text)
    if not typed:
        return None
    for topic, facts in TOPICS.items():
        if typed in {
            re.sub(r"\s+", "", name) for name in (facts.name.th, facts.name.en, facts.official_th, topic.value)
        }:
            return topic
    for topic, facts in TOPICS.items():
        words = re.findall(r"[ก-๙]{4,}", f"{facts.official_th} {facts.name.th}")
        if topic is not Topic.OTHER and any(word in typed for word in words):
            return topic
    return None


def is_withheld(text: str) -> bool:
    """Whether a cell of the column «name withheld» withholds the name. Any text withholds it except an explicit no."""
    return _SPACES_AND_DASHES.sub("", text).casefold() not in _NOT_WITHHELD
