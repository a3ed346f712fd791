"""The text of a post as it is stored, and the place that it names.

An author is never part of it. Names after @, addresses of pages and mails, numbers and plates are masked: they lead to
the author or to people who are written about."""

import html
import re

from central.listening.models import MAX_POST_CHARS
from central.masking import mask_numbers
from central.plain_text import without_controls
from thai import places

_TAG = re.compile(r"<[^<>]{0,2000}>")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S{1,2000}", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w.])@[\w.\-]{2,64}")
_ADDRESS_MASK, _HANDLE_MASK = "[ลิงก์]", "[ชื่อผู้ใช้]"
_SPACES = re.compile(r"[^\S\n]+")  # of every kind: many in a row would make the next pattern take seconds
_EMPTY_LINES = re.compile(r"\s*\n\s*")
_MIN_BARE_NAME_CHARS = 5  # «พล» and «เขาวง» occur inside other words; a longer name stands for the district
_CAPITAL = "เมือง"
_MAX_RAW_CHARS = 20_000


def clean_post(raw: str) -> str:
    """The text without markup and with masks, cut to the stored length."""
    storable = raw[:_MAX_RAW_CHARS].encode("utf-8", "replace").decode()  # JSON can have halves of characters
    text = html.unescape(_TAG.sub(" ", storable))
    text = _HANDLE.sub(_HANDLE_MASK, mask_numbers(_ADDRESS.sub(_ADDRESS_MASK, without_controls(text))))
    return _EMPTY_LINES.sub("\n", _SPACES.sub(" ", text.replace("\r", ""))).strip()[:MAX_POST_CHARS]


def area_named(text: str, province_code: str) -> str:
    """The code of the tambon or district that the text names, '' when it names none or several. Without a province, the
    one that the text names."""
    province_code = province_code or _province_named(text)
    if not province_code:
        return ""
    districts = [each for each in places.districts(province_code) if _names_district(text, each)]
    if len(districts) > 1:
        return ""
    within = districts or list(places.districts(province_code))
    tambons = [each.code for district in within for each in places.tambons(district.code) if _names_tambon(text, each)]
    if len(tambons) == 1:
        return tambons[0]
    return districts[0].code if districts else ""


def _province_named(text: str) -> str:
    named = [each.code for each in places.provinces() if re.search(rf"(?:จังหวัด|จ\.)\s?{re.escape(each.th)}", text)]
    return named[0] if len(named) == 1 else ""


def _names_district(text: str, district: places.Place) -> bool:
    if re.search(rf"(?:อำเภอ|อ\.)\s?{re.escape(district.th)}", text):
        return True
    if district.th.startswith(_CAPITAL):
        return district.th in text or re.search(rf"(?:อำเภอ|อ\.)\s?{_CAPITAL}(?![ก-๛])", text) is not None
    return len(district.th) >= _MIN_BARE_NAME_CHARS and district.th in text


def _names_tambon(text: str, tambon: places.Place) -> bool:
    return re.search(rf"(?:ตำบล|ต\.)\s?{re.escape(tambon.th)}", text) is not None
