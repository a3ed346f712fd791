"""Explains a deadline in Thai and English: one summary, and every day with what it is to the clock. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from central.deadlines.calculation import (
    CaseClock,
    ClockDay,
    DayKind,
    Deadline,
    DeadlineState,
    HolidayName,
    StartReason,
    calculate_deadline,
    clock_days,
)
from central.deadlines.periods import Period, PeriodBasis
from protocol.bilingual_text import BilingualText
from thai.dates import long_date_with_weekday, short_date_with_weekday

# A list longer than this helps nobody; three times the general period with Songkran in it stays below.
MAX_DAYS_LISTED = 120

_BASIS = {
    PeriodBasis.LAW: BilingualText("ตามที่กฎหมายกำหนด", "set by law"),
    PeriodBasis.AGENCY: BilingualText("ตามที่หน่วยงานประกาศ", "declared by the agency"),
    PeriodBasis.GENERAL: BilingualText("ตามเกณฑ์ทั่วไป", "the general period"),
    PeriodBasis.COMPLEX: BilingualText("เรื่องซับซ้อน", "complex case"),
    PeriodBasis.MANUAL: BilingualText("เจ้าหน้าที่กำหนดวัน", "date set by an officer"),
}
_START = {
    StartReason.CONFIRMED: BilingualText("วันที่ยืนยันเรื่อง", "The case was confirmed"),
    StartReason.ARRIVED: BilingualText(
        "วันที่ศูนย์ได้รับเรื่อง (นาฬิกาของตู้ไม่แน่นอน)", "The centre received the case (the kiosk's clock was uncertain)"
    ),
    StartReason.REOPENED: BilingualText("วันที่เปิดเรื่องอีกครั้ง", "The case was reopened"),
}
_WEEKEND = BilingualText("วันหยุดสุดสัปดาห์", "Weekend")
_PUBLIC_PAUSE = BilingualText(
    "หยุดนับกำหนดแล้วเสร็จไว้ก่อน ระหว่างรอรายละเอียดจากท่าน", "The due date is on hold while we wait for details from you."
)
_PAUSED = BilingualText("หยุดนับ รอรายละเอียดจากผู้ร้อง", "Paused: waiting for details from the citizen")


@dataclass(frozen=True)
class ExplainedDay:
    """One line of the explanation. `count` is the running count of working days."""

    day: date
    kind: DayKind
    count: int
    text: BilingualText
    is_due: bool
    is_today: bool

    def date_in(self, language: str) -> str:
        """The day with its weekday, short, in the era of the language."""
        return short_date_with_weekday(self.day, language)


@dataclass(frozen=True)
class Explanation:
    """A deadline with its reasons. `is_cut`: more days follow than are listed."""

    deadline: Deadline
    summary: BilingualText
    days: tuple[ExplainedDay, ...]
    is_cut: bool


def explain_deadline(clock: CaseClock, holiday_name: HolidayName, today: date) -> Explanation:
    """The deadline as known on `today`, explained from day 0 to the due date. Without one, to the day of closing, the
    next report of progress, or today."""
    deadline = calculate_deadline(clock, holiday_name, today)
    last_day = clock.closed_on or deadline.due or deadline.next_report_due or today
    if deadline.due is not None:
        last_day = min(last_day, deadline.due)
    last_listed = min(last_day, clock.start + timedelta(days=MAX_DAYS_LISTED - 1))
    days: list[ExplainedDay] = []
    for entry in clock_days(clock, holiday_name):
        if entry.day > last_listed and days:
            break
        days.append(_explained(clock, entry, deadline, today))
    return Explanation(deadline, deadline_summary(clock, deadline), tuple(days), is_cut=last_day > last_listed)


def deadline_summary(clock: CaseClock, deadline: Deadline) -> BilingualText:
    """One or two sentences: until when, how much of the period is used, and from what the period follows."""
    return BilingualText(_summary_th(clock, deadline), _summary_en(clock, deadline))


def public_summary(
    period: Period, due: date | None, next_report_due: date | None, today: date, *, is_paused: bool
) -> BilingualText:
    """One sentence for the citizen, from the stored result alone: it needs neither calendar nor history. '' when there
    is nothing to say."""
    if due is not None:
        return _public_due(period, due, today)
    if is_paused:
        return _PUBLIC_PAUSE
    if next_report_due is None:
        return BilingualText("", "")
    return BilingualText(
        f"เรื่องซับซ้อน ไม่กำหนดวันแล้วเสร็จ จะรายงานความคืบหน้าภายใน{_long_date(next_report_due, 'th')}",
        f"A complex case has no due date. Progress is reported by {_long_date(next_report_due, 'en')}.",
    )


def _public_due(period: Period, due: date, today: date) -> BilingualText:
    th, en = _long_date(due, "th"), _long_date(due, "en")
    if today > due:
        return BilingualText(
            f"เลยกำหนดแล้วเสร็จ{th} ศูนย์กำลังติดตาม", f"The due date, {en}, has passed. The centre is following up."
        )
    basis = _BASIS[period.basis]
    if period.days is None:
        return BilingualText(f"กำหนดแล้วเสร็จภายใน{th} ({basis.th})", f"Due by {en} ({basis.en}).")
    return BilingualText(
        f"กำหนดแล้วเสร็จภายใน{th} ({period.days} วันทำการ {basis.th})",
        f"Due by {en} ({_working_days(period.days)}, {basis.en}).",
    )


def _summary_th(clock: CaseClock, deadline: Deadline) -> str:
    days, basis, counted = clock.period.days, _BASIS[clock.period.basis].th, deadline.counted_days
    if deadline.state is DeadlineState.CLOSED:
        return f"ยุติเรื่องแล้ว ใช้เวลา {counted} วันทำการ" + (f" จากกำหนด {days} วันทำการ" if days else "")
    report = _report_sentence(clock, deadline).th
    if deadline.state is DeadlineState.PAUSED and deadline.paused_since:
        since = _long_date(deadline.paused_since, "th")
        rest = f" นับแล้ว {counted} วัน เหลือ {deadline.remaining_days} วันทำการ" if days else ""
        return f"หยุดนับเวลาตั้งแต่{since} ระหว่างรอรายละเอียดจากผู้ร้อง{rest}"
    if deadline.due is None:
        return f"{basis} ไม่กำหนดวันแล้วเสร็จ {report}".rstrip()
    due, period = _long_date(deadline.due, "th"), f"{days} วันทำการ {basis}" if days else basis
    if deadline.state is DeadlineState.OVERDUE:
        late = f" เกินมาแล้ว {deadline.overdue_days} วันทำการ" if deadline.overdue_days else ""
        return f"ครบกำหนดแล้วเมื่อ{due} ({period}){late} {report}".rstrip()
    if deadline.state is DeadlineState.DUE_TODAY:
        return f"ครบกำหนดวันนี้ {due} ({period}) {report}".rstrip()
    return f"กำหนดแล้วเสร็จภายใน{due} ({period}) นับแล้ว {counted} วัน เหลือ {deadline.remaining_days} วัน {report}".rstrip()


def _summary_en(clock: CaseClock, deadline: Deadline) -> str:
    days, basis, counted = clock.period.days, _BASIS[clock.period.basis].en, deadline.counted_days
    if deadline.state is DeadlineState.CLOSED:
        return f"Closed after {_working_days(counted)}" + (f"; the period was {days}." if days else ".")
    report = _report_sentence(clock, deadline).en
    if deadline.state is DeadlineState.PAUSED and deadline.paused_since:
        since = _long_date(deadline.paused_since, "en")
        rest = f" {counted} counted, {_working_days(deadline.remaining_days or 0)} left." if days else ""
        return f"Paused since {since}, waiting for details from the citizen.{rest}"
    if deadline.due is None:
        return f"A {basis} has no date for its completion. {report}".rstrip()
    due, period = _long_date(deadline.due, "en"), f"{_working_days(days)}, {basis}" if days else basis
    if deadline.state is DeadlineState.OVERDUE:
        late = f" {_working_days(deadline.overdue_days)} overdue." if deadline.overdue_days else ""
        return f"It was due on {due} ({period}).{late} {report}".rstrip()
    if deadline.state is DeadlineState.DUE_TODAY:
        return f"Due today, {due} ({period}). {report}".rstrip()
    return f"Due by {due} ({period}). {counted} counted, {deadline.remaining_days} left. {report}".rstrip()


def _report_sentence(clock: CaseClock, deadline: Deadline) -> BilingualText:
    """The duty to report progress, '' without one."""
    every = clock.period.progress_every_days
    if every is None or deadline.next_report_due is None:
        return BilingualText("", "")
    day = deadline.next_report_due
    return BilingualText(
        f"รายงานความคืบหน้าทุก {every} วันทำการ ครั้งต่อไปภายใน{_long_date(day, 'th')}",
        f"Progress is reported every {_working_days(every)}, next by {_long_date(day, 'en')}.",
    )


def _explained(clock: CaseClock, entry: ClockDay, deadline: Deadline, today: date) -> ExplainedDay:
    return ExplainedDay(
        day=entry.day,
        kind=entry.kind,
        count=entry.count,
        text=_day_text(clock, entry),
        is_due=entry.day == deadline.due,
        is_today=entry.day == today,
    )


def _day_text(clock: CaseClock, entry: ClockDay) -> BilingualText:
    if entry.kind is DayKind.START:
        return _START[clock.start_reason]
    if entry.kind is DayKind.COUNTED:
        return BilingualText(f"วันทำการที่ {entry.count}", f"Working day {entry.count}")
    if entry.kind is DayKind.PAUSED:
        return _PAUSED
    return _WEEKEND if entry.holiday is None else entry.holiday


def _long_date(day: date, language: str) -> str:
    text = long_date_with_weekday(day, language)
    return f"วัน{text}" if language == "th" else text


def _working_days(number: int) -> str:
    return "1 working day" if number == 1 else f"{number} working days"
