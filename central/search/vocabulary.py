"""The words of the index with the number of their cases: how rare a word is, and what a misspelt one may mean.

Counting reads the whole index, so a job does it, and processes keep the result until it is counted again."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.db import transaction
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from central.search.models import IndexedCase, IndexWord
from central.search.word_index import open_index
from central.search.words import MAX_WORD_CHARS
from thai.sound_alike import sound_key

MIN_CASES = 3
_MIN_KEY_CHARS = 3  # a shorter word is like too many others
_MIN_SIMILARITY = 0.72  # one sign of four, two of seven
_MAX_ALTERNATIVES = 2
_BATCH = 2_000


@dataclass(frozen=True)
class Vocabulary:
    """The words of at least `MIN_CASES` cases. `keys` are their sounds by length, each with its words."""

    counted_at: datetime | None
    case_count: int
    counts: Mapping[str, int]
    keys: Mapping[int, Mapping[str, str]]

    def weight(self, word: str) -> float:
        """How rare the word is, above 0: the inverse document frequency of BM25."""
        count = self.counts.get(word, 1)
        return math.log(1 + (self.case_count - count + 0.5) / (count + 0.5)) if self.case_count > count else 0.1

    def similar(self, word: str) -> list[tuple[str, float]]:
        """The words that are spelt or sound like this one, the most similar first, with their similarity up to 1."""
        key = sound_key(word)
        if len(key) < _MIN_KEY_CHARS:
            return []
        rows: list[tuple[str, float]] = []
        for length in range(len(key) - 2, len(key) + 3):
            words = self.keys.get(length, {})
            scorer = DamerauLevenshtein.normalized_similarity
            for other, score, _ in process.extract(
                key, words.keys(), scorer=scorer, score_cutoff=_MIN_SIMILARITY, limit=_MAX_ALTERNATIVES
            ):
                rows.append((words[other], score))
        rows.sort(key=lambda row: (-row[1], -self.counts.get(row[0], 0)))
        return [row for row in rows if row[0] != word][:_MAX_ALTERNATIVES]


def count_words(now: datetime) -> int:
    """Count the words of the index anew; returns their number. A word that no case has any more disappears."""
    counted = [
        IndexWord(word=word, case_count=count, counted_at=now)
        for word, count in open_index().count_words(MIN_CASES)
        if len(word) <= MAX_WORD_CHARS
    ]
    with transaction.atomic():
        IndexWord.objects.all().delete()
        IndexWord.objects.bulk_create(counted, batch_size=_BATCH)
    return len(counted)


def load_vocabulary() -> Vocabulary:
    """The vocabulary as it was counted last. One small query when this process has it already."""
    global _loaded  # noqa: PLW0603 (one copy for all requests of the process)
    counted_at = IndexWord.objects.values_list("counted_at", flat=True).first()
    with _lock:
        if _loaded is None or _loaded.counted_at != counted_at:
            _loaded = _read(counted_at)
        return _loaded


def _read(counted_at: datetime | None) -> Vocabulary:
    counts = dict(IndexWord.objects.values_list("word", "case_count"))
    keys: dict[int, dict[str, str]] = defaultdict(dict)
    for word in sorted(counts, key=lambda each: counts[each]):  # of words with one sound the most frequent stays
        key = sound_key(word)
        keys[len(key)][key] = word
    return Vocabulary(counted_at, IndexedCase.objects.count(), counts, keys)


_loaded: Vocabulary | None = None
_lock = Lock()
