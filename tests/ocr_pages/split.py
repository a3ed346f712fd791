"""The three parts that typefaces, texts and degradations are divided into."""

from enum import StrEnum


class Split(StrEnum):
    """What a page may be used for. Nothing of one part occurs in another."""

    TRAINING = "training"  # the model may learn from it
    TUNING = "tuning"  # thresholds of page preparation may be chosen on it
    HELD_OUT = "held_out"  # only measured; the budgets are about this part
