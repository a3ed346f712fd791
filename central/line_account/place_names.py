"""The area that an address or a typed name means. Pure.

LINE writes the address of a place in the language of the phone: «ตำบลในเมือง อำเภอเมืองขอนแก่น ขอนแก่น 40000
ประเทศไทย», 'Nai Mueang, Mueang Khon Kaen District, Khon Kaen 40000, Thailand'."""

import re
from collections.abc import Iterator
from itertools import pairwise

from thai import places

_SPLIT = re.compile(r"[\s,]+")
_MAX_WORDS = 40
_MAX_WORDS_OF_NAME = 4  # 'Mueang Nakhon Si Thammarat' without its province
_LEVEL_WORD = re.compile(r"(?:จังหวัด|จ\.|อำเภอ|อ\.|เขต|ตำบล|ต\.|แขวง)")
# The level that a name states: the length of its codes.
_STATED_LEVELS = (
    (re.compile(r"^(?:จังหวัด|จ\.|changwat )|\bprovince$", re.IGNORECASE), 2),
    (re.compile(r"^(?:อำเภอ|อ\.|เขต|amphoe |khet )|(?<!sub-)(?<!sub)\bdistrict$", re.IGNORECASE), 4),
    (re.compile(r"^(?:ตำบล|ต\.|แขวง|tambon |khwaeng )|\bsub-?district$", re.IGNORECASE), 6),
)
_LEVELS = (2, 4, 6)
_Mention = tuple[int, int]  # its first word, and the one after its last


def areas_in(text: str, province_code: str = "") -> list[str]:
    """The codes that an address or name can mean, the deepest level that it names: one when it is clear, several for a
    name that occurs more than once, none without a known name. Only in this province, unless it is ''.

    A name counts for more when the areas around it are named, too: «ในเมือง» occurs in a dozen provinces. Each word
    names one area: «น้ำพอง» alone is the district, not its tambon of the same name."""
    mentions: dict[str, list[_Mention]] = {}
    for name, position in _names_in(text):
        for code in places.codes_named(name, (province_code,) if province_code else ()):
            if len(code) == (_stated_level(name) or len(code)):
                mentions.setdefault(code, []).append(position)
    if not mentions:
        return []
    ranks = {code: (_named_levels(code, mentions), -len(code)) for code in mentions}
    best = max(ranks.values())
    return sorted(code for code, rank in ranks.items() if rank == best)


def _named_levels(code: str, mentions: dict[str, list[_Mention]]) -> int:
    """How many of this area and those around it are named, each by words of its own."""
    path = [code[:length] for length in _LEVELS if length <= len(code)]
    used: list[_Mention] = []
    for area in reversed(path):
        free = (each for each in mentions.get(area, []) if not any(_overlap(each, other) for other in used))
        if (mention := next(free, None)) is not None:
            used.append(mention)
    return len(used)


def _overlap(one: _Mention, other: _Mention) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _stated_level(name: str) -> int | None:
    return next((level for pattern, level in _STATED_LEVELS if pattern.search(name)), None)


def _names_in(text: str) -> Iterator[tuple[str, _Mention]]:
    """Every run of up to four words, with its place in the text."""
    words = _with_level_words([word for word in _SPLIT.split(text)[:_MAX_WORDS] if word])
    for start in range(len(words)):
        for end in range(start + 1, min(start + _MAX_WORDS_OF_NAME, len(words)) + 1):
            yield " ".join(words[start:end]), (start, end)


def _with_level_words(words: list[str]) -> list[str]:
    """«อำเภอ น้ำพอง» as one word."""
    joined: list[str] = []
    for before, word in pairwise(["", *words]):
        if not _LEVEL_WORD.fullmatch(word):
            joined.append(before + word if _LEVEL_WORD.fullmatch(before) else word)
    return joined
