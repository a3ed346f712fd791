"""Puts Thai characters into valid order, for text that is typed character by character.

A keyboard accepts any order: «กำ้» looks like «ก้ำ» or worse, and no search matches it. The valid order is consonant, one
vowel above or below, one tone mark, then ำ, า or ะ (WTT 2.0, the order of Thai input methods).
"""

import re

_VOWELS = "ิีึืัุู"  # above and below; a consonant carries one
_TONES = "่้๊๋"
_SIGNS = "ฺ็ํ์๎"  # others that are written on a consonant
_ORDER = {sign: rank for rank, signs in enumerate((_VOWELS, "ฺ", "็", "ํ", _TONES, "์", "๎")) for sign in signs}
_CLUSTER = re.compile(rf"([ก-ฮ])([{_VOWELS}{_TONES}{_SIGNS}]*)(?:(ำ)([ำ{_TONES}]*)|([าะ])([{_TONES}]*))?")
_LAST = re.compile(rf"(?:[ก-ฮ][{_VOWELS}{_TONES}{_SIGNS}ำาะ]*|เ)\Z")


def normalise_order(text: str) -> str:
    """The text with each invalid sequence in valid order; valid text is unchanged.

    Of two tone marks or two vowels on one consonant the last one stays; «เเ» becomes «แ», and «ํ» with «า» becomes «ำ».
    Consonants, and marks without a consonant, are never changed."""
    return _CLUSTER.sub(_reorder_cluster, text).replace("เเ", "แ")


def _reorder_cluster(cluster: re.Match[str]) -> str:
    base, marks, sara_am, after_sara_am, following_vowel, after_vowel = cluster.groups(default="")
    follows = sara_am or following_vowel
    # A later mark replaces an earlier one of the same kind; vowels form one kind, tone marks another.
    by_place = {_ORDER[sign]: sign for sign in marks + (after_sara_am + after_vowel).replace("ำ", "")}
    if follows == "า" and by_place.pop(_ORDER["ํ"], ""):
        follows = "ำ"
    return base + "".join(sign for _place, sign in sorted(by_place.items())) + follows


def edit_for_insertion(before: str, inserted: str) -> tuple[int, str]:
    """The edit for typing `inserted` after `before`: (characters before the caret to replace, replacement).

    Only the last consonant with its marks is reordered."""
    last = _LAST.search(before)
    if last is None:
        return 0, normalise_order(inserted)
    result = normalise_order(last[0] + inserted)
    common = 0
    while common < min(len(last[0]), len(result)) and last[0][common] == result[common]:
        common += 1
    return len(last[0]) - common, result[common:]
