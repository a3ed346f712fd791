"""Suggested words above the keyboard: completions of the word being typed, and words that often follow.

They come from lists on the kiosk (`words/th.txt`, `words/en.txt`, made by hand), with a section for each part of the
submission: a location is described with other words than a story, and a name has none. Nothing is learnt: the functions
are pure, store no input, and read only these lists.
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
MAX_SUGGESTIONS = 6
_LOOK_BACK_CHARS = 60  # how much text before the caret is considered
_MAX_WORD_PIECES = 6  # libthai splits an unfinished word into several pieces: «สาธารณปร» is สา, ธาร, ณปร
# The parts with suggestions, by the names of the sections in the lists.
STORY, TOPIC, PLACE, ABOUT, FOR_WHOM, NAME = "story", "topic", "place", "about", "for_whom", "name"
_BEGINNING, _ANYWHERE = "^", "*"
_SECTION = re.compile(r"\[(\w+)(?: and (\w+))?\]$")
_ENGLISH_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*$")
_SENTENCE_ENDS = re.compile(r"[.!?]\s+$|\n\s*$")


@dataclass
class _WordList:
    """The words for one part in one language."""

    weight: dict[str, int] = field(default_factory=dict)
    next_words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sentences: bool = False  # a full stop ends a sentence; elsewhere it belongs to an abbreviation
    ordered: tuple[str, ...] = ()  # by code point, for the search by prefix

    def completions(self, prefix: str) -> list[str]:
        """The longer words with this prefix, heaviest first, at most MAX_SUGGESTIONS."""
        first = bisect_left(self.ordered, prefix)
        end = bisect_left(self.ordered, prefix + "\U0010ffff")
        longer = (word for word in self.ordered[first:end] if word != prefix)
        return nlargest(MAX_SUGGESTIONS, longer, key=self.weight.__getitem__)


@cache
def word_lists(language: str) -> dict[str, _WordList]:
    """The list of every part. A section `[topic and story]` includes the words of the story."""
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
    for word_list in lists.values():
        word_list.ordered = tuple(sorted(word_list.weight))
    return lists


def suggest_words(text_before_caret: str, language: str, section: str = STORY) -> tuple[str, ...]:
    """At most MAX_SUGGESTIONS words, the likeliest first; `language` is 'th' or 'en'. Takes less than 1 ms.

    `section` is the part of the submission that is typed. Raises KeyError for one without a list.
    """
    word_list = word_lists(language)[section]
    endings = _word_candidates(text_before_caret, language)
    completed: list[str] = []
    for ending in endings:
        if completed and len(clusters(ending)) == 1:
            break  # no completions of a single letter when a longer candidate had some
        completed += word_list.completions(ending.lower())
    if endings and language == "en" and endings[0][0].isupper():
        completed = [word.capitalize() for word in completed]
    following = _next_words(text_before_caret, language, word_list)
    suggestions = chain.from_iterable(zip_longest(following, completed))
    return tuple(dict.fromkeys(word for word in suggestions if word))[:MAX_SUGGESTIONS]


def plan_insertion(text_before_caret: str, word: str, language: str) -> tuple[int, str]:
    """How a suggestion is inserted: how many characters before the caret it replaces, and by which text."""
    for ending in _word_candidates(text_before_caret, language):
        if word.lower().startswith(ending.lower()) and len(word) > len(ending):
            return len(ending), word
    needs_space = language == "en" and text_before_caret and not text_before_caret[-1].isspace()
    return 0, " " + word if needs_space else word


def _next_words(text: str, language: str, word_list: _WordList) -> tuple[str, ...]:
    """The words that may follow; none in the middle of an unlisted word."""
    is_word_complete = not text or text[-1].isspace()
    is_sentence_end = language == "en" and word_list.sentences and _SENTENCE_ENDS.search(text)
    if not text.strip() or text.endswith("\n") or is_sentence_end:
        first_words = word_list.next_words.get(_BEGINNING, ())
        return tuple(word.capitalize() for word in first_words) if language == "en" else first_words
    for ending in _word_candidates(text.rstrip(), language):
        word = ending if language == "th" or ending in word_list.next_words else ending.lower()
        if word in word_list.next_words:
            return tuple(next_ for next_ in word_list.next_words[word] if word + next_ not in word_list.weight)
        if word in word_list.weight:
            is_word_complete = True
            break
    return word_list.next_words.get(_ANYWHERE, ()) if is_word_complete else ()


def _word_candidates(text: str, language: str) -> list[str]:
    """Candidates for the beginning of the word being typed, longest first. Thai has no spaces: the last few pieces may
    be one word."""
    recent_text = text[-_LOOK_BACK_CHARS:]
    if language == "en":
        match = _ENGLISH_WORD.search(recent_text)
        return [match[0]] if match else []
    if not recent_text or recent_text[-1].isspace():
        return []
    pieces = words(recent_text.split()[-1])[-_MAX_WORD_PIECES:]
    return ["".join(pieces[start:]) for start in range(len(pieces))]
