"""The clock of a case: periods, pauses, reopening, changes of the calendar, and the events that inform the citizen."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from central.cases import clock, commands
from central.cases.case_clock import explain_case, public_deadline
from central.cases.commands import Actor, ClosingInputs, OrderInputs
from central.cases.deadline_changes import (
    apply_holiday_changes,
    check_open_deadlines,
    due_date_moves,
    start_missing_clocks,
)
from central.cases.event_kinds import EventKind
from central.cases.models import Case, CaseEvent, CaseEventText
from central.centres.models import Centre
from central.deadlines import calendar
from central.deadlines.calculation import DeadlineState, StartReason
from central.deadlines.government_holidays import government_holiday
from central.deadlines.holiday_changes import declare_holiday
from central.deadlines.models import HolidayChange, LawPeriod
from central.deadlines.periods import PeriodBasis
from protocol.bilingual_text import BilingualText
from tests.unit.central.factories import create_agency, create_case
from tests.unit.central.moments import SetClock, set_clock

__all__ = ["set_clock"]
FRIDAY = "2026-04-10 09:00"  # before Songkran
DUE = date(2026, 5, 7)  # 15 working days later
SPECIAL = BilingualText("วันหยุดพิเศษ", "Special holiday")


@pytest.fixture
def case(khonkaen: Centre, set_clock: SetClock) -> Case:
    return create_case(khonkaen, at=set_clock(FRIDAY))


def moves_of(case: Case) -> list[dict[str, str]]:
    events = CaseEvent.objects.filter(case=case, kind=EventKind.DUE_MOVED.value)
    return [event.payload for event in events.order_by("seq")]


def take_and_order(case: Case, owner: Actor, **inputs: object) -> None:
    agency = inputs.pop("lead", None) or create_agency(case.centre)
    order = OrderInputs(lead=agency, **inputs)  # type: ignore[arg-type]
    commands.order(case, owner, seen_revision=case.revision, inputs=order)


def test_a_new_case_is_due_after_the_general_period(case: Case) -> None:
    assert (case.clock_start, case.due) == (date(2026, 4, 10), DUE)
    assert (case.period_basis, case.period_days, case.is_complex) == ("general", 15, False)
    explanation = explain_case(case, date(2026, 4, 16))
    assert explanation is not None
    assert explanation.deadline.counted_days == 1
    assert explanation.days[0].text == ("วันที่ยืนยันเรื่อง", "The case was confirmed")


def test_an_uncertain_filing_time_starts_the_clock_on_arrival(khonkaen: Centre, set_clock: SetClock) -> None:
    arrival = set_clock(FRIDAY)
    filed = arrival - timedelta(days=40)
    case = create_case(khonkaen, at=arrival, filed_at=filed, filing_time_quality="uncertain")
    assert case.clock_start == date(2026, 4, 10)
    explanation = explain_case(case)
    assert explanation is not None
    assert "uncertain" in explanation.days[0].text.en


def test_a_complex_case_has_a_duty_to_report_instead_of_a_date(khonkaen: Centre, set_clock: SetClock) -> None:
    case = create_case(khonkaen, at=set_clock(FRIDAY), topic="land")
    assert (case.due, case.is_complex, case.period_basis) == (None, True, "complex")
    assert case.next_report_due == DUE
    assert public_deadline(case, date(2026, 4, 10)).en.startswith("A complex case has no due date.")


def test_a_period_by_law_comes_first(khonkaen: Centre, set_clock: SetClock) -> None:
    LawPeriod.objects.create(topic="land", days=5, law_th="ก", law_en="a")
    LawPeriod.objects.create(topic="land", subtopic="โฉนด", days=3, law_th="ก", law_en="a")
    case = create_case(khonkaen, at=set_clock(FRIDAY), topic="land")
    assert (case.due, case.period_basis) == (date(2026, 4, 22), "law")
    with_subtopic = create_case(khonkaen, at=set_clock(FRIDAY), topic="land", subtopic="โฉนด")
    assert with_subtopic.due == date(2026, 4, 20)


def test_the_declared_days_of_the_agency_replace_the_general_period(case: Case, owner: Actor) -> None:
    take_and_order(case, owner, lead=create_agency(case.centre, declared_days=20))
    assert (case.due, case.period_basis) == (date(2026, 5, 15), "agency")
    assert case.referrals.get().due == case.due
    assert moves_of(case) == [{"before": "2026-05-07", "after": "2026-05-15", "cause": "order"}]


def test_a_message_to_the_citizen_is_not_covered_by_the_new_date(case: Case, owner: Actor) -> None:
    agency = create_agency(case.centre, declared_days=20)
    order = OrderInputs(lead=agency)
    commands.order(case, owner, seen_revision=case.revision, inputs=order, message="ส่งช่างแล้ว")
    assert len(moves_of(case)) == 1
    texts = CaseEventText.objects.filter(event__case=case).exclude(public_text="").order_by("event__seq")
    assert [text.public_text for text in texts] == ["ส่งช่างแล้ว"]


def test_a_date_on_the_order_stays_unless_it_is_the_proposed_one(case: Case, owner: Actor, khonkaen: Centre) -> None:
    take_and_order(case, owner, due=date(2026, 4, 30))
    assert (case.due, case.period_basis) == (date(2026, 4, 30), PeriodBasis.MANUAL.value)
    other = create_case(khonkaen, at=case.filed_at)
    take_and_order(other, owner, due=DUE)
    assert (other.due, other.period_basis) == (DUE, "general")
    assert moves_of(case) == moves_of(other) == []


def test_waiting_for_the_citizen_stops_the_clock(case: Case, owner: Actor, set_clock: SetClock) -> None:
    commands.take(case, owner, seen_revision=case.revision)
    set_clock("2026-04-20 16:00")
    commands.ask_details(case, owner, seen_revision=case.revision, question="ที่ใด")
    assert case.due is None
    explanation = explain_case(case, date(2026, 4, 23))
    assert explanation is not None
    assert (explanation.deadline.state, explanation.deadline.remaining_days) == (DeadlineState.PAUSED, 12)
    assert "waiting for details" not in public_deadline(case, date(2026, 4, 23)).th
    set_clock("2026-04-24 08:00")
    commands.record_details(case, owner, seen_revision=case.revision, details="หน้าวัด")
    assert case.due == date(2026, 5, 14)  # four working days later
    assert moves_of(case) == [
        {"before": "2026-05-07", "after": "2026-05-14", "cause": "record_details"},
    ]
    texts = [event.texts.public_text for event in case.events.filter(kind="due_moved").select_related("texts")]
    assert texts == ["กำหนดแล้วเสร็จเลื่อนจากวันที่ 7 พฤษภาคม 2569 เป็นวันที่ 14 พฤษภาคม 2569"]


def test_reopening_starts_the_period_again(case: Case, director: Actor, set_clock: SetClock) -> None:
    commands.take(case, director, seen_revision=case.revision)
    set_clock("2026-04-20 10:00")
    commands.close(case, director, seen_revision=case.revision, inputs=ClosingInputs("explained", "ชี้แจงแล้ว"))
    assert case.due == DUE
    assert moves_of(case) == []
    explanation = explain_case(case, date(2026, 7, 1))
    assert explanation is not None
    assert (explanation.deadline.state, explanation.deadline.counted_days) == (DeadlineState.CLOSED, 3)
    set_clock("2026-12-09 10:00")
    commands.reopen(case, director, seen_revision=case.revision, reason="ยังไม่ได้รับการแก้ไข")
    assert (case.clock_start, case.due) == (date(2026, 12, 9), date(2027, 1, 4))
    explanation = explain_case(case, date(2026, 12, 10))
    assert explanation is not None
    assert explanation.days[0].text.en == "The case was reopened"


def test_reclassifying_as_complex_removes_the_date(case: Case, owner: Actor) -> None:
    commands.take(case, owner, seen_revision=case.revision)
    commands.reclassify(
        case, owner, seen_revision=case.revision, topic="utilities", is_complex=True, note="ร้องเรียนเจ้าหน้าที่หลายราย"
    )
    assert (case.due, case.next_report_due, case.period_basis) == (None, DUE, "complex")
    commands.reclassify(case, owner, seen_revision=case.revision, topic="utilities", is_complex=False)
    assert (case.due, case.next_report_due, case.period_basis) == (DUE, None, "general")


def test_a_report_moves_the_duty_to_report(khonkaen: Centre, owner: Actor, set_clock: SetClock) -> None:
    case = create_case(khonkaen, at=set_clock(FRIDAY), topic="land")
    take_and_order(case, owner)
    set_clock("2026-04-20 11:00")
    commands.report(case.referrals.get(), Actor.system(), seen_revision=None, text="ตรวจแล้ว", is_done=False)
    case.refresh_from_db()
    assert case.next_report_due == date(2026, 5, 12)


def test_a_note_leaves_the_clock_alone(case: Case, owner: Actor, django_assert_max_num_queries: object) -> None:
    before = case.due
    commands.add_note(case, owner, seen_revision=case.revision, note="โทรแล้ว")
    assert case.due == before


def test_a_late_holiday_moves_open_deadlines_and_tells_the_citizen(
    case: Case, owner: Actor, director: Actor, khonkaen: Centre, set_clock: SetClock
) -> None:
    closed = create_case(khonkaen, at=case.filed_at)
    commands.take(closed, director, seen_revision=closed.revision)
    commands.close(closed, director, seen_revision=closed.revision, inputs=ClosingInputs("explained", "ชี้แจงแล้ว"))
    fixed = create_case(khonkaen, at=case.filed_at)
    take_and_order(fixed, owner, due=date(2026, 5, 8))
    take_and_order(case, owner)
    now = set_clock("2026-04-20 09:00")
    day = date(2026, 5, 7)
    moves = due_date_moves(day, SPECIAL)
    assert dict(moves) == {(DUE, date(2026, 5, 8)): 1}
    declare_holiday(day, SPECIAL, by=None)
    apply_holiday_changes(now)
    for row in (case, closed, fixed):
        row.refresh_from_db()
    assert (case.due, closed.due, fixed.due) == (date(2026, 5, 8), DUE, date(2026, 5, 8))
    assert case.referrals.get().due == case.due
    assert moves_of(case) == [{"before": "2026-05-07", "after": "2026-05-08", "cause": "calendar"}]
    event = case.events.get(kind="due_moved")
    assert (event.is_public, event.by, event.actor) == (True, None, "system")
    assert event.texts.public_text == "กำหนดแล้วเสร็จเลื่อนจากวันที่ 7 พฤษภาคม 2569 เป็นวันที่ 8 พฤษภาคม 2569"
    assert not HolidayChange.objects.filter(applied_at=None).exists()
    # A second worker, or the same job once more, changes nothing.
    HolidayChange.objects.update(applied_at=None)
    apply_holiday_changes(now)
    assert len(moves_of(case)) == 1


def test_a_late_holiday_also_moves_the_duty_to_report(khonkaen: Centre, set_clock: SetClock) -> None:
    case = create_case(khonkaen, at=set_clock(FRIDAY), topic="land")
    declare_holiday(date(2026, 5, 7), SPECIAL, by=None)
    apply_holiday_changes(set_clock("2026-04-20 09:00"))
    case.refresh_from_db()
    assert (case.next_report_due, moves_of(case)) == (date(2026, 5, 8), [])


def test_an_updated_library_moves_open_deadlines(
    case: Case, owner: Actor, khonkaen: Centre, monkeypatch: pytest.MonkeyPatch, set_clock: SetClock
) -> None:
    waiting = create_case(khonkaen, at=case.filed_at)
    commands.take(waiting, owner, seen_revision=waiting.revision)
    commands.ask_details(waiting, owner, seen_revision=waiting.revision, question="ที่ใด")
    check_open_deadlines(case.filed_at)
    assert moves_of(case) == moves_of(waiting) == []
    monkeypatch.setattr(calendar, "government_holiday", lambda day: SPECIAL if day == DUE else government_holiday(day))
    for _ in range(2):
        check_open_deadlines(set_clock("2026-04-20 09:00"))
    case.refresh_from_db()
    assert (case.due, len(moves_of(case)), len(moves_of(waiting))) == (date(2026, 5, 8), 1, 0)


def test_clocks_of_older_cases_are_started(case: Case, khonkaen: Centre) -> None:
    columns = {"clock_start": None, "period_basis": "", "period_days": None}
    Case.objects.filter(pk=case.pk).update(due=None, **columns)
    dated = create_case(khonkaen, at=case.filed_at)
    Case.objects.filter(pk=dated.pk).update(due=date(2026, 4, 29), **columns)
    old = create_case(khonkaen, at=case.filed_at - timedelta(days=90))
    Case.objects.filter(pk=old.pk).update(due=None, **columns)
    start_missing_clocks(case.filed_at)
    for row in (case, dated, old):
        row.refresh_from_db()
    assert (old.due, moves_of(old)) == (date(2026, 1, 30), [])
    assert moves_of(case) == [{"before": "", "after": "2026-05-07", "cause": "calendar"}]
    assert (case.due, case.clock_start, case.period_basis) == (DUE, date(2026, 4, 10), "general")
    assert (dated.due, dated.period_basis) == (date(2026, 4, 29), PeriodBasis.MANUAL.value)


def test_the_public_sentence_needs_no_query(case: Case, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        sentence = public_deadline(case, date(2026, 4, 20))
        late = public_deadline(case, date(2026, 6, 1))
    assert sentence == (
        "กำหนดแล้วเสร็จภายในวันพฤหัสบดีที่ 7 พฤษภาคม 2569 (15 วันทำการ ตามเกณฑ์ทั่วไป)",
        "Due by Thursday, 7 May 2026 (15 working days, the general period).",
    )
    assert "has passed" in late.en
    assert StartReason.CONFIRMED == "confirmed"


@pytest.mark.parametrize("time_of_day", ["00:00", "00:30", "06:59", "07:00", "23:30"])
def test_today_is_the_day_in_thailand_whatever_the_server_has(time_of_day: str, set_clock: SetClock) -> None:
    set_clock(f"2026-04-10 {time_of_day}")
    with timezone.override("UTC"):
        assert clock.today() == date(2026, 4, 10)
