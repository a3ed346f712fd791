"""Declares and cancels holidays. Deadlines of open cases follow by `cases.deadline_changes.apply_holiday_changes`."""

from datetime import date, timedelta

from django.utils import timezone

from central.centres.models import Officer
from central.database_values import clean_text
from central.deadlines.calculation import is_weekend
from central.deadlines.calendar import current_calendar
from central.deadlines.models import MAX_HOLIDAY_NAME_CHARS, HolidayChange
from protocol.bilingual_text import BilingualText
from thai.dates import day_in_thailand, long_date

PAST_DAYS = 366  # a day further back cannot move the deadline of a case that is still open in time
FUTURE_DAYS = 5 * 366

_NAMES_MISSING = BilingualText("กรุณาใส่ชื่อวันหยุดทั้งภาษาไทยและอังกฤษ", "Enter the name of the holiday in Thai and English.")
_OUT_OF_RANGE = BilingualText(
    "วันต้องอยู่ในช่วงหนึ่งปีที่ผ่านมาถึงห้าปีข้างหน้า", "The day must be within the past year and the next five years."
)


class HolidayChangeError(Exception):
    """The calendar cannot be changed like this. `sentence` says why."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


def check_declaration(day: date, name: BilingualText) -> BilingualText:
    """The name as it will be stored. Raises HolidayChangeError for a day that is no working day, or without names."""
    _check_range(day)
    if is_weekend(day):
        raise HolidayChangeError(
            BilingualText(
                f"{long_date(day, 'th')} เป็นวันหยุดสุดสัปดาห์อยู่แล้ว", f"{long_date(day, 'en')} is on a weekend already."
            )
        )
    present = current_calendar().name(day)
    if present is not None:
        raise HolidayChangeError(
            BilingualText(
                f"{long_date(day, 'th')} เป็นวันหยุดอยู่แล้ว: {present.th}",
                f"{long_date(day, 'en')} is a holiday already: {present.en}.",
            )
        )
    cleaned = BilingualText(*(clean_text(text, MAX_HOLIDAY_NAME_CHARS).strip() for text in name))
    if not all(cleaned):
        raise HolidayChangeError(_NAMES_MISSING)
    return cleaned


def declare_holiday(day: date, name: BilingualText, by: Officer | None) -> HolidayChange:
    """Make a working day a holiday. Raises HolidayChangeError."""
    return _add_change(day, check_declaration(day, name), by, is_holiday=True)


def check_cancellation(day: date) -> BilingualText:
    """The name of the holiday on this day. Raises HolidayChangeError without one."""
    _check_range(day)
    present = current_calendar().name(day)
    if present is None:
        raise HolidayChangeError(
            BilingualText(f"{long_date(day, 'th')} ไม่ใช่วันหยุด", f"{long_date(day, 'en')} is not a holiday.")
        )
    return present


def cancel_holiday(day: date, by: Officer | None) -> HolidayChange:
    """Make a holiday a working day, unless it is on a weekend. Raises HolidayChangeError."""
    return _add_change(day, check_cancellation(day), by, is_holiday=False)


def _add_change(day: date, name: BilingualText, by: Officer | None, *, is_holiday: bool) -> HolidayChange:
    return HolidayChange.objects.create(
        day=day, is_holiday=is_holiday, name_th=name.th, name_en=name.en, declared_at=timezone.now(), declared_by=by
    )


def _check_range(day: date) -> None:
    today = day_in_thailand(timezone.now())
    if not today - timedelta(days=PAST_DAYS) <= day <= today + timedelta(days=FUTURE_DAYS):
        raise HolidayChangeError(_OUT_OF_RANGE)
