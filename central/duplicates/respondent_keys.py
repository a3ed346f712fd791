"""The comparable form of whom or what a complaint is about: a person, an agency, a shop, a vehicle, a place. Pure.

The same respondent is written in many ways: with a title or a rank, an abbreviation, Thai digits, other spaces, the
surname first, one sign wrong. Each form that is likely becomes one key here; `tokens` hashes the keys."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from central.cases.codes import RespondentType
from central.search.words import normalise
from thai import places
from thai.sound_alike import sound_key


@dataclass(frozen=True)
class RespondentKeys:
    """The keys of one respondent. Equal `exact` keys: the same. Equal `near` keys: one sign, or two, may differ."""

    type: RespondentType
    exact: tuple[str, ...] = field(repr=False)
    near: tuple[str, ...] = field(default=(), repr=False)


_MIN_KEY_SIGNS = 4
_MIN_NEAR_SIGNS = 7  # shorter names of different people differ by one sign too often
_MAX_SOURCE_CHARS = 500
_ABBREVIATIONS = (  # the longer ones first
    (r"รพ\.?\s?สต\.", "โรงพยาบาลส่งเสริมสุขภาพตำบล"),
    (r"รพ\.", "โรงพยาบาล"),
    (r"อบต\.|อ\.บ\.ต\.", "องค์การบริหารส่วนตำบล"),
    (r"อบจ\.|อ\.บ\.จ\.", "องค์การบริหารส่วนจังหวัด"),
    (r"(?<![ก-๙])ทต\.", "เทศบาลตำบล"),
    (r"(?<![ก-๙])ทม\.", "เทศบาลเมือง"),
    (r"(?<![ก-๙])ทน\.", "เทศบาลนคร"),
    (r"สภ\.", "สถานีตำรวจภูธร"),
    (r"(?<![ก-๙])สน\.", "สถานีตำรวจนครบาล"),
    (r"ร\.ร\.|(?<![ก-๙])รร\.", "โรงเรียน"),
    (r"กฟภ\.?", "การไฟฟ้าส่วนภูมิภาค"),
    (r"กปภ\.?", "การประปาส่วนภูมิภาค"),
    (r"สนง\.|สำนักงานงาน", "สำนักงาน"),
    (r"บจก\.|บมจ\.|บจ\.", "บริษัท "),
    (r"หจก\.", "ห้างหุ้นส่วนจำกัด "),
    (r"ผญบ\.", "ผู้ใหญ่บ้าน "),
    (r"ผอ\.", "ผู้อำนวยการ"),
    (r"(?<![ก-๙])จ\.", " จังหวัด"),
    (r"(?<![ก-๙])อ\.", " อำเภอ"),
    (r"(?<![ก-๙])ต\.", " ตำบล"),
    (r"(?<![ก-๙])ม\.\s?(?=\d)", " หมู่ "),
    (r"หมู่ที่|หมู่บ้านที่", "หมู่ "),
)
_EXPANSIONS = tuple((re.compile(pattern), text) for pattern, text in _ABBREVIATIONS)
_TITLE = re.compile(
    r"^(?:นางสาว|น\.\s?ส\.|นาย(?!ก|อำเภอ|ช่าง|ทะเบียน|ทุน)|นาง|เด็กชาย|เด็กหญิง|ด\.\s?[ชญ]\.|คุณ|ดร\.|พระครู|พระ(?=[ก-ฮ])|"
    r"ว่าที่\s?|ร้อย(?:ตรี|โท|เอก)|พัน(?:ตรี|โท|เอก)|จ่าสิบ(?:ตรี|โท|เอก)|สิบ(?:ตรี|โท|เอก)|ดาบตำรวจ|"
    r"[พรจสด]\.\s?(?:ต\.\s?)?(?:ส\.\s?)?[ตทอ]\.|mrs\.?|miss|mr\.?|ms\.?)\s*"
)
_ROLE = (
    "ผู้ใหญ่บ้าน|ผู้ช่วยผู้ใหญ่บ้าน|กำนัน|นายก(?:เทศมนตรี|องค์การบริหารส่วนตำบล|องค์การบริหารส่วนจังหวัด)|ปลัด|นายอำเภอ|ผู้อำนวยการ|"
    "ครูใหญ่|เจ้าอาวาส|สารวัตร|ผู้กำกับ"
)
_ROLE_OF = re.compile(rf"^(?:{_ROLE})")
_ROLE_BEHIND = re.compile(rf"\s+(?:ซึ่งเป็น|เป็น|ตำแหน่ง)?\s*(?:{_ROLE}).*$")
_NUMBER_OF_VILLAGE = re.compile(r"หมู่\s*(\d{1,2})")
_OFFICES = re.compile(
    r"^(?:เทศบาล|องค์การบริหาร|สถานีตำรวจ|โรงเรียน|โรงพยาบาล|สำนักงาน|ที่ว่าการ|ที่ทำการ|กรม|กองทุน|การไฟฟ้า|การประปา|แขวง|ศูนย์|"
    r"มหาวิทยาลัย|วิทยาลัย|วัด|ด่าน|สหกรณ์)"
)
_LARGER_AREA = re.compile(r"\s*(?:อำเภอ|จังหวัด).*$")
_COMPANY = re.compile(
    r"ห้างหุ้นส่วนจำกัด|บริษัท|จำกัด|\(?มหาชน\)?|ร้านอาหาร|ร้านค้า|ร้าน|โรงงาน|อู่ซ่อมรถ|อู่|สาขา.*$|\bco\b\.?|\bltd\b\.?|\bshop\b"
)
_IS_COMPANY = re.compile(r"^(?:ห้างหุ้นส่วน|บริษัท|ร้าน|โรงงาน|โรงสี|โรงแรม|อู่|ฟาร์ม|ตลาด|เพจ|ปั๊ม)|จำกัด")
_LETTERS = re.compile(r"[^\w\u0e00-\u0e7f]+|_")
_DIGITS = re.compile(r"\d")
_PLATE = re.compile(r"(?<![\dก-ฮ/])(\d?\s?[ก-ฮ]{1,3})[\s.-]{0,3}(\d{1,4})(?![\d/])|(?<!\d)(\d{2})-(\d{4})(?!\d)")
_SAYS_PLATE = re.compile(r"ทะเบียน(?:รถ)?(?:หมายเลข|เลขที่|เลข|คือ)?\s*")
_MAX_BEHIND_WORD = 24
_HOUSE = re.compile(r"(?:บ้านเลขที่|เลขที่)\s*(\d{1,4}(?:/\d{1,4})?)|^\s*(\d{1,4}/\d{1,4})")
_TAMBON_DIGITS, _DISTRICT_DIGITS, _PROVINCE_DIGITS = 6, 4, 2


def respondent_keys(text: str, area: str, stated: RespondentType | None = None) -> RespondentKeys | None:
    """The keys of the respondent with this name, plate or address; None for a text that names nothing. `area` is the
    DOPA code of the case: an agency or a house number means something only with its place. `stated` is the type as an
    officer has chosen it."""
    written = _written(text[:_MAX_SOURCE_CHARS])
    untitled = _without_titles(written)
    line = _expanded(written)
    if stated in (None, RespondentType.VEHICLE) and (plates := tuple(_plates(line, is_plate=stated is not None))):
        return RespondentKeys(RespondentType.VEHICLE, plates)
    if stated in (None, RespondentType.PLACE) and (address := _address(line, area)):
        return RespondentKeys(RespondentType.PLACE, (address,))
    name = _expanded(untitled)
    if untitled == written and _ROLE_OF.match(name):
        key = f"{_sounds(_role_key(name))}|{_local(area, _TAMBON_DIGITS)}"
        return RespondentKeys(stated or RespondentType.PERSON, (key,))
    if stated is RespondentType.AGENCY or (stated is None and _OFFICES.match(name)):
        return _keys(RespondentType.AGENCY, [_joined(_LARGER_AREA.sub("", name))], _local(area, _PROVINCE_DIGITS))
    if stated is RespondentType.PLACE:
        return _keys(stated, [_joined(name)], _local(area, _DISTRICT_DIGITS))
    if stated is RespondentType.SHOP or (stated is None and _IS_COMPANY.search(name)):
        return _keys(RespondentType.SHOP, [_joined(_COMPANY.sub(" ", _LARGER_AREA.sub("", name)))], "")
    name = _ROLE_BEHIND.sub("", name)
    words = _LETTERS.sub(" ", name).split()
    return _keys(RespondentType.PERSON, ["".join(words), "".join(sorted(words))], "")


def plates_in(text: str) -> tuple[str, ...]:
    """The keys of the plates that a longer text names as such («ทะเบียน กข 1234»)."""
    line = _expanded(_written(text))
    behind = (line[match.end() : match.end() + _MAX_BEHIND_WORD] for match in _SAYS_PLATE.finditer(line))
    return tuple(dict.fromkeys(plate for each in behind for plate in list(_plates(each, is_plate=True))[:1]))


def name_keys(names: str) -> tuple[str, ...]:
    """The keys of a complainant's name without its title: as written, and in any order of its parts."""
    words = _LETTERS.sub(" ", _without_titles(_written(names))).split()
    return tuple(dict.fromkeys(_sounds(key) for key in ("".join(words), "".join(sorted(words))) if key))


