"""How often a line read with such confidences has no wrong character.

Tesseract's confidence of a line is 87 to 97 for right and wrong lines alike. Together with its least certain word and
character and its length it separates them: on 1,968 lines of the tuning pages, of lines with a stated certainty of 15,
45, 65, 87 and 94 per cent 28, 39, 66, 78 and 97 per cent were right. `./run bench ocr_certainty` fits the weights
again; do so with a new model.
"""

from collections.abc import Sequence
from math import exp

from ocr.reading.line_reader import Word, mean_confidence

# Of a constant, the line's mean confidence, its least certain character's and word's, and its length.
WEIGHTS = (-0.297, -0.414, -2.393, 0.019, 0.832)
MIN_SURE = (
    50.0  # per cent; below, a line is marked for the citizen: at least every second of them has a wrong character
)


def features(words: Sequence[Word]) -> tuple[float, ...]:
    """What the certainty of a line depends on, each about 0 for an ordinary line."""
    return (
        1.0,
        (mean_confidence(words) - 90) / 5,
        (min(word.lowest for word in words) - 70) / 20,
        (min(word.confidence for word in words) - 85) / 10,
        sum(len(word.text) for word in words) / 50,
    )


def certainty(words: Sequence[Word]) -> float:
    """Per cent of such lines that have no wrong character. `words`: at least one."""
    doubt = sum(weight * value for weight, value in zip(WEIGHTS, features(words), strict=True))
    return 100 / (1 + exp(min(doubt, 50)))
