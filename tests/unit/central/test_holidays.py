"""The calendar of holidays with its changes, and the commands that change it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from central import cli
from central.deadlines.calendar import current_calendar
from central.deadlines.government_holidays import government_holidays
from central.deadlines.holiday_changes import HolidayChangeError, cancel_holiday, declare_holiday
from central.deadlines.models import HolidayChange, LawPeriod
from protocol.bilingual_text import BilingualText
from thai.dates import in_thailand

SPECIAL = BilingualText("วันหยุดพิเศษ", "Special holiday")


def a_working_day(after_days: int = 30) -> date:
    """A day in the future that is neither on a weekend nor a holiday."""
    day = in_thailand(timezone.now()).date() + timedelta(days=after_days)
    while day.weekday() >= 5 or current_calendar().name(day) is not None:
        day += timedelta(days=1)
    return day


def test_offices_work_on_labour_day_and_not_on_substitute_days() -> None:
    holidays_2027 = government_holidays(2027)
    assert date(2027, 5, 1) not in holidays_2027
    assert date(2027, 5, 3) not in holidays_2027  # the substitute of Labour Day
    assert holidays_2027[date(2027, 2, 22)] == ("ชดเชยวันมาฆบูชา", "Makha Bucha (in lieu)")
    assert date(2026, 5, 13) in government_holidays(2026)  # Royal Ploughing Ceremony


def test_every_holiday_has_a_name_in_both_languages() -> None:
    for year in range(2020, 2041):
        for name in government_holidays(year).values():
            assert all(name)
            assert name.th != name.en


def test_a_declared_day_is_a_holiday_until_it_is_cancelled() -> None:
    day = a_working_day()
    declare_holiday(day, SPECIAL, by=None)
    assert current_calendar().name(day) == SPECIAL
    assert current_calendar().of_year(day.year)[day] == SPECIAL
    change = cancel_holiday(day, by=None)
    assert (change.name_th, change.is_holiday) == (SPECIAL.th, False)
    assert current_calendar().name(day) is None
    assert [row.is_holiday for row in HolidayChange.objects.filter(day=day)] == [True, False]


def test_a_holiday_of_the_library_can_be_cancelled() -> None:
    year = in_thailand(timezone.now()).year + 1
    day = date(year, 4, 14)
    cancel_holiday(day, by=None)
    assert current_calendar().name(day) is None
    assert day not in current_calendar().of_year(year)


def test_impossible_changes_are_refused() -> None:
    year = in_thailand(timezone.now()).year + 1
    working_day = a_working_day()
    saturday = working_day + timedelta(days=5 - working_day.weekday())
    for day, name, sentence in (
        (saturday, SPECIAL, "weekend"),
        (date(year, 4, 14), SPECIAL, "holiday already"),
        (working_day, BilingualText("วันหยุด", " \n"), "in Thai and English"),
        (date(1999, 4, 14), SPECIAL, "within the past year"),
        (date(2500, 4, 14), SPECIAL, "within the past year"),
    ):
        with pytest.raises(HolidayChangeError, match=sentence):
            declare_holiday(day, name, by=None)
    with pytest.raises(HolidayChangeError, match="not a holiday"):
        cancel_holiday(working_day, by=None)
    assert not HolidayChange.objects.exists()


def test_a_change_of_another_process_is_seen_at_the_next_call() -> None:
    day = a_working_day()
    assert current_calendar().name(day) is None
    # As another worker writes it: without any code of this process.
    row = HolidayChange(day=day, is_holiday=True, name_th="ก", name_en="a", declared_at=timezone.now())
    HolidayChange.objects.bulk_create([row])
    assert current_calendar().name(day) == ("ก", "a")


def test_an_unchanged_calendar_costs_one_query() -> None:
    declare_holiday(a_working_day(), SPECIAL, by=None)
    current_calendar()
    with CaptureQueriesContext(connection) as queries:
        current_calendar()
    assert len(queries) == 1


def test_a_change_is_not_edited() -> None:
    change = declare_holiday(a_working_day(), SPECIAL, by=None)
    change.name_en = "Other"
    with pytest.raises(ValueError, match="not edited"):
        change.save()


def test_holidays_by_command(capsys: pytest.CaptureFixture[str]) -> None:
    day = a_working_day()
    assert cli.main(["holidays", "add", day.isoformat(), "--name-th", "วันหยุดพิเศษ", "--name-en", "Special"]) == 0
    assert cli.main(["holidays", "list", "--year", str(day.year)]) == 0
    assert f"{day.isoformat()}\t{day:%a}\tวันหยุดพิเศษ\tSpecial\n" in capsys.readouterr().out
    assert cli.main(["holidays", "cancel", day.isoformat()]) == 0
    assert cli.main(["holidays", "cancel", day.isoformat()]) == 2
    assert "is not a holiday" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [["add", "2027-02-30", "--name-th", "ก", "--name-en", "a"], ["list", "--year", "2570"], ["cancel", "today"]],
)
def test_a_wrong_day_or_year_is_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["holidays", *words])
    assert ended.value.code == 2


def test_periods_by_law_by_command(capsys: pytest.CaptureFixture[str]) -> None:
    law = ["--law-th", "พ.ร.บ. ตัวอย่าง มาตรา 1", "--law-en", "Sample Act, section 1"]
    assert cli.main(["law-periods", "set", "consumer", "30", *law]) == 0
    assert cli.main(["law-periods", "set", "consumer", "45", *law]) == 0
    assert cli.main(["law-periods", "list"]) == 0
    assert capsys.readouterr().out == "consumer\t\t45\tพ.ร.บ. ตัวอย่าง มาตรา 1\tSample Act, section 1\n"
    assert cli.main(["law-periods", "remove", "consumer"]) == 0
    assert not LawPeriod.objects.exists()
    for words, sentence in (
        (["set", "consumer", "0", *law], "greater than or equal to 1"),
        (["set", "consumer", "1000", *law], "less than or equal to 999"),
        (["set", "weather", "5", *law], "no topic weather"),
        (["remove", "consumer"], "no law's period"),
    ):
        assert cli.main(["law-periods", *words]) == 2
        assert sentence in capsys.readouterr().err
