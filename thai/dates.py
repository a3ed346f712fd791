"""Dates as people in Thailand write them: the Buddhist era (CE + 543) in Thai, the common era in English.
Every other language gets the English form.

A datetime must be aware; it is converted to Thailand's time. A plain date is not converted.
"""

from datetime import date, datetime, timedelta, timezone

# Without daylight saving since 1920: no time zone database is needed.
BANGKOK_TIME = timezone(timedelta(hours=7), "ICT")
FIRST_FISCAL_MONTH = 10

_MONTHS = {
    "th": "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
    "en": "January February March April May June July August September October November December",
}
_SHORT_MONTHS = {
    "th": "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.",
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}
_WEEKDAYS = {
    "th": "จันทร์ อังคาร พุธ พฤหัสบดี ศุกร์ เสาร์ อาทิตย์",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
_SHORT_WEEKDAYS = {"th": "จ. อ. พ. พฤ. ศ. ส. อา.", "en": "Mon Tue Wed Thu Fri Sat Sun"}


def fiscal_year(day: date) -> int:
    """The fiscal year of a day, in the common era. It begins on 1 October and is named after the year in which it
    ends."""
    return day.year + (day.month >= FIRST_FISCAL_MONTH)


def in_thailand(moment: datetime) -> datetime:
    """The same moment by Thailand's clocks. Raises ValueError for a datetime without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("A datetime without a time zone cannot be shown in Thailand's time.")
    return moment.astimezone(BANGKOK_TIME)


def day_in_thailand(moment: datetime) -> date:
    """The day of this moment by Thailand's clocks: from 17:00 UTC on, the next one. Raises ValueError for a datetime
    without a time zone."""
    return in_thailand(moment).date()


def _day(moment: date | datetime) -> date:
    return day_in_thailand(moment) if isinstance(moment, datetime) else moment


def _names(table: dict[str, str], language: str) -> list[str]:
    return table.get(language, table["en"]).split()


def year(moment: date | datetime, language: str = "th") -> int:
    """The year: Buddhist era in Thai, common era in English."""
    return _day(moment).year + (543 if language == "th" else 0)


def month_number(name: str) -> int | None:
    """1 to 12 for a Thai month's name, in full or short («มี.ค.»); None for another word."""
    for table in (_MONTHS, _SHORT_MONTHS):
        names = _names(table, "th")
        if name in names:
            return names.index(name) + 1
    return None


def long_date(moment: date | datetime, language: str = "th") -> str:
    """«21 พฤศจิกายน 2569», '21 November 2026'."""
    day = _day(moment)
    return f"{day.day} {_names(_MONTHS, language)[day.month - 1]} {year(day, language)}"


def month_and_year(moment: date | datetime, language: str = "th") -> str:
    """'พฤศจิกายน 2569', 'November 2026'."""
    return f"{_names(_MONTHS, language)[_day(moment).month - 1]} {year(moment, language)}"


def short_date(moment: date | datetime, language: str = "th") -> str:
    """«21 พ.ย. 2569», '21 Nov 2026'."""
    day = _day(moment)
    return f"{day.day} {_names(_SHORT_MONTHS, language)[day.month - 1]} {year(day, language)}"


def long_date_with_weekday(moment: date | datetime, language: str = "th") -> str:
    """«เสาร์ที่ 21 พฤศจิกายน 2569», 'Saturday, 21 November 2026'."""
    day = _day(moment)
    join = "ที่ " if language == "th" else ", "
    return f"{_names(_WEEKDAYS, language)[day.weekday()]}{join}{long_date(day, language)}"


def short_date_with_weekday(moment: date | datetime, language: str = "th") -> str:
    """«ส. 21 พ.ย. 2569», 'Sat 21 Nov 2026'."""
    day = _day(moment)
    return f"{_names(_SHORT_WEEKDAYS, language)[day.weekday()]} {short_date(day, language)}"


def clock_time(moment: datetime, language: str = "th") -> str:
    """«09.12 น.», '09:12'."""
    return in_thailand(moment).strftime("%H.%M น." if language == "th" else "%H:%M")


def short_datetime(moment: datetime, language: str = "th") -> str:
    """«21 พ.ย. 2569 09.12 น.», '21 Nov 2026 09:12'."""
    return f"{short_date(moment, language)} {clock_time(moment, language)}"


def card_date(digits: str, language: str = "th") -> str:
    """The long date for 'YYYYMMDD' in the Buddhist era, as stored on an ID card. Month and day may be '00' (unknown)
    and are then omitted.

    '24940305' -> «5 มีนาคม 2494»; '24940000' -> «2494», in English '1951'. '' for any other text."""
    if len(digits) != 8 or not digits.isdecimal():
        return ""
    era_year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if not 2300 <= era_year <= 2700 or month > 12 or day > 31:
        return ""
    shown = str(era_year if language == "th" else era_year - 543)
    if month == 0:
        return shown
    shown = f"{_names(_MONTHS, language)[month - 1]} {shown}"
    return f"{day} {shown}" if day else shown
