"""Median and 90th percentile of the days that closed cases took in each stage. Pure: no Django."""

from collections.abc import Mapping
from dataclasses import dataclass

from central.insight.facts import Counts, Dimension
from protocol.bilingual_text import BilingualText

STAGE_NAMES: Mapping[Dimension, BilingualText] = {
    Dimension.DAYS_TO_TAKE: BilingualText("รับเรื่องจนมีเจ้าหน้าที่รับไว้", "Received to taken by an officer"),
    Dimension.DAYS_TO_ORDER: BilingualText("รับเรื่องจนสั่งการหน่วยงานครั้งแรก", "Received to the first order"),
    Dimension.DAYS_AT_AGENCY: BilingualText("สั่งการจนหน่วยงานหลักรายงานแล้วเสร็จ", "Order to the lead agency's report"),
    Dimension.DAYS_TO_CLOSE: BilingualText("รับเรื่องจนยุติเรื่อง", "Received to closed"),
}


@dataclass(frozen=True)
class StageDays:
    """Calendar days of a stage; None without a case that has it."""

    cases: int
    median: int | None
    percentile_90: int | None


def stage_days(histogram: Mapping[str, Counts]) -> StageDays:
    """The days of a stage from its counts by number of days."""
    cases = {int(days): counts.closed for days, counts in histogram.items()}
    return StageDays(sum(cases.values()), nearest_rank(cases, 50), nearest_rank(cases, 90))


def nearest_rank(cases: Mapping[int, int], percent: int) -> int | None:
    """The smallest number of days within which at least this share of the cases was done. `cases` by days."""
    total, done = sum(cases.values()), 0
    for days in sorted(cases):
        done += cases[days]
        if total and done * 100 >= total * percent:
            return days
    return None
