"""Bytes of the card become words. Never raises: a card is somebody else's data, and manual entry follows."""

import re
from typing import Final

from drivers.ports.card_reader import CardAddress, PersonName
from thai import places

PADDING: Final = " \xa0"
CONTROL_CHARACTERS: Final = dict.fromkeys((*range(0x20), 0x7F), " ")  # no database keeps a NUL, within a name neither

# Part of the address by its prefix, long forms first; a house number has none.
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


def text(raw: bytes) -> str:
    """cp874 (TIS-620 as browsers know it) without the padding; undefined bytes become U+FFFD, controls spaces."""
    return raw.decode("cp874", errors="replace").translate(CONTROL_CHARACTERS).strip(PADDING)


def digits(raw: bytes) -> str:
    """The ASCII digits in a field of digits."""
    return "".join(chr(byte) for byte in raw if 0x30 <= byte <= 0x39)


def name(raw: bytes) -> PersonName:
    """Title, first, middle and last name, divided by '#'; what is missing is ''."""
    parts = [part.strip(PADDING) for part in text(raw).split("#")]
    return PersonName(*(parts + [""] * 4)[:4])


def birth_date(raw: bytes) -> str:
    """'YYYYMMDD' in the Buddhist era, month and day '00' where unknown; '' if it is no such thing."""
    date = digits(raw)
    return date if len(date) == 8 and int(date[4:6]) <= 12 and int(date[6:]) <= 31 else ""


def sex(raw: bytes) -> str:
    """'1' male, '2' female, else ''."""
    return digits(raw) if digits(raw) in ("1", "2") else ""


def address(raw: bytes) -> CardAddress:
    """Eight parts divided by '#', told by their prefix, else by their position (Bangkok writes some without)."""
    whole = text(raw)
    parts = [part.strip(PADDING) for part in whole.split("#")]
    found: dict[str, str] = {}
    nameless: list[tuple[int, str]] = []
    for index, part in enumerate(parts):
        field, rest = split_prefix(part)
        if field and field not in found:
            found[field] = rest
        elif part:
            nameless.append((index, part))
    # Counted from the end, because cards with fewer parts leave out the middle ones.
    shift = len(ADDRESS_PART_ORDER) - len(parts)
    for index, part in nameless:
        position = index if index == 0 else index + shift
        if len(parts) > 1 and 0 <= position < len(ADDRESS_PART_ORDER):
            found.setdefault(ADDRESS_PART_ORDER[position], part)
    area = places.resolve_code(found.get("province", ""), found.get("amphoe", ""), found.get("tambon", ""))
    return CardAddress(raw=re.sub(r"[\s#]+", " ", whole).strip(), area=area, **found)


def split_prefix(part: str) -> tuple[str, str]:
    """('tambon', 'บ้านเป็ด') for 'ตำบลบ้านเป็ด'; ('', part) without a known prefix."""
    for field, prefixes in ADDRESS_PREFIXES.items():
        for prefix in prefixes:
            if part.startswith(prefix) and len(part) > len(prefix):
                return field, part.removeprefix(prefix).strip()
    return "", part
