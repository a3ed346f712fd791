"""Text templates of one split, and the writer that fills them with numbers, dates, names and places."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
_TO_THAI = str.maketrans("0123456789", THAI_DIGITS)
_MONTHS = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
_SHORT_MONTHS = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.",
    "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip
_SLOT = re.compile(r"\{(\w+)\}")
_LATIN_SLOTS = ("term",)  # «PM2.5» is written so in a letter with Thai numerals too


class Numerals(StrEnum):
    """The digits that a page is written with."""

    THAI = "thai"
    ARABIC = "arabic"
    MIXED = "mixed"  # chosen for each number


@dataclass(frozen=True)
class TextSource:
    """The vocabulary and templates of one split. A template has slots: `{date}`, `{amount}`, `{person}` and the other
    names of `TextWriter`."""

    offices: tuple[str, ...]
    recipients: tuple[str, ...]
    villages: tuple[str, ...]
    subdistricts: tuple[str, ...]
    districts: tuple[str, ...]
    provinces: tuple[str, ...]
    given_names: tuple[str, ...]
    family_names: tuple[str, ...]
    positions: tuple[str, ...]
    subjects: tuple[str, ...]
    paragraphs: tuple[str, ...]
    points: tuple[str, ...]  # of numbered lists
    closings: tuple[str, ...]
    english: tuple[str, ...]  # sentences
    english_terms: tuple[str, ...]  # words and abbreviations inside Thai sentences
    table_title: str
    table_heading: tuple[str, ...]
    table_items: tuple[str, ...]  # second column; the others are numbers
    form_title: str
    form_rows: tuple[str, ...]  # «label {slot} label {slot}»
    stamps: tuple[str, ...]


class TextWriter:
    """Fills the templates of a source. Equal `chance` gives equal texts."""

    def __init__(self, source: TextSource, numerals: Numerals, chance: np.random.Generator) -> None:
        self.source = source
        self._numerals = numerals
        self._chance = chance
        self._unused: dict[int, list[str]] = {}
        self._slots: dict[str, Callable[[], str]] = {
            "date": lambda: f"{self._number(1, 28)} {self.pick(_MONTHS)} {self._number(2561, 2569)}",
            "short_date": lambda: f"{self._number(1, 28)} {self.pick(_SHORT_MONTHS)} {self._number(61, 69)}",
            "slash_date": lambda: f"{self._number(1, 28)}/{self._number(1, 12)}/{self._number(2561, 2569)}",
            "year": lambda: f"{self._number(2548, 2569)}",
            "time": lambda: f"{self._number(5, 22):0>2}.{self.pick(('00', '15', '30', '45'))} น.",
            "amount": lambda: f"{self._number(1, 98) * 250:,}.- บาท",
            "baht": lambda: f"{self._number(2, 980) * 50:,} บาท",
            "price": lambda: f"{self._number(1, 900) * 25:,}.00",
            "count": lambda: f"{self._number(10, 2400)}",
            "small": lambda: f"{self._number(2, 19)}",
            "decimal": lambda: f"{self._number(1, 40)}.{self._number(10, 95)}",
            "percent": lambda: f"ร้อยละ {self._number(3, 97)}",
            "house": lambda: f"{self._number(1, 298)}/{self._number(1, 39)}",
            "moo": lambda: f"{self._number(1, 17)}",
            "age": lambda: f"{self._number(19, 88)}",
            "phone": lambda: f"0{self._number(61, 98)} {self._digits(3)} {self._digits(4)}",
            "hyphen_phone": lambda: f"0-{self._digits(4)}-{self._digits(4)}",
            "citizen_id": lambda: f"9-{self._digits(4)}-{self._digits(5)}-{self._digits(2)}-{self._digits(1)}",
            "reference": lambda: f"{self._letters(2)} {self._digits(4)}.{self._number(1, 9)}/{self._number(10, 4980)}",
            "plate": lambda: f"{self._letters(2)} {self._number(101, 9988)}",
            "section": lambda: f"มาตรา {self._number(4, 157)}",
            "term": lambda: self.pick(self.source.english_terms),
            "person": lambda: f"{self.pick(('นาย', 'นาง', 'นางสาว'))}{self.name()}",
            "village": lambda: self.pick(self.source.villages),
            "subdistrict": lambda: self.pick(self.source.subdistricts),
            "district": lambda: self.pick(self.source.districts),
            "province": lambda: self.pick(self.source.provinces),
            "office": lambda: self.fill(self.pick(self.source.offices)),
            "position": lambda: self.fill(self.pick(self.source.positions)),
        }

    def pick(self, options: Sequence[str]) -> str:
        """One of the options."""
        return options[int(self._chance.integers(len(options)))]

    def name(self) -> str:
        """An invented name without title."""
        return f"{self.pick(self.source.given_names)} {self.pick(self.source.family_names)}"

    def fill(self, template: str) -> str:
        """The template with its slots filled and its digits in the page's numerals."""
        written = []
        for index, piece in enumerate(_SLOT.split(template)):
            if index % 2 == 0:  # the words between the slots
                written.append(piece.translate(_TO_THAI) if self._numerals is Numerals.THAI else piece)
            else:
                text = self._slots[piece]()
                written.append(text if piece in _LATIN_SLOTS else self._in_numerals(text))
        return "".join(written)

    def write(self, templates: Sequence[str]) -> str:
        """One of the templates, filled. Each is used once before any is used again."""
        unused = self._unused.setdefault(id(templates), [])
        if not unused:
            unused.extend(templates)
        return self.fill(unused.pop(int(self._chance.integers(len(unused)))))

    def _in_numerals(self, text: str) -> str:
        is_thai = self._numerals is Numerals.THAI or (self._numerals is Numerals.MIXED and self._chance.random() < 0.5)
        return text.translate(_TO_THAI) if is_thai else text

    def _number(self, low: int, high: int) -> int:
        return int(self._chance.integers(low, high + 1))

    def _digits(self, count: int) -> str:
        return "".join(str(self._number(0, 9)) for _ in range(count))

    def _letters(self, count: int) -> str:
        return "".join(self.pick("กขคงจฉชซญฎฐณดตถทธนบปผพฟภมยรลวศษสหอ") for _ in range(count))
