"""Means and shares with their 95 % confidence intervals. Pure.

A mean has Student's t interval, a share the Wilson score interval (Wilson 1927), which stays between 0 and 1 and is
right for few answers too. Both take the answers as a random sample of all who could have answered; who answers is not
chosen at random, so they measure chance and not the bias of who likes to answer."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

_LEVEL = 0.95
_Z = NormalDist().inv_cdf((1 + _LEVEL) / 2)
_MANY = 2_000  # degrees of freedom from which t and the normal distribution differ by less than 0.002


@dataclass(frozen=True)
class Estimate:
    """A mean or a share with its interval. `low` and `high` are None where there are fewer than two answers."""

    count: int
    value: float
    low: float | None
    high: float | None


def mean_of(values: Sequence[float], least: float, most: float) -> Estimate | None:
    """The mean of the values, its t interval cut to the scale from `least` to `most`. None without values."""
    if not values:
        return None
    mean, count = fmean(values), len(values)
    if count < 2:
        return Estimate(count, mean, None, None)
    half = t_quantile(count - 1) * stdev(values) / math.sqrt(count)
    return Estimate(count, mean, max(least, mean - half), min(most, mean + half))


def mean_of_counts(counts: Mapping[int, int], least: float, most: float) -> Estimate | None:
    """`mean_of` of values with their numbers."""
    return mean_of([value for value, count in counts.items() for _ in range(count)], least, most)


def share_of(part: int, count: int) -> Estimate | None:
    """The share of `part` in `count`, with its Wilson interval. None for a count of 0."""
    if count == 0:
        return None
    share, square = part / count, _Z * _Z / count
    middle = (share + square / 2) / (1 + square)
    half = _Z * math.sqrt(share * (1 - share) / count + square / (4 * count)) / (1 + square)
    return Estimate(count, share, max(0.0, middle - half), min(1.0, middle + half))


def t_quantile(degrees: int) -> float:
    """The 97.5 % quantile of Student's t distribution with this many degrees of freedom."""
    if degrees > _MANY:
        return _Z
    low, high = _Z, 13.0  # with one degree of freedom it is 12.706
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, degrees) < _LEVEL else (low, middle)
    return high


def _within(t: float, degrees: int) -> float:
    """The probability between -t and t: the finite series for whole degrees of freedom (Abramowitz and Stegun 26.7.3
    and 26.7.4)."""
    angle = math.atan(t / math.sqrt(degrees))
    sine, square = math.sin(angle), math.cos(angle) ** 2
    if degrees == 1:
        return 2 * angle / math.pi
    is_odd = degrees % 2 == 1
    term = math.cos(angle) if is_odd else 1.0
    total = term
    for step in range(2 if is_odd else 1, degrees - 2, 2):
        term *= square * step / (step + 1)
        total += term
    return (angle + sine * total) * 2 / math.pi if is_odd else sine * total
