"""Explanations of deadlines in both languages, periods, pauses from a history, and levels of escalation."""

from datetime import UTC, date, datetime, timedelta

import pytest

from central.deadlines.calculation import (
    CaseClock,
    DayKind,
    Pause,
    StartReason,
    pauses_of_history,
)
from central.deadlines.escalation import escalation_level, next_escalation_date, silent_days
from central.deadlines.explanation import MAX_DAYS_LISTED, explain_deadline
from central.deadlines.government_holidays import government_holiday
from central.deadlines.periods import (
    GENERAL_DAYS,
    MAX_PERIOD_DAYS,
    Period,
    PeriodBasis,
    choose_period,
    is_complex_matter,
)

FRIDAY = date(2026, 4, 10)  # before Songkran
GENERAL = Period(PeriodBasis.GENERAL, 15)


def test_every_day_to_the_deadline_is_explained() -> None:
    clock = CaseClock(FRIDAY, Period(PeriodBasis.GENERAL, 3), pauses=(Pause(date(2026, 4, 16), date(2026, 4, 17)),))
    explanation = explain_deadline(clock, government_holiday, date(2026, 4, 20))
    lines = [(entry.day.day, entry.kind, entry.count) for entry in explanation.days]
    assert lines == [
        (10, DayKind.START, 0),
        (11, DayKind.WEEKEND, 0),
        (12, DayKind.WEEKEND, 0),
        (13, DayKind.HOLIDAY, 0),
        (14, DayKind.HOLIDAY, 0),
        (15, DayKind.HOLIDAY, 0),
        (16, DayKind.COUNTED, 1),  # the day on which the pause begins
        (17, DayKind.PAUSED, 1),
        (18, DayKind.WEEKEND, 1),
        (19, DayKind.WEEKEND, 1),
        (20, DayKind.COUNTED, 2),
        (21, DayKind.COUNTED, 3),
    ]
    texts = {entry.day.day: entry.text for entry in explanation.days}
    assert texts[10] == ("วันที่ยืนยันเรื่อง", "The case was confirmed")
    assert texts[13] == ("วันสงกรานต์", "Songkran Festival")
    assert texts[17].th.startswith("หยุดนับ")
    assert texts[21] == ("วันทำการที่ 3", "Working day 3")
    assert [entry.day.day for entry in explanation.days if entry.is_due] == [21]
    assert [entry.day.day for entry in explanation.days if entry.is_today] == [20]
    assert explanation.days[0].date_in("th") == "ศ. 10 เม.ย. 2569"
    assert explanation.days[0].date_in("en") == "Fri 10 Apr 2026"
    assert not explanation.is_cut


def summaries(clock: CaseClock, today: date) -> tuple[str, str]:
    return explain_deadline(clock, government_holiday, today).summary


@pytest.mark.parametrize(
    ("today", "thai", "english"),
    [
        (
            date(2026, 4, 20),
            "กำหนดแล้วเสร็จภายในวันพฤหัสบดีที่ 7 พฤษภาคม 2569 (15 วันทำการ ตามเกณฑ์ทั่วไป) นับแล้ว 3 วัน เหลือ 12 วัน",
            "Due by Thursday, 7 May 2026 (15 working days, the general period). 3 counted, 12 left.",
        ),
        (
            date(2026, 5, 7),
            "ครบกำหนดวันนี้ วันพฤหัสบดีที่ 7 พฤษภาคม 2569 (15 วันทำการ ตามเกณฑ์ทั่วไป)",
            "Due today, Thursday, 7 May 2026 (15 working days, the general period).",
        ),
        (
            date(2026, 5, 11),
            "ครบกำหนดแล้วเมื่อวันพฤหัสบดีที่ 7 พฤษภาคม 2569 (15 วันทำการ ตามเกณฑ์ทั่วไป) เกินมาแล้ว 2 วันทำการ",
            "It was due on Thursday, 7 May 2026 (15 working days, the general period). 2 working days overdue.",
        ),
    ],
)
def test_summary_before_on_and_after_the_day(today: date, thai: str, english: str) -> None:
    assert summaries(CaseClock(FRIDAY, GENERAL), today) == (thai, english)


def test_summary_of_a_paused_case() -> None:
    clock = CaseClock(FRIDAY, GENERAL, pauses=(Pause(date(2026, 4, 20)),))
    assert summaries(clock, date(2026, 4, 30)) == (
        "หยุดนับเวลาตั้งแต่วันจันทร์ที่ 20 เมษายน 2569 ระหว่างรอรายละเอียดจากผู้ร้อง นับแล้ว 3 วัน เหลือ 12 วันทำการ",
        "Paused since Monday, 20 April 2026, waiting for details from the citizen. 3 counted, 12 working days left.",
    )


def test_summary_of_a_complex_case_and_of_one_with_a_law() -> None:
    complex_case = CaseClock(FRIDAY, choose_period(is_complex=True), last_report=date(2026, 4, 20))
    assert summaries(complex_case, date(2026, 4, 30)) == (
        "เรื่องซับซ้อน ไม่กำหนดวันแล้วเสร็จ รายงานความคืบหน้าทุก 15 วันทำการ ครั้งต่อไปภายในวันอังคารที่ 12 พฤษภาคม 2569",
        "A complex case has no date for its completion. "
        "Progress is reported every 15 working days, next by Tuesday, 12 May 2026.",
    )
    by_law = CaseClock(FRIDAY, choose_period(law_days=60, is_complex=True))
    thai, english = summaries(by_law, date(2026, 4, 30))
    assert "60 วันทำการ ตามที่กฎหมายกำหนด" in thai
    assert "รายงานความคืบหน้าทุก 15 วันทำการ" in thai
    assert "60 working days, set by law" in english


