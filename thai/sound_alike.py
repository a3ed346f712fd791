"""Thai words by their sound, for spelling errors: letters that sound alike become one, tone marks disappear."""

import re

_SAME_SOUND = str.maketrans("ศษฎฏฐฑฒณญฬฆใ", "สสดตถททนยลคไ")
_SILENT = re.compile(r"[\u0e00-\u0e7f]์")  # a consonant with thanthakhat
_TONES = re.compile(r"[่้๊๋็ฺ]")


def sound_key(word: str) -> str:
    """The word without tone marks and silent letters, with one letter for each sound: «ทุจริต» and «ทุจะริด» differ by
    one sign only. Other scripts are unchanged."""
    return _TONES.sub("", _SILENT.sub("", word)).translate(_SAME_SOUND).replace("ธ", "ท").replace("รร", "ัน")
