"""The holidays of Thai government offices as the library `holidays` knows them, by year. Without Django.

Of the library's categories, *public* (with substitute days) and *government* (Royal Ploughing Ceremony) are holidays of
government offices. National Labour Day is not: only banks and private employers observe it. For a year to come, days
that the cabinet or the court declares later are missing (decision 0042).
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import holidays

from protocol.bilingual_text import BilingualText

_CATEGORIES = (holidays.PUBLIC, holidays.GOVERNMENT)
_LABOUR_DAY = "แรงงาน"  # part of the Thai names of the day and of its substitute
_SEPARATOR = "; "  # between the names of one day


@lru_cache(maxsize=64)
def government_holidays(year: int) -> Mapping[date, BilingualText]:
    """The holidays of a year, also those on a weekend. Calculating them takes 3 ms."""
    thai = holidays.country_holidays("TH", years=year, language="th", categories=_CATEGORIES)
    english = holidays.country_holidays("TH", years=year, language="en_US", categories=_CATEGORIES)
    days: dict[date, BilingualText] = {}
    for day in sorted(thai):
        pairs = zip(thai[day].split(_SEPARATOR), english[day].split(_SEPARATOR), strict=True)
        names = [pair for pair in pairs if _LABOUR_DAY not in pair[0]]
        if names:
            days[day] = BilingualText(*(_SEPARATOR.join(texts) for texts in zip(*names, strict=True)))
    return MappingProxyType(days)


def government_holiday(day: date) -> BilingualText | None:
    """The name of the holiday on this day, None for any other day."""
    return government_holidays(day.year).get(day)
