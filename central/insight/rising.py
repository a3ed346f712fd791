"""Finds what is reported far more often than usual. Pure."""

import math
from collections.abc import Sequence

MIN_COUNT = 5  # fewer are chance, and would tell single complainants
WEEKS = 8  # that say what is usual: a season, and still many enough to count
# The chance of an alarm without a cause. A province of 30 districts and 12 topics has 360 tests a week, so that about
# one alarm in three weeks is chance.
MAX_CHANCE = 0.001


def is_rising(count: int, weeks_before: Sequence[int]) -> bool:
    """Whether `count` cases of a week are too many for chance, after these counts of the weeks before.

    Under Poisson's law with the mean of the weeks before. Half a case is added to their sum: after eight weeks with
    nothing, the law would else call every single case impossible."""
    if count < MIN_COUNT or not weeks_before:
        return False
    mean = (sum(weeks_before) + 0.5) / len(weeks_before)
    return count > mean and _tail(count, mean) < MAX_CHANCE


def _tail(count: int, mean: float) -> float:
    """The chance of `count` or more."""
    term = below = math.exp(-mean)
    for number in range(1, count):
        term *= mean / number
        below += term
    return max(0.0, 1.0 - below)
