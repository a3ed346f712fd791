"""Periods of a report: a month, a quarter or the whole of a fiscal year, or any days. Pure: no Django.

The Thai fiscal year begins on 1 October and has the number of the year in which it ends: 1 October 2026 begins fiscal
year 2570 (2027 CE)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from protocol.bilingual_text import BilingualText
from thai import dates
from thai.dates import FIRST_FISCAL_MONTH, fiscal_year

MONTHS = 12  # of the charts and tables that end with the present month: they contain its fiscal year
_BUDDHIST_YEARS = 543
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})_(\d{4}-\d{2}-\d{2})")
MIN_YEAR, MAX_YEAR = 1990, 2200


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both counted. `code` names it in a URL."""

    first: date
    last: date
    code: str
    name: BilingualText

    @property
    def months(self) -> range | None:
        """The numbers of its months (`month_number`); None where it begins or ends inside a month."""
        if self.first.day != 1 or (self.last + timedelta(days=1)).day != 1:
            return None
        return range(month_number(self.first), month_number(self.last) + 1)

    @property
    def official_name(self) -> str:
        """The Thai name inside a sentence: «เดือนพฤศจิกายน 2569», «ปีงบประมาณ พ.ศ. 2570»."""
        name = self.name.th
        return name if name.startswith(("ไตรมาส", "ปีงบประมาณ")) else f"ช่วง {name}" if "ถึง" in name else f"เดือน{name}"

    def before(self) -> "Period":
        """The period of the same kind and length just before."""
        last = self.first - timedelta(days=1)
        if self.months is None:
            return days(last - (self.last - self.first), last)
        match len(self.months):
            case 1:
                return month_of(last)
            case 3 if self.code.startswith("fy"):
                return quarter_of(last)
            case 12 if self.code.startswith("fy"):
                return fiscal_year_of(last)
            case count:
                return days(first_day(self.months.start - count), last)


def month_number(day: date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The first day of the month with this number."""
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    """The last day of the month with this number."""
    return first_day(month + 1) - timedelta(days=1)


def month_of(day: date) -> Period:
    """The month of this day."""
    number = month_number(day)
    name = BilingualText(dates.month_and_year(day, "th"), dates.month_and_year(day, "en"))
    return Period(first_day(number), last_day(number), f"{day.year:04d}-{day.month:02d}", name)


def quarter_of(day: date) -> Period:
    """The quarter of the fiscal year of this day; the first one is October to December."""
    year, quarter = fiscal_year(day), (day.month - FIRST_FISCAL_MONTH) % 12 // 3 + 1
    start = (year - 1) * 12 + FIRST_FISCAL_MONTH - 1 + 3 * (quarter - 1)
    name = BilingualText(
        f"ไตรมาสที่ {quarter} ปีงบประมาณ พ.ศ. {year + _BUDDHIST_YEARS}", f"Quarter {quarter} of fiscal year {year}"
    )
    return Period(first_day(start), last_day(start + 2), f"fy{year}q{quarter}", name)


def fiscal_year_of(day: date) -> Period:
    """The fiscal year of this day."""
    year = fiscal_year(day)
    start = (year - 1) * 12 + FIRST_FISCAL_MONTH - 1
    name = BilingualText(f"ปีงบประมาณ พ.ศ. {year + _BUDDHIST_YEARS}", f"Fiscal year {year}")
    return Period(first_day(start), last_day(start + 11), f"fy{year}", name)


def days(first: date, last: date) -> Period:
    """Any days."""
    first, last = min(first, last), max(first, last)
    name = BilingualText(
        f"{dates.short_date(first, 'th')} ถึง {dates.short_date(last, 'th')}",
        f"{dates.short_date(first, 'en')} to {dates.short_date(last, 'en')}",
    )
    return Period(first, last, f"{first.isoformat()}_{last.isoformat()}", name)


def months_until(day: date) -> Period:
    """The twelve months that end with the one of this day."""
    return days(first_day(month_number(day) - MONTHS + 1), last_day(month_number(day)))


def parse(code: str) -> Period | None:
    """The period of a code: '2026-11', 'fy2027q1', 'fy2027', '2026-11-03_2026-11-20'. None for another text."""
    if match := re.fullmatch(r"(\d{4})-(\d{2})", code):
        year, month = int(match[1]), int(match[2])
        return month_of(date(year, month, 1)) if 1 <= month <= 12 and _is_near(year) else None
    if match := re.fullmatch(r"fy(\d{4})(?:q([1-4]))?", code):
        year = int(match[1])
        if not _is_near(year):
            return None
        start = (year - 1) * 12 + FIRST_FISCAL_MONTH - 1
        return quarter_of(first_day(start + 3 * (int(match[2]) - 1))) if match[2] else fiscal_year_of(first_day(start))
    if match := _DAYS.fullmatch(code):
        try:
            first, last = date.fromisoformat(match[1]), date.fromisoformat(match[2])
        except ValueError:
            return None
        return days(first, last) if _is_near(first.year) and _is_near(last.year) else None
    return None


def _is_near(year: int) -> bool:
    return MIN_YEAR <= year <= MAX_YEAR
