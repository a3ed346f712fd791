"""Means and shares with their 95 % confidence intervals. Pure.

A mean has Student's t interval, the difference of two means that of Welch (1947), a share the Wilson score interval
(Wilson 1927), which stays between 0 and 1 and is right for few answers too. All take the answers as a random sample of
all who could have answered; who answers is not chosen at random, so they measure chance and not the bias of who likes
to answer."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev, variance

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


def difference_of(values: Sequence[float], others: Sequence[float]) -> Estimate | None:
    """The mean of the values less the mean of the others, with Welch's t interval; `count` is of both together. None
    where one of them has fewer than two values."""
    if min(len(values), len(others)) < 2:
        return None
    parts = [variance(each) / len(each) for each in (values, others)]
    difference, total = fmean(values) - fmean(others), sum(parts)
    count = len(values) + len(others)
    if total == 0:
        return Estimate(count, difference, difference, difference)
    degrees = total**2 / sum(part**2 / (len(each) - 1) for part, each in zip(parts, (values, others), strict=True))
    half = t_quantile(max(1, math.floor(degrees))) * math.sqrt(total)
    return Estimate(count, difference, difference - half, difference + half)


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