def test_a_date_set_by_an_officer_is_not_moved() -> None:
    pauses = (Pause(date(2026, 4, 16), date(2026, 4, 30)),)
    clock = CaseClock(FRIDAY, Period(PeriodBasis.MANUAL, None), pauses=pauses, fixed_due=date(2026, 5, 4))
    deadline = explain_deadline(clock, government_holiday, date(2026, 4, 30)).deadline
    assert (deadline.due, deadline.remaining_days) == (date(2026, 5, 4), 1)  # 1 May; 4 May is a holiday
    assert summaries(clock, date(2026, 5, 6)) == (
        "ครบกำหนดแล้วเมื่อวันจันทร์ที่ 4 พฤษภาคม 2569 (เจ้าหน้าที่กำหนดวัน) เกินมาแล้ว 2 วันทำการ",
        "It was due on Monday, 4 May 2026 (date set by an officer). 2 working days overdue.",
    )


def test_summary_of_a_closed_case() -> None:
    clock = CaseClock(FRIDAY, GENERAL, closed_on=date(2026, 4, 20))
    assert summaries(clock, date(2027, 1, 1)) == (
        "ยุติเรื่องแล้ว ใช้เวลา 3 วันทำการ จากกำหนด 15 วันทำการ",
        "Closed after 3 working days; the period was 15.",
    )


def test_start_is_explained() -> None:
    for reason, thai in ((StartReason.ARRIVED, "นาฬิกาของตู้ไม่แน่นอน"), (StartReason.REOPENED, "เปิดเรื่องอีกครั้ง")):
        first = explain_deadline(CaseClock(FRIDAY, GENERAL, reason), government_holiday, FRIDAY).days[0]
        assert thai in first.text.th


def test_a_long_period_is_listed_in_part() -> None:
    explanation = explain_deadline(CaseClock(FRIDAY, Period(PeriodBasis.LAW, 400)), government_holiday, FRIDAY)
    assert (len(explanation.days), explanation.is_cut) == (MAX_DAYS_LISTED, True)


def test_precedence_of_periods() -> None:
    assert choose_period(law_days=7, agency_days=20, is_complex=True) == Period(PeriodBasis.LAW, 7, 15)
    assert choose_period(agency_days=20, is_complex=True) == Period(PeriodBasis.COMPLEX, None, 15)
    assert choose_period(agency_days=20) == Period(PeriodBasis.AGENCY, 20)
    assert choose_period() == Period(PeriodBasis.GENERAL, GENERAL_DAYS)


@pytest.mark.parametrize("days", [0, -1, MAX_PERIOD_DAYS + 1])
def test_impossible_periods_are_refused(days: int) -> None:
    with pytest.raises(ValueError, match="working days"):
        choose_period(agency_days=days)


def test_complex_matters() -> None:
    assert is_complex_matter("complaint", "safety", "official")
    assert is_complex_matter("tip_off", "drugs", "official")
    assert is_complex_matter("help", "land", "nobody")
    assert not is_complex_matter("praise", "other", "official")
    assert not is_complex_matter("complaint", "utilities", "person")


def test_pauses_from_a_history() -> None:
    noon = datetime(2026, 4, 20, 5, tzinfo=UTC)
    late_evening = datetime(2026, 4, 20, 18, tzinfo=UTC)  # already the 21st in Thailand
    assert pauses_of_history([(noon, True), (noon, True), (late_evening, False), (late_evening, False)]) == (
        Pause(date(2026, 4, 20), date(2026, 4, 21)),
    )
    assert pauses_of_history([(noon, False), (late_evening, True)]) == (Pause(date(2026, 4, 21)),)


def test_levels_of_escalation() -> None:
    since = date(2026, 1, 10)
    days = {30: 1, 45: 2, 52: 3}
    for level_at, level in days.items():
        assert escalation_level(since, since + timedelta(days=level_at - 1)) == level - 1
        assert escalation_level(since, since + timedelta(days=level_at)) == level
        assert next_escalation_date(since, level - 1) == since + timedelta(days=level_at)
    assert next_escalation_date(since, 3) is None
    assert escalation_level(since, since + timedelta(days=900)) == 3
    assert escalation_level(since, since - timedelta(days=2)) == 0


def test_waiting_for_the_citizen_is_not_silence() -> None:
    since, today = date(2026, 1, 10), date(2026, 2, 20)
    assert silent_days(since, today) == 41
    assert next_escalation_date(since, 0, [Pause(date(2026, 1, 15), date(2026, 2, 4))]) == date(2026, 3, 1)
    assert next_escalation_date(since, 0, [Pause(date(2026, 1, 15))]) is None
    assert next_escalation_date(since, 0, [Pause(date(2026, 3, 1))]) == date(2026, 2, 9)
    assert silent_days(since, today, [Pause(date(2026, 1, 15), date(2026, 2, 4))]) == 21
    assert escalation_level(since, today, [Pause(date(2026, 1, 15), date(2026, 2, 4))]) == 0
