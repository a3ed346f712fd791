"""The excerpt of a complaint's text in lists, without what names or reaches a person (decision 0059). Pure.

Lists are read over shoulders and printed, and reading one is not audited. So only a case with a disclosed name has an
excerpt, and in it numbers, addresses of the internet and names after a title are covered."""

import re

from protocol.choices import NameDisclosure

SOURCE_CHARS = 240  # as much of the text as an excerpt can need
MAX_CHARS = 110  # about the width of the column on a wide screen
COVER = "▪▪▪"

# A word after «นาย» that makes it an office: «นายอำเภอ» is nobody's name.
_OFFICES = "อำเภอ|ก(?:\\s|อบต|อบจ|เทศ|สมาคม)|ช่าง|ทะเบียน|ทุน|หน้า|จ้าง|ตรวจ|แพทย์|ทหาร|ตำรวจ|ด่าน"
_TITLES = (
    f"นาย(?!{_OFFICES})|นางสาว|นาง|น\\.\\s?ส\\.|เด็กชาย|เด็กหญิง|ด\\.\\s?[ชญต]\\.|[พรจส]\\.\\s?[ตทอ]\\.(?:\\s?[ตทอ]\\.)?|"
    "คุณ(?!ภาพ|สมบัติ|ค่า|ธรรม|ประโยชน์|ลักษณะ)|พระครู|หลวงพ่อ"
)
_NAME = re.compile(f"((?:{_TITLES}))\\s*[ก-๛]+(?:\\s+[ก-๛]{{1,20}})?")
_LATIN_NAME = re.compile(r"\b(Mr|Mrs|Ms|Miss|Dr)\b\.?\s+\w+(?:\s+[A-Z]\w+)?")
_NUMBER = re.compile(r"[0-9๐-๙](?:[\s./-]?[0-9๐-๙]){3,}")
# From the beginning of a run only: 20,000 signs without a space, tried from each sign, take seconds.
_INTERNET = re.compile(r"(?<!\S)\S*(?:@|://|www\.|line\s*(?:id\s*)?:)\S*(?:\s*\S+)?", re.IGNORECASE)


def excerpt(text: str, name_disclosure: str) -> str:
    """The beginning of the text on one line, covered; '' for a case whose name is withheld or not given."""
    if name_disclosure != NameDisclosure.NAMED.value:
        return ""
    line = cover(" ".join(text[:SOURCE_CHARS].split()))
    return line if len(line) <= MAX_CHARS else f"{line[: MAX_CHARS - 1].rstrip()}…"


def cover(line: str) -> str:
    """A line of text with names, numbers and addresses of the internet covered."""
    return cover_names(_NUMBER.sub(COVER, _INTERNET.sub(COVER, line)))


def cover_names(text: str) -> str:
    """A text with names after a title and addresses of the internet covered; numbers stay."""
    text = _INTERNET.sub(COVER, text)
    text = _LATIN_NAME.sub(rf"\1 {COVER}", text)
    return _NAME.sub(rf"\1{COVER}", text)
