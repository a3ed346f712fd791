"""The calendar of holidays of Thai government offices: the `holidays` library, changed by the table `HolidayChange`.

Of the library's categories, *public* (with substitute days) and *government* (Royal Ploughing Ceremony) are holidays of
government offices. National Labour Day is not: only banks and private employers observe it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType

import holidays
from django.db.models import Count, Max

from central.deadlines.models import HolidayChange
from protocol.bilingual_text import BilingualText

_CATEGORIES = (holidays.PUBLIC, holidays.GOVERNMENT)
_LABOUR_DAY = "แรงงาน"  # part of the Thai names of the day and of its substitute
_SEPARATOR = "; "  # between the names of one day


@dataclass(frozen=True)
class HolidayCalendar:
    """The calendar of one moment. `changes`: the valid change of each changed day; None: it is no holiday."""

    changes: Mapping[date, BilingualText | None]

    def name(self, day: date) -> BilingualText | None:
        """The name of the holiday on this day, None for any other day."""
        return self.changes[day] if day in self.changes else library_holidays(day.year).get(day)

    def of_year(self, year: int) -> dict[date, BilingualText]:
        """All holidays of a year, by day. Some are on a weekend."""
        days = {*library_holidays(year), *(day for day in self.changes if day.year == year)}
        names = ((day, self.name(day)) for day in sorted(days))
        return {day: name for day, name in names if name is not None}

    def with_change(self, day: date, name: BilingualText | None) -> "HolidayCalendar":
        """This calendar with one more change, to show its effect before it is saved."""
        return HolidayCalendar(MappingProxyType({**self.changes, day: name}))


def current_calendar() -> HolidayCalendar:
    """The calendar with all changes. Costs one query; the changes are read again only when there are new ones, also
    those that another process saved."""
    return _calendar_of(*HolidayChange.objects.aggregate(Count("id"), Max("id"), Max("declared_at")).values())


# Rows are only added, so these three values change with every row. The highest id alone does not tell: of two
# transactions the one with the lower id may commit last, and SQLite issues the id of a rolled-back row again.
@lru_cache(maxsize=1)
def _calendar_of(count: int, highest_id: int | None, newest: datetime | None) -> HolidayCalendar:
    rows = HolidayChange.objects.order_by("id")
    changes = {row.day: BilingualText(row.name_th, row.name_en) if row.is_holiday else None for row in rows}
    return HolidayCalendar(MappingProxyType(changes))


@lru_cache(maxsize=64)
def library_holidays(year: int) -> Mapping[date, BilingualText]:
    """The holidays of government offices in a year, as the library knows them. It takes 3 ms."""
    thai = holidays.Thailand(years=year, language="th", categories=_CATEGORIES)
    english = holidays.Thailand(years=year, language="en_US", categories=_CATEGORIES)
    days: dict[date, BilingualText] = {}
    for day in sorted(thai):
        pairs = zip(thai[day].split(_SEPARATOR), english[day].split(_SEPARATOR), strict=True)
        names = [pair for pair in pairs if _LABOUR_DAY not in pair[0]]
        if names:
            days[day] = BilingualText(*(_SEPARATOR.join(texts) for texts in zip(*names, strict=True)))
    return MappingProxyType(days)