def _written(text: str) -> str:
    return " ".join(normalise(text).split())


def _without_titles(name: str) -> str:
    while (shorter := _TITLE.sub("", name, count=1)) != name:
        name = shorter
    return name


def _expanded(line: str) -> str:
    for pattern, long_form in _EXPANSIONS:
        line = pattern.sub(long_form, line)
    return " ".join(line.split())


def _plates(line: str, *, is_plate: bool) -> Iterator[str]:
    """Without `is_plate` only of a text that is a plate, or says so and has little else: «หมู่ 12» has letters and
    digits too."""
    bare = _SAYS_PLATE.sub(" ", line)
    for match in _PLATE.finditer(bare):
        letters, digits, first, second = match.groups()
        around = len(_LETTERS.sub("", bare)) - len(_LETTERS.sub("", match[0]))
        if is_plate or around == 0 or (around <= _MAX_BEHIND_WORD and _SAYS_PLATE.search(line)):
            yield f"{letters.replace(' ', '')}{int(digits)}" if letters else f"{first}-{second}"


def _address(line: str, area: str) -> str:
    house, village = _HOUSE.search(line), _NUMBER_OF_VILLAGE.search(line)
    if not house or len(area) < _TAMBON_DIGITS:
        return ""
    return f"{house[1] or house[2]}|{village[1].lstrip('0') if village else ''}|{area}"


