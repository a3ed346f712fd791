"""Words offered above the keyboard: what may complete the word being written, and what may well come after it.

They come from lists that stand on the kiosk (`words/th.txt`, `words/en.txt`, made by hand), with a section for each
part of the submission: a spot is described with other words than a story, and a name has none. Nothing is learnt: the
functions are pure, keep nothing of what they are asked, and read nothing but those lists.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cache
from heapq import nlargest
from itertools import chain, zip_longest
from pathlib import Path

from thai.segmentation import clusters, words

WORD_LISTS_DIR = Path(__file__).parent / "words"
MAX_SUGGESTIONS = 6  # suggestions at a time
_LOOK_BACK_CHARS = 60  # characters
_MAX_WORD_PIECES = 6  # libthai cuts an unfinished word into several pieces: «สาธารณปร» is สา, ธาร, ณปร
# The parts that words are offered for, by the names of the lists' sections.
STORY, TOPIC, PLACE, ABOUT, FOR_WHOM, NAME = "story", "topic", "place", "about", "for_whom", "name"
_BEGINNING, _ANYWHERE = "^", "*"
_SECTION = re.compile(r"\[(\w+)(?: and (\w+))?\]$")
_ENGLISH_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*$")
_SENTENCE_ENDS = re.compile(r"[.!?]\s+$|\n\s*$")


@dataclass
class _WordList:
    """One part's words in one language."""

    weight: dict[str, int] = field(default_factory=dict)
    next_words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sentences: bool = False  # a full stop ends a sentence here; elsewhere it is an abbreviation's
    ordered: tuple[str, ...] = ()  # by code point, for looking up by their beginning

    def completions(self, beginning: str) -> list[str]:
        """The heaviest words that begin so and go on."""
        first = bisect_left(self.ordered, beginning)
        behind = bisect_left(self.ordered, beginning + "\U0010ffff")
        longer = (word for word in self.ordered[first:behind] if word != beginning)
        return nlargest(MAX_SUGGESTIONS, longer, key=self.weight.__getitem__)


@cache
def _lists(language: str) -> dict[str, _WordList]:
    """Each part's list. A section `[topic and story]` has the words of the story besides its own."""
    lists = {STORY: _WordList(sentences=True)}
    current = lists[STORY]
    for line in (WORD_LISTS_DIR / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if section := _SECTION.match(line):
            base = lists[section[2]] if section[2] else _WordList()
            current = lists[section[1]] = _WordList(dict(base.weight), dict(base.next_words), base.sentences)
        elif "→" in line:
            before, _, after = line.partition("→")
            current.next_words[before.strip()] = tuple(after.split())
        elif line and not line.startswith("#"):
            number, _, listed = line.partition(":")
            current.weight |= dict.fromkeys(listed.split(), int(number))
    for known in lists.values():
        known.ordered = tuple(sorted(known.weight))
    return lists


def suggest_words(text_before_caret: str, language: str, section: str = STORY) -> tuple[str, ...]:
    """At most MAX_SUGGESTIONS words, the likeliest first; `language` is 'th' or 'en'. Under a millisecond.

    `section` names the part of the submission that is written. Raises KeyError for one that has no list.
    """
    known = _lists(language)[section]
    endings = _word_candidates(text_before_caret, language)
    completed: list[str] = []
    for ending in endings:
        if completed and len(clusters(ending)) == 1:
            break  # one letter says little where more than it was understood
        completed += known.completions(ending.lower())
    if endings and language == "en" and endings[0][0].isupper():
        completed = [word.capitalize() for word in completed]
    offered = chain.from_iterable(zip_longest(_next_words(text_before_caret, language, known), completed))
    return tuple(dict.fromkeys(word for word in offered if word))[:MAX_SUGGESTIONS]


def plan_insertion(text_before_caret: str, word: str, language: str) -> tuple[int, str]:
    """How a suggestion is written: how many characters before the caret it replaces, and what takes their place."""
    for ending in _word_candidates(text_before_caret, language):
        if word.lower().startswith(ending.lower()) and len(word) > len(ending):
            return len(ending), word
    apart = language == "en" and text_before_caret and not text_before_caret[-1].isspace()
    return 0, " " + word if apart else word


def _next_words(text: str, language: str, known: _WordList) -> tuple[str, ...]:
    """What may come next; nothing in the middle of a word that is not known."""
    finished = not text or text[-1].isspace()
    ended = language == "en" and known.sentences and _SENTENCE_ENDS.search(text)
    if not text.strip() or text.endswith("\n") or ended:
        begin = known.next_words.get(_BEGINNING, ())
        return tuple(word.capitalize() for word in begin) if language == "en" else begin
    for ending in _word_candidates(text.rstrip(), language):
        word = ending if language == "th" or ending in known.next_words else ending.lower()
        if word in known.next_words:
            return tuple(next_ for next_ in known.next_words[word] if word + next_ not in known.weight)
        if word in known.weight:
            finished = True
            break
    return known.next_words.get(_ANYWHERE, ()) if finished else ()


def _word_candidates(text: str, language: str) -> list[str]:
    """What the word being written may be, longest first: Thai has no spaces, so the last few words may be one."""
    near = text[-_LOOK_BACK_CHARS:]
    if language == "en":
        found = _ENGLISH_WORD.search(near)
        return [found[0]] if found else []
    if not near or near[-1].isspace():
        return []
    pieces = words(near.split()[-1])[-_MAX_WORD_PIECES:]
    return ["".join(pieces[start:]) for start in range(len(pieces))]
