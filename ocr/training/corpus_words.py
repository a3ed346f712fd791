"""The words of the corpus: Thai words by frequency, places, and the lists of `corpus_words.toml`.

Thai words: the frequency list of the Thai National Corpus in `pythainlp` (CC0-1.0). Places: `geothai` (CC-BY-4.0).
Names of people are put together from syllables, so that no real person is named.
"""

import random
import re
import tomllib
import zlib
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

from pythainlp.corpus import tnc

from ocr.training.typefaces import Split
from thai import places

# So frequent that no sentence does without them; shared by all parts of the split.
_COMMON_WORDS = 400
# Flattens the frequencies, so that rare letters are met: with 1.0 half of all words would be from the first 100.
_FREQUENCY_POWER = 0.6
_NOT_A_WORD = re.compile(r"(.)\1\1")
_THAI_WORD = re.compile("[ก-ฮ\u0e30-\u0e39เ-\u0e4d]+")


def _word_lists() -> dict[str, tuple[str, ...]]:
    """The lists of `corpus_words.toml` by name."""
    tables = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    separators = {"english_sentences": ";"}  # the others are separated by commas
    return {
        name: tuple(word.strip() for word in text.split(separators.get(name, ","))) for name, text in tables.items()
    }


WORDS = _word_lists()


@dataclass(frozen=True)
class Vocabulary:
    """Words of one part of the split, with accumulated weights for `random.choices`."""

    words: tuple[str, ...]
    weights: tuple[float, ...]
    thai_places: tuple[str, ...]
    english_places: tuple[str, ...]

    def choose(self, chance: random.Random, count: int) -> list[str]:
        """`count` words, frequent ones more often."""
        return chance.choices(self.words, cum_weights=self.weights, k=count)


def split_of(word: str) -> Split:
    """The part that a word belongs to: 8 of 10 train, 1 tunes, 1 is held out. The same on every machine."""
    place = zlib.crc32(word.encode()) % 10
    return "tuning" if place == 0 else "held_out" if place == 1 else "training"


@cache
def vocabulary(split: Split) -> Vocabulary:
    """The words of one part: the most frequent Thai words, and of the others those that `split_of` gives it."""
    words, weights = [], []
    for rank, (word, count) in enumerate(sorted(tnc.word_freqs(), key=lambda entry: (-entry[1], entry[0]))):
        usable = _THAI_WORD.fullmatch(word) and not _NOT_A_WORD.search(word) and len(word) > 1
        if usable and (rank < _COMMON_WORDS or split_of(word) == split):
            words.append(word)
            weights.append(count**_FREQUENCY_POWER)
    districts = [area for province in places.provinces() for area in places.districts(province.code)]
    tambons = [area for district in districts for area in places.tambons(district.code)]
    areas = [area for area in (*places.provinces(), *districts, *tambons) if split_of(area.th) == split]
    thai, english = sorted({area.th for area in areas}), sorted({area.en for area in areas})
    return Vocabulary(tuple(words), tuple(accumulate(weights)), tuple(thai), tuple(english))
