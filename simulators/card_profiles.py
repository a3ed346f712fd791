"""The cards that can be inserted: invented people, and some cards that are not Thai ID cards.

Their citizen ids begin with 9, which no registry office issues, and have correct check digits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from thai import id_number


class CardKind(Enum):
    """How a card responds. The values are for people."""

    MODERN = "modern"  # 61xx, then GET RESPONSE with P2=0
    OLD = "old"  # ATR 3B 67: GET RESPONSE needs P2=1
    DATA_AT_ONCE = "prompt"  # data and 9000 without GET RESPONSE
    LENGTH_CORRECTING = "correcting"  # 6Cxx to a read, which must be sent again with that length
    CHUNKED = "piecemeal"  # 61xx several times: at most 64 bytes per response
    TRUNCATING = "clipping"  # at most 100 bytes per read, however many are requested, and 9000
    NOT_THAI = "not-thai"  # a bank card: the applet is unknown
    BLANK = "blank"  # no applet at all: every command is unknown
    CONTACTLESS = "contactless"  # a transit card on the antenna of a dual reader: T=1, the applet is unknown
    MUTE = "mute"  # upside down


ATRS: Final = {
    CardKind.OLD: bytes.fromhex("3B67000000000000009000"),
    CardKind.NOT_THAI: bytes.fromhex("3B6800000073C84013009000"),
    CardKind.BLANK: bytes.fromhex("3B02145E"),
    CardKind.CONTACTLESS: bytes.fromhex("3B8F8001804F0CA000000306030001000000006A"),
    CardKind.MUTE: bytes.fromhex("3B00"),
}
MODERN_ATR: Final = bytes.fromhex("3B799600005448204E4944203137")


@dataclass(frozen=True)
class CardProfile:
    """The content of a card; '#' separates the parts as on the chip.

    `wrong_p2_status_word` is the response to GET RESPONSE with the wrong P2; a card that `drops_data_on_wrong_p2`
    discards the data then. `raw` replaces bytes of the file at their offsets, for content that cannot be given as text.
    """

    kind: CardKind
    citizen_id: str = ""
    name_th: str = ""
    name_en: str = ""
    birth_date: str = ""  # Buddhist era YYYYMMDD
    sex: str = ""
    address: str = ""
    version: str = "0003"
    expiry_date: str = "25760101"
    has_photo: bool = False
    wrong_p2_status_word: bytes = bytes.fromhex("6A86")
    drops_data_on_wrong_p2: bool = False
    raw: Mapping[int, bytes] = field(default_factory=dict, hash=False)

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return ATRS.get(self.kind, MODERN_ATR)


def make_citizen_id(serial: int) -> str:
    """An invented citizen id with a correct check digit."""
    first12 = f"90000{serial:07d}"
    return f"{first12}{id_number.check_digit(first12)}"


PROFILES: Final = {
    "boonma": CardProfile(
        CardKind.MODERN,
        make_citizen_id(7),
        "นาง#บุญมา##ใจดี",
        "Mrs.#Boonma##Jaidee",
        "24950412",
        "2",
        "99/1#หมู่ที่ 7####ตำบลบ้านเป็ด#อำเภอเมืองขอนแก่น#จังหวัดขอนแก่น",
        expiry_date="99999999",  # for life: she is past seventy
        has_photo=True,
    ),
    "somchai": CardProfile(
        CardKind.OLD,
        make_citizen_id(12),
        "นาย#สมชาย#ก่ำ#รักน้ำดี",
        "Mr.#Somchai#Kam#Raknamdee",
        "24880000",  # day and month unknown, as for many of his age
        "1",
        "12#หมู่ที่ 3#ตรอกวัดป่า#ซอย 5#ถนนมิตรภาพ#ตำบลในเมือง#อำเภอน้ำพอง#จังหวัดขอนแก่น",
    ),
    "bangkok": CardProfile(
        CardKind.DATA_AT_ONCE,
        make_citizen_id(31),
        "น.ส.#กัญญา##ศรีสว่าง",
        "Miss#Kanya##Srisawang",
        "25431231",
        "2",
        "88/123###ซอยสุขุมวิท 26#ถนนสุขุมวิท#แขวงคลองตัน#เขตคลองเตย#กรุงเทพมหานคร",
    ),
    "expired": CardProfile(
        CardKind.LENGTH_CORRECTING,
        make_citizen_id(58),
        "นาย#คำ##แสนดี",
        "Mr.#Kham##Saendee",
        "25100000",
        "1",
        "5#หมู่ที่ 2####ตำบลพระลับ#อำเภอเมืองขอนแก่น#จังหวัดขอนแก่น",
        expiry_date="25591231",
    ),
    "foreign-card": CardProfile(CardKind.NOT_THAI),
    "blank-card": CardProfile(CardKind.BLANK),
    "transit-card": CardProfile(CardKind.CONTACTLESS),
    "upside-down": CardProfile(CardKind.MUTE),
}
"""Cards by their name in `kiosk simulate card insert`."""
