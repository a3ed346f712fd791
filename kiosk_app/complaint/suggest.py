"""Words offered above the keyboard: what may complete the word being written, and what may well come after it.

They come from lists that stand on the kiosk (`words/th.txt`, `words/en.txt`, made by hand). Nothing is learnt: the
functions are pure, keep nothing of what they are asked, and read nothing but those lists.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from heapq import nlargest
from itertools import chain, zip_longest
from pathlib import Path

from thai.words import clusters, words

WORDS = Path(__file__).parent / "words"
MOST = 6  # suggestions at a time
_LOOK_BACK = 60  # characters
_PIECES = 6  # libthai cuts an unfinished word into several pieces: «สาธารณปร» is สา, ธาร, ณปร
STORY, PLACE = "^", "^place"  # what a text begins with, by the lists' names
_ANYWHERE = "*"
_ENGLISH_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*$")
_SENTENCE_ENDS = re.compile(r"[.!?]\s+$|\n\s*$")


@dataclass(frozen=True)
class _List:
    """One language's words."""

    ordered: tuple[str, ...]  # by code point, for looking up by their beginning
    weight: dict[str, int]
    following: dict[str, tuple[str, ...]]

    def completions(self, beginning: str) -> list[str]:
        """The heaviest words that begin so and go on."""
        first = bisect_left(self.ordered, beginning)
        behind = bisect_left(self.ordered, beginning + "\U0010ffff")
        longer = (word for word in self.ordered[first:behind] if word != beginning)
        return nlargest(MOST, longer, key=self.weight.__getitem__)


@cache
def _list(language: str) -> _List:
    weight: dict[str, int] = {}
    following: dict[str, tuple[str, ...]] = {}
    for line in (WORDS / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if "→" in line:
            before, _, after = line.partition("→")
            following[before.strip()] = tuple(after.split())
        elif line and not line.startswith("#"):
            number, _, listed = line.partition(":")
            weight |= dict.fromkeys(listed.split(), int(number))
    return _List(tuple(sorted(weight)), weight, following)


def suggest(text_before_caret: str, language: str, opening: str = STORY) -> tuple[str, ...]:
    """At most MOST words, the likeliest first; `language` is 'th' or 'en'. Under a millisecond.

    `opening` says whose first words are offered while nothing is written.
    """
    known = _list(language)
    endings = _endings(text_before_caret, language)
    completed: list[str] = []
    for ending in endings:
        if completed and len(clusters(ending)) == 1:
            break  # one letter says little where more than it was understood
        completed += known.completions(ending.lower())
    if endings and language == "en" and endings[0][0].isupper():
        completed = [word.capitalize() for word in completed]
    offered = chain.from_iterable(zip_longest(_following(text_before_caret, language, opening), completed))
    return tuple(dict.fromkeys(word for word in offered if word))[:MOST]


def placing(text_before_caret: str, word: str, language: str) -> tuple[int, str]:
    """How a suggestion is written: how many characters before the caret it replaces, and what takes their place."""
    for ending in _endings(text_before_caret, language):
        if word.lower().startswith(ending.lower()) and len(word) > len(ending):
            return len(ending), word
    apart = language == "en" and text_before_caret and not text_before_caret[-1].isspace()
    return 0, " " + word if apart else word


def _following(text: str, language: str, opening: str) -> tuple[str, ...]:
    """What may come next; nothing in the middle of a word that is not known."""
    known = _list(language)
    finished = not text or text[-1].isspace()
    if not text.strip() or text.endswith("\n") or (language == "en" and _SENTENCE_ENDS.search(text)):
        begin = known.following[opening]
        return tuple(word.capitalize() for word in begin) if language == "en" else begin
    for ending in _endings(text.rstrip(), language):
        word = ending if language == "th" or ending in known.following else ending.lower()
        if word in known.following:
            return tuple(next_ for next_ in known.following[word] if word + next_ not in known.weight)
        if word in known.weight:
            finished = True
            break
    return known.following[_ANYWHERE] if finished else ()


def _endings(text: str, language: str) -> list[str]:
    """What the word being written may be, longest first: Thai has no spaces, so the last few words may be one."""
    near = text[-_LOOK_BACK:]
    if language == "en":
        found = _ENGLISH_WORD.search(near)
        return [found[0]] if found else []
    if not near or near[-1].isspace():
        return []
    pieces = words(near.split()[-1])[-_PIECES:]
    return ["".join(pieces[start:]) for start in range(len(pieces))]
