"""Similarity of texts by their words, without the words: keyed hashes with weights, and a MinHash to retrieve them.

Rare words count more than frequent ones, by their inverse document frequency. A position of the MinHash takes the word
with the smallest exponential variate whose rate is its weight, so that two texts agree in a position about as often as
their weighted words overlap. `BANDS` groups of `ROWS` positions are stored as tokens, and texts that share one are
compared. Words are hashed by their sound, with a key of the installation."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from central.search.words import split_words
from thai.sound_alike import sound_key

BANDS, ROWS = 20, 2
MAX_WORDS = 200  # the heaviest of a text
MAX_TEXT_CHARS = 8_000  # the matter of a letter is on its first pages
MAX_WEIGHT = 6.0  # of a word that few or no other cases have: it may be a typing error
_MIN_WEIGHT = 1.0  # a word that a third of all cases have says nothing
_MIN_WORDS = 3
_WEIGHT_STEPS = 40  # in a unit of weight, stored in one byte
_DTYPE = np.dtype([("word", "<u8"), ("weight", "u1")])


@dataclass(frozen=True)
class TextSketch:
    """The hashed words of a text in ascending order, with their weights."""

    words: np.ndarray
    weights: np.ndarray

    @property
    def total(self) -> float:
        """The sum of the weights."""
        return float(self.weights.sum())

    def to_bytes(self) -> bytes:
        """For the database: nine bytes a word."""
        rows = np.empty(len(self.words), _DTYPE)
        rows["word"], rows["weight"] = self.words, np.rint(self.weights * _WEIGHT_STEPS)
        return rows.tobytes()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "TextSketch":
        """What `to_bytes` has made."""
        rows = np.frombuffer(stored, _DTYPE)
        return cls(rows["word"], rows["weight"] / _WEIGHT_STEPS)

    def band_tokens(self) -> list[int]:
        """A token for each band; none for a text of fewer than three words."""
        if len(self.words) < _MIN_WORDS:
            return []
        uniform = (_mixed(self.words[None, :] ^ _SEEDS[:, None]) >> np.uint64(11)).astype(float) / 2.0**53
        chosen = self.words[np.argmin(-np.log(uniform + 2.0**-54) / self.weights[None, :], axis=1)]
        bands = chosen.reshape(BANDS, ROWS)
        mixed = np.arange(BANDS, dtype=np.uint64)
        for row in range(ROWS):
            mixed = _mixed(mixed * np.uint64(0x9E3779B97F4A7C15) ^ bands[:, row])
        return [int(token) for token in mixed.view(np.int64)]


def sketch(texts: Iterable[str], key: bytes, weight: Callable[[str], float]) -> TextSketch:
    """The sketch of the texts of a case. `weight` is the inverse document frequency of a word of the search."""
    weights: dict[int, float] = {}
    for word in split_words("\n".join(texts)[:MAX_TEXT_CHARS]):
        value = min(weight(word), MAX_WEIGHT)
        if value >= _MIN_WEIGHT:
            hashed = hashlib.blake2b(sound_key(word).encode(), key=key, digest_size=8).digest()
            weights[int.from_bytes(hashed, "little")] = value
    heaviest = sorted(weights, key=lambda each: -weights[each])[:MAX_WORDS]
    words = np.array(sorted(heaviest), dtype=np.uint64)
    return TextSketch(words, np.array([weights[int(word)] for word in words]))


def overlap(one: TextSketch, other: TextSketch) -> tuple[float, float]:
    """The weight of the shared words as a share of the shorter text, 0 to 1, and that weight itself."""
    _, places, _ = np.intersect1d(one.words, other.words, assume_unique=True, return_indices=True)
    shared = float(one.weights[places].sum())
    shorter = min(one.total, other.total)
    return (min(shared / shorter, 1.0), shared) if shorter else (0.0, 0.0)


def _mixed(values: np.ndarray) -> np.ndarray:
    """The finaliser of SplitMix64."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: np.ndarray = values ^ (values >> np.uint64(31))
    return mixed


_SEEDS = _mixed(np.arange(1, BANDS * ROWS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
