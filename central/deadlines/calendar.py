"""The calendar of holidays: those of government offices, changed by the rows of the table `HolidayChange`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType

from django.db.models import Count, Max

from central.deadlines.government_holidays import government_holiday, government_holidays
from central.deadlines.models import HolidayChange
from protocol.bilingual_text import BilingualText


@dataclass(frozen=True)
class HolidayCalendar:
    """The calendar of one moment. `changes`: the valid change of each changed day; None: it is no holiday."""

    changes: Mapping[date, BilingualText | None]

    def name(self, day: date) -> BilingualText | None:
        """The name of the holiday on this day, None for any other day."""
        return self.changes[day] if day in self.changes else government_holiday(day)

    def of_year(self, year: int) -> dict[date, BilingualText]:
        """All holidays of a year, by day. Some are on a weekend."""
        days = {*government_holidays(year), *(day for day in self.changes if day.year == year)}
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
