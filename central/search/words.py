"""Words of a text as the index has them. Pure.

Thai is segmented by libthai. Thai and Arabic digits, capital and small letters, and the orders in which Thai signs can
be typed become one form. Words that almost every text has are left out: they find nothing and are a quarter of an
index. So are titles: the names behind them are not indexed (`covering`)."""

import re
from collections.abc import Iterator

from thai.numerals import to_arabic
from thai.segmentation import words
from thai.sign_order import normalise_order

# fmt: off
STOP_WORDS = frozenset([
    "กับ", "ก็", "การ", "ก่อน", "กว่า", "ของ", "ข้าพเจ้า", "ขอ", "ครับ", "ความ", "ค่ะ", "คือ", "จะ", "จาก", "จึง", "ซึ่ง",
    "ได้", "ด้วย", "ดัง", "ต่อ", "ต้อง", "ถึง", "ถูก", "ทั้ง", "ที่", "ทำ", "ทำให้", "นั้น", "นี้", "ใน", "ให้", "โดย",
    "เป็น", "ไป", "ผม", "ดิฉัน", "มา", "มี", "แม้", "ไม่", "แล้ว", "และ", "เลย", "ว่า", "ไว้", "ส่วน", "หนู", "หรือ",
    "หาก", "อยู่", "อยาก", "อัน", "อีก", "เอา", "เพื่อ", "เพราะ", "เมื่อ", "แต่", "แก่", "แห่ง", "กัน", "เข้า", "ขึ้น", "ลง",
    "นาย", "นาง", "นางสาว", "คุณ",
    "a", "an", "and", "are", "as", "at", "be", "by", "for", "has", "have", "i", "in", "is", "it", "my", "of", "on",
    "our", "that", "the", "they", "this", "to", "was", "we", "with", "mr", "mrs", "ms", "miss",
])
# fmt: on
MAX_WORD_CHARS = 40
_PIECE = re.compile(r"[\u0e01-\u0e2e\u0e30-\u0e3a\u0e40-\u0e45\u0e47-\u0e4e]+|[^\W_\u0e00-\u0e7f]+")
_THAI_LETTER = re.compile(r"[\u0e01-\u0e2e]")
_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


def normalise(text: str) -> str:
    """The text in the one form that the index knows, still with its spaces and signs."""
    return normalise_order(to_arabic(text.translate(_ZERO_WIDTH)).casefold().replace("ํา", "ำ"))


def split_words(text: str) -> list[str]:
    """The words of the text in their order, normalised, without those of `STOP_WORDS`."""
    return [word for word in all_words(normalise(text)) if word not in STOP_WORDS]


def all_words(normalised: str) -> Iterator[str]:
    """Every word of a normalised text. A single Thai letter is no word: it comes from an abbreviation."""
    for run in words(normalised):
        for piece in _PIECE.findall(run):
            if len(piece) > 1 or not _THAI_LETTER.match(piece):
                yield piece[:MAX_WORD_CHARS]
