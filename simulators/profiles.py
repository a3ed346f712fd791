"""The cards one can insert: invented people, and two things that are no Thai ID card.

The numbers begin with 9, which no registry office has ever given out; their check digits are right.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from thai import id_number


class CardKind(Enum):
    """How a card behaves on the line. Values are for people."""

    MODERN = "modern"  # 61xx, then GET RESPONSE with P2=0
    OLD = "old"  # ATR 3B 67: GET RESPONSE wants P2=1
    PROMPT = "prompt"  # data and 9000 at once
    NOT_THAI = "not-thai"  # a bank card: the applet is unknown
    MUTE = "mute"  # upside down


ATRS: Final = {
    CardKind.MODERN: bytes.fromhex("3B799600005448204E4944203137"),
    CardKind.OLD: bytes.fromhex("3B67000000000000009000"),
    CardKind.PROMPT: bytes.fromhex("3B799600005448204E4944203137"),
    CardKind.NOT_THAI: bytes.fromhex("3B6800000073C84013009000"),
    CardKind.MUTE: bytes.fromhex("3B00"),
}


@dataclass(frozen=True)
class CardProfile:
    """What stands on a card; '#' divides the parts as on the chip."""

    kind: CardKind
    citizen_id: str = ""
    name_th: str = ""
    name_en: str = ""
    birth_date: str = ""  # Buddhist era YYYYMMDD
    sex: str = ""
    address: str = ""


def invented_id(serial: int) -> str:
    """A number nobody has, with a right check digit."""
    first12 = f"90000{serial:07d}"
    return f"{first12}{id_number.check_digit(first12)}"


PROFILES: Final = {
    "boonma": CardProfile(
        CardKind.MODERN,
        invented_id(7),
        "นาง#บุญมา##ใจดี",
        "Mrs.#Boonma##Jaidee",
        "24950412",
        "2",
        "99/1#หมู่ที่ 7####ตำบลบ้านเป็ด#อำเภอเมืองขอนแก่น#จังหวัดขอนแก่น",
    ),
    "somchai": CardProfile(
        CardKind.OLD,
        invented_id(12),
        "นาย#สมชาย#ก่ำ#รักน้ำดี",
        "Mr.#Somchai#Kam#Raknamdee",
        "24880000",  # day and month unknown, as for many of his age
        "1",
        "12#หมู่ที่ 3#ตรอกวัดป่า#ซอย 5#ถนนมิตรภาพ#ตำบลในเมือง#อำเภอน้ำพอง#จังหวัดขอนแก่น",
    ),
    "bangkok": CardProfile(
        CardKind.PROMPT,
        invented_id(31),
        "น.ส.#กัญญา##ศรีสว่าง",
        "Miss#Kanya##Srisawang",
        "25431231",
        "2",
        "88/123###ซอยสุขุมวิท 26#ถนนสุขุมวิท#แขวงคลองตัน#เขตคลองเตย#กรุงเทพมหานคร",
    ),
    "foreign-card": CardProfile(CardKind.NOT_THAI),
    "upside-down": CardProfile(CardKind.MUTE),
}
"""Card by the name one says to `kiosk simulate card insert`."""
