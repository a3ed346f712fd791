"""Corrects typical errors of the Thai model in the text (measured on Debian's `tha`, see decision 0028)."""

import re

from thai.segmentation import words

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\ufffd|]")  # and the bar it reads at a page's edge
_TONE = "[\u0e48-\u0e4b]"
_ABOVE_OR_BELOW = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4c"
_MARKED_SYLLABLE = rf"[เแโใไ]?[ก-ฮ][{_ABOVE_OR_BELOW}]+"
# A syllable with marks is sometimes read twice, «ต้ ต้องซื้อ», «นอกจากนี นี้», the first time with a space after it.
_REPEATED_SYLLABLE = re.compile(rf"({_MARKED_SYLLABLE}) (?=\1{_TONE}?)")
# ำ is read as า where its ring is lost beside a tone mark. In these compounds no other word is possible.
_MISSING_NIKHAHIT = re.compile(r"(ต่|ซ้)า(?=กว่า|สุด|ลง|ช้า|ต้อย|อีก| ?ๆ|ซาก|ซ้อน|เติม)")
# «น้า» (an aunt) is a word too: without a word of kinship beside it, a complaint means water.
_KIN_BEFORE = ("คุณ", "พี่", "ป้า", "ลุง", "ของ")
_KIN_AFTER = ("ชาย", "สาว", "เขย", "สะใภ้", "อา", "หลาน", "ผม", "ฉัน")


def repair_thai_line(line: str) -> str:
    """One recognised line with the errors corrected."""
    line = _INVISIBLE.sub("", line).replace("เเ", "แ")
    line = re.sub(rf"\u0e4d({_TONE}?)า|({_TONE})\u0e4dา", r"\1\2ำ", line)  # ring and aa form one vowel
    line = re.sub(rf"({_TONE}){_TONE}+", r"\1", line)
    line = re.sub(r"\s+", " ", line).strip()
    return _restore_nikhahit(_REPEATED_SYLLABLE.sub(_drop_repetition, line))


def _drop_repetition(match: re.Match[str]) -> str:
    """'' for a syllable that was read twice; the match itself where it ends a longer word, «สถานที่ ที่เกิดเหตุ»."""
    syllable = match[1]
    before = words(match.string[: match.end(1)])
    return "" if before[-1] == syllable else match[0]


def _restore_nikhahit(line: str) -> str:
    parts = words(_MISSING_NIKHAHIT.sub(r"\1ำ", line))
    for index, part in enumerate(parts):
        before = parts[index - 1] if index else ""
        after = parts[index + 1] if index + 1 < len(parts) else ""
        if part == "น้า" and before not in _KIN_BEFORE and not after.startswith(_KIN_AFTER):
            parts[index] = "น้ำ"
    return "".join(parts)
