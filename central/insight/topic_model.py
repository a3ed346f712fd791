"""A linear model that suggests the topic of a text: its weights as values, and the suggestion with its reasons. Pure.

It is a logistic regression on words: the log-odds of a topic are its bias + Σ weight · idf / length over the words of
the text, each word once. So a web process needs no library of statistics, and the share of each word is its reason."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from thai.segmentation import words as segment

_THAI_WORD = re.compile(r"[ก-ฮะ-ฺเ-ๅ็-๎]{2,}")
_MAX_TEXT_CHARS = 8_000
_MAX_REASONS = 3


def words_of(text: str) -> Iterator[str]:
    """The Thai words of a text. Numbers, Latin words and single letters are left out: they are names, plates,
    addresses and telephone numbers."""
    for piece in segment(text[:_MAX_TEXT_CHARS]):
        if _THAI_WORD.fullmatch(piece):
            yield piece


@dataclass(frozen=True)
class TopicWeights:
    """A trained model. `words` has for each word its weight for each topic, times its inverse document frequency.
    The accuracies are of cases that were held out of the training."""

    topics: tuple[str, ...]
    bias: tuple[float, ...]
    words: Mapping[str, Sequence[float]]
    idf: Mapping[str, float]
    case_count: int
    tested_count: int
    accuracy: float
    baseline: float  # the share of the most frequent topic: what always naming it would reach


@dataclass(frozen=True)
class Suggestion:
    """A suggested topic, how probable the model finds it (0 to 1), and the words that speak for it most."""

    topic: str
    probability: float
    reasons: tuple[str, ...]


def suggest(model: TopicWeights, text: str) -> Suggestion | None:
    """The most probable topic. None for a text without a word that the model knows."""
    known = {word for word in words_of(text) if word in model.words}
    if not known:
        return None
    length = math.sqrt(sum(model.idf[word] ** 2 for word in known))
    scores = list(model.bias)
    for word in known:
        for index, weight in enumerate(model.words[word]):
            scores[index] += weight / length
    highest = max(scores)
    odds = [math.exp(score - highest) for score in scores]
    best = scores.index(highest)
    # A word speaks for the topic as far as its weight is above its mean weight.
    shares = {word: model.words[word][best] - sum(model.words[word]) / len(scores) for word in known}
    reasons = sorted((word for word in known if shares[word] > 0), key=lambda word: (-shares[word], word))
    return Suggestion(model.topics[best], odds[best] / sum(odds), tuple(reasons[:_MAX_REASONS]))


def to_json(model: TopicWeights) -> dict[str, object]:
    """The model as JSON has it."""
    return asdict(model)


def from_json(content: Mapping[str, object]) -> TopicWeights:
    """The model of its JSON."""
    return TopicWeights(**content)  # type: ignore[arg-type]