def _role_key(name: str) -> str:
    village = _NUMBER_OF_VILLAGE.search(name)
    role = _ROLE_OF.match(name)
    return f"{role[0] if role else ''}{village[1].lstrip('0') if village else _joined(_LARGER_AREA.sub('', name))}"


def _local(area: str, digits: int) -> str:
    return area[:digits] if places.place(area[:digits]) else ""


def _joined(text: str) -> str:
    return "".join(_LETTERS.sub(" ", text).split())


def _sounds(key: str) -> str:
    return sound_key(key).replace("์", "")


def _keys(kind: RespondentType, names: Sequence[str], place: str) -> RespondentKeys | None:
    keys = [
        key for key in dict.fromkeys(_sounds(name) for name in names) if len(_DIGITS.sub("", key)) >= _MIN_KEY_SIGNS
    ]
    if not keys:
        return None
    last = keys[-1]  # the one that does not depend on the order of the parts
    signs = [at for at, sign in enumerate(last) if not sign.isdigit()]  # another number is another respondent
    near = [last, *(last[:at] + last[at + 1 :] for at in signs)] if len(last) >= _MIN_NEAR_SIGNS else []
    return RespondentKeys(
        kind, tuple(f"{key}|{place}" for key in keys), tuple(dict.fromkeys(f"{key}|{place}" for key in near))
    )
