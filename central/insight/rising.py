"""Whether a topic rises: the cases or posts of seven days against those of the weeks before. Pure.

If nothing has changed, they are Poisson with one rate. Given all of them, those of the last week are then binomial
with a share of 1 in (weeks + 1): the exact test of two Poisson rates (Przyborowski and Wilenski 1940). It needs no
estimated rate, so it is right for rare topics too."""

import math

WEEKS = 8
MIN_WEEKS = 4  # with less history, the first days of a source would be a rise
MIN_COUNT = 5  # no warning on tiny counts, however unlikely
MIN_FACTOR = 2.0  # a busy topic can rise by little and still be unlikely; nobody would act on it
FALSE_WARNINGS = 0.05  # of one day, for all topics and districts of a centre together


def probability_of_rise(recent: int, before: int, weeks: int) -> float:
    """The probability of `recent` or more in the last week, when there are so many before it in these weeks and nothing
    has changed."""
    count, share = recent + before, 1 / (weeks + 1)
    if recent == 0:
        return 1.0
    logs = (
        math.lgamma(count + 1)
        - math.lgamma(at + 1)
        - math.lgamma(count - at + 1)
        + at * math.log(share)
        + (count - at) * math.log1p(-share)
        for at in range(recent, count + 1)
    )
    return min(1.0, math.fsum(math.exp(each) for each in logs))


def is_rising(recent: int, before: int, weeks: int, compared: int) -> bool:
    """Whether this is a rise that deserves a warning. `compared` is the number of topics and districts that are
    compared the same day: the more there are, the less likely each must be (Bonferroni)."""
    if recent < MIN_COUNT or weeks < MIN_WEEKS or recent < MIN_FACTOR * before / weeks:
        return False
    return probability_of_rise(recent, before, weeks) < FALSE_WARNINGS / max(1, compared)
