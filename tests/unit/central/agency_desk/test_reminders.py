"""Reminders: when, once each, and what they leave on the case."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from central.agencies.models import Agency
from central.agency_desk import reminders
from central.agency_desk.models import ReferralMail
from central.agency_desk.reminders import remind_agencies
from central.cases import commands
from central.cases.commands import Actor
from central.cases.locking import lock_case
from central.cases.models import Case, CaseEvent, Referral
from central.deadlines.models import HolidayChange
from central.jobs import JOBS_BY_NAME

# Friday; the days before it are working days.
DUE = date(2026, 7, 17)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)  # 9 o'clock in Thailand


def made(referral: Referral) -> list[str]:
    rows = ReferralMail.objects.filter(referral=referral).exclude(purpose="order")
    return list(rows.order_by("id").values_list("purpose", flat=True))


@pytest.fixture
def accepted(referral: Referral) -> Referral:
    Case.objects.update(due=DUE)
    Referral.objects.update(state="accepted", due=DUE, sent_at=at(date(2026, 7, 1)))
    return Referral.objects.get()


def test_before_on_and_after_the_due_date_once_each(accepted: Referral) -> None:
    progress: list[tuple[date, list[str]]] = []
    for offset in range(-8, 9):
        day = DUE + timedelta(days=offset)
        remind_agencies(at(day))
        remind_agencies(at(day) + timedelta(hours=3))
        if made(accepted) != (progress[-1][1] if progress else []):
            progress.append((day, made(accepted)))
    assert [day for day, _ in progress] == [date(2026, 7, 14), DUE, date(2026, 7, 20)], "not on Saturday and Sunday"
    assert made(accepted) == ["before_due", "due_today", "overdue"]
    events = CaseEvent.objects.filter(kind="reminded")
    assert [event.payload["purpose"] for event in events] == made(accepted)
    assert not any(event.is_public for event in events)


def test_a_holiday_before_the_due_date_moves_the_warning(accepted: Referral) -> None:
    HolidayChange.objects.create(
        day=date(2026, 7, 15), is_holiday=True, name_th="วันหยุดพิเศษ", name_en="Special", declared_at=timezone.now()
    )
    remind_agencies(at(date(2026, 7, 13)))
    assert made(accepted) == ["before_due"]


def test_a_moved_due_date_is_reminded_of_again(accepted: Referral) -> None:
    remind_agencies(at(DUE))
    later = date(2026, 7, 31)
    Case.objects.update(due=later)
    remind_agencies(at(later))
    assert made(accepted) == ["due_today", "due_today"]


def test_an_order_that_nobody_accepts(referral: Referral) -> None:
    Case.objects.update(due=None)
    Referral.objects.update(due=None, sent_at=at(date(2026, 7, 7)))
    remind_agencies(at(date(2026, 7, 9)))
    assert made(referral) == []
    remind_agencies(at(date(2026, 7, 10)))
    remind_agencies(at(date(2026, 7, 13)))
    assert made(referral) == ["not_accepted"]


def test_nobody_is_reminded_while_the_case_waits_for_the_citizen_or_after_the_end(accepted: Referral) -> None:
    Case.objects.update(status="unclear")
    remind_agencies(at(DUE))
    Case.objects.update(status="in_progress")
    commands.report(accepted, Actor.agency_link(accepted), seen_revision=None, text="เสร็จ", is_done=True)
    remind_agencies(at(DUE))
    assert made(accepted) == []


def test_a_copy_is_not_reminded(accepted: Referral) -> None:
    Referral.objects.update(kind="copy", state="sent")
    remind_agencies(at(DUE))
    assert made(accepted) == []


def test_a_complex_case_is_reminded_of_its_report(accepted: Referral) -> None:
    Referral.objects.update(due=None)
    Case.objects.update(due=None, is_complex=True, next_report_due=DUE)
    remind_agencies(at(DUE))
    assert made(accepted) == ["due_today"]


def test_a_reminder_without_an_address_is_noted_as_failed(accepted: Referral) -> None:
    Agency.objects.update(email="")
    remind_agencies(at(DUE))
    assert CaseEvent.objects.latest("id").kind == "mail_failed"
    assert not CaseEvent.objects.filter(kind="reminded").exists()


def test_the_job_is_registered_and_leaves_the_revision(accepted: Referral) -> None:
    before = Case.objects.get().revision
    JOBS_BY_NAME["remind-agencies"].function(timezone.now() + timedelta(days=400))
    assert Case.objects.get().revision == before


def test_what_the_agency_did_before_the_lock_counts(referral: Referral, monkeypatch: pytest.MonkeyPatch) -> None:
    Case.objects.update(due=None)
    Referral.objects.update(due=None, sent_at=at(date(2026, 7, 7)))
    locked: list[int] = []

    def accepted_meanwhile(case_id: int) -> Case:
        Referral.objects.update(state="accepted")
        locked.append(case_id)
        return lock_case(case_id)

    monkeypatch.setattr(reminders, "lock_case", accepted_meanwhile)
    remind_agencies(at(date(2026, 7, 13)))
    assert locked == [referral.case_id]
    assert made(referral) == []


def test_the_case_is_locked_before_its_referral(accepted: Referral) -> None:
    """The order in which every command locks: the other order is a deadlock on PostgreSQL."""
    with CaptureQueriesContext(connection) as queries:
        remind_agencies(at(DUE))
    statements = [each["sql"] for each in queries]
    begin = next(index for index, sql in enumerate(statements) if sql.startswith(("SAVEPOINT", "BEGIN")))
    assert 'FROM "cases_case"' in statements[begin + 1]
