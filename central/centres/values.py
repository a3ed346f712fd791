"""The values of one centre, and what is wrong with each of them alone. `central.centres.rules` checks the tree."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from protocol.bilingual_text import BilingualText
from protocol.centre_kind import CentreKind
from thai import places
from thai.places import BANGKOK_CODE

MAX_SLUG_CHARS = 50
MAX_NAME_CHARS = 200
MAX_URL_CHARS = 200
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_THAI = re.compile("[\u0e01-\u0e5b]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

_SLUG_FORM = BilingualText(
    "ชื่อย่อใช้ตัวอักษร a–z ตัวเลข และขีดกลาง ไม่เกิน 50 ตัว เช่น nam-phong",
    "The short name has letters a–z, digits and single hyphens, at most 50, such as nam-phong",
)
_NAME_MISSING = BilingualText("ต้องมีชื่อทั้งภาษาไทยและภาษาอังกฤษ", "A name is needed in Thai and in English")
_NAME_FORM = BilingualText(
    f"ชื่อขึ้นต้นด้วยตัวอักษร ยาวไม่เกิน {MAX_NAME_CHARS} ตัวอักษร ในบรรทัดเดียว",
    f"A name begins with a letter and has at most {MAX_NAME_CHARS} characters on one line",
)
_NOT_THAI = BilingualText("ชื่อภาษาไทยต้องมีอักษรไทย", "The Thai name needs Thai letters")
_NOT_ENGLISH = BilingualText("ชื่อภาษาอังกฤษต้องไม่มีอักษรไทย", "The English name has no Thai letters")
_BAD_URL = BilingualText(
    "ที่อยู่เว็บไม่ถูกต้อง ตัวอย่าง https://track.example.go.th",
    "This is not a web address such as https://track.example.go.th",
)
_BANGKOK_DISTRICT = BilingualText(
    "เขตของกรุงเทพมหานครไม่ใช่อำเภอ จึงไม่มีศูนย์ดำรงธรรมอำเภอ", "A district of Bangkok is no amphoe and has no district centre"
)


@dataclass(frozen=True)
class CentreRow:
    """The values of one centre. `parent` is the slug of the centre above, '' for one at the top."""

    slug: str
    area_code: str
    name_th: str
    name_en: str
    parent: str = ""
    public_url: str = ""
    is_active: bool = True

    @property
    def kind(self) -> CentreKind:
        """Ministry, province or district."""
        return CentreKind.of_area(self.area_code)


def find_value_errors(row: CentreRow) -> dict[str, BilingualText]:
    """What is wrong with the values, by field: at most one sentence each."""
    errors = {
        "slug": _slug_error(row.slug),
        "area_code": _area_error(row.area_code),
        "name_th": _name_error(row.name_th) or (None if _THAI.search(row.name_th) else _NOT_THAI),
        "name_en": _name_error(row.name_en) or (_NOT_ENGLISH if _THAI.search(row.name_en) else None),
        "public_url": _url_error(row.public_url),
    }
    return {name: error for name, error in errors.items() if error}


def _slug_error(slug: str) -> BilingualText | None:
    return None if _SLUG.fullmatch(slug) and len(slug) <= MAX_SLUG_CHARS else _SLUG_FORM


def _area_error(code: str) -> BilingualText | None:
    if code and (len(code) not in (2, 4) or not code.isascii() or places.place(code) is None):
        return BilingualText(
            f"{code[:20]} ไม่ใช่รหัสจังหวัดหรืออำเภอ ขอนแก่นคือ 40 และอำเภอเมืองขอนแก่นคือ 4001",
            f"{code[:20]} is not a province or district; Khon Kaen is 40, its capital district 4001",
        )
    return _BANGKOK_DISTRICT if len(code) == 4 and code.startswith(BANGKOK_CODE) else None


def _name_error(name: str) -> BilingualText | None:
    if not name.strip():
        return _NAME_MISSING
    # A name that begins with '=' or '+' would be a formula in the spreadsheet that opens an exported file.
    is_well_formed = name[0].isalnum() and len(name) <= MAX_NAME_CHARS and not _CONTROL.search(name)
    return None if is_well_formed else _NAME_FORM


def _url_error(url: str) -> BilingualText | None:
    if not url:
        return None
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        return _BAD_URL
    return _BAD_URL if len(url) > MAX_URL_CHARS else None
