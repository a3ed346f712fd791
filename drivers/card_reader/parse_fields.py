"""Bytes of the card as text. Only `to_citizen_id` raises: the citizen can correct every other field."""

import re
from collections.abc import Mapping
from typing import Final

from drivers.card_reader.card_map import CardField
from drivers.ports.card_reader import CardAddress, CardFault, CardReadError, CitizenCard, PersonName
from thai import places
from thai.id_number import CitizenId

PADDING: Final = " \xa0"
CONTROL_CHARACTERS: Final = dict.fromkeys((*range(0x20), 0x7F), " ")  # no database stores a NUL

# Prefixes of each part of an address, long forms first; a house number has none.
ADDRESS_PREFIXES: Final = {
    "moo": ("หมู่ที่", "หมู่", "ม."),
    "trok": ("ตรอก",),
    "soi": ("ซอย", "ซ."),
    "road": ("ถนน", "ถ."),
    "tambon": ("ตำบล", "แขวง", "ต."),
    "amphoe": ("อำเภอ", "เขต", "อ."),
    "province": ("จังหวัด", "จ."),
}
ADDRESS_PART_ORDER: Final = ("house", "moo", "trok", "soi", "road", "tambon", "amphoe", "province")


def to_citizen(fields: Mapping[CardField, bytes]) -> CitizenCard:
    """The CitizenCard with the text of the citizen fields as read. Raises CardReadError(BAD_CONTENT)."""
    return CitizenCard(
        citizen_id=to_citizen_id(fields),
        name=name(fields[CardField.NAME_TH]),
        birth_date=birth_date(fields[CardField.BIRTH_DATE]),
        sex=sex(fields[CardField.SEX]),
        address=address(fields[CardField.ADDRESS]),
        card_version=text(fields[CardField.VERSION]),
    )


def to_citizen_id(fields: Mapping[CardField, bytes]) -> CitizenId:
    """The 13 digits with a valid check digit. Raises CardReadError(BAD_CONTENT)."""
    try:
        return CitizenId(text(fields[CardField.CITIZEN_ID]))
    except ValueError:
        raise CardReadError(CardFault.BAD_CONTENT) from None


def text(raw: bytes) -> str:
    """Decoded as cp874 (TIS-620 as browsers know it), without padding. Undefined bytes become U+FFFD, control
    characters spaces."""
    return raw.decode("cp874", errors="replace").translate(CONTROL_CHARACTERS).strip(PADDING)


def digits(raw: bytes) -> str:
    """The ASCII digits in a field of digits."""
    return "".join(chr(byte) for byte in raw if 0x30 <= byte <= 0x39)


def name(raw: bytes) -> PersonName:
    """Title, first, middle and last name, separated by '#'; a missing part is ''."""
    parts = [part.strip(PADDING) for part in text(raw).split("#")]
    return PersonName(*(parts + [""] * 4)[:4])


def birth_date(raw: bytes) -> str:
    """'YYYYMMDD' in the Buddhist era, month and day '00' where unknown; '' where it is not a date."""
    date = digits(raw)
    return date if len(date) == 8 and int(date[4:6]) <= 12 and int(date[6:]) <= 31 else ""


def sex(raw: bytes) -> str:
    """'1' male, '2' female, else ''."""
    return digits(raw) if digits(raw) in ("1", "2") else ""


def address(raw: bytes) -> CardAddress:
    """Eight parts separated by '#', recognised by prefix, otherwise by position (Bangkok omits some prefixes)."""
    address_text = text(raw)
    parts = [part.strip(PADDING) for part in address_text.split("#")]
    fields: dict[str, str] = {}
    without_prefix: list[tuple[int, str]] = []
    for index, part in enumerate(parts):
        field, rest = split_prefix(part)
        if field and field not in fields:
            fields[field] = rest
        elif part:
            without_prefix.append((index, part))
    # Counted from the end, because cards with fewer parts omit middle ones.
    shift = len(ADDRESS_PART_ORDER) - len(parts)
    for index, part in without_prefix:
        position = index if index == 0 else index + shift
        if len(parts) > 1 and 0 <= position < len(ADDRESS_PART_ORDER):
            fields.setdefault(ADDRESS_PART_ORDER[position], part)
    area = places.resolve_code(fields.get("province", ""), fields.get("amphoe", ""), fields.get("tambon", ""))
    return CardAddress(raw=re.sub(r"[\s#]+", " ", address_text).strip(), area=area, **fields)


def split_prefix(part: str) -> tuple[str, str]:
    """('tambon', 'บ้านเป็ด') for 'ตำบลบ้านเป็ด'; ('', part) without a known prefix."""
    for field, prefixes in ADDRESS_PREFIXES.items():
        for prefix in prefixes:
            if part.startswith(prefix) and len(part) > len(prefix):
                return field, part.removeprefix(prefix).strip()
    return "", part
