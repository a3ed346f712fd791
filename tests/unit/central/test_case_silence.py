"""Escalation of silent agencies: each level is raised once and mailed once, and any report starts again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import close_old_connections, connection

from central.agencies.models import Agency
from central.cases import commands
from central.cases.commands import Actor, ClosingInputs, OrderInputs
from central.cases.commands.clock_steps import escalate
from central.cases.models import Case
from central.cases.silence import escalate_silent_cases, mail_escalations
from central.centres.models import Centre
from central.people.roles import Role
from tests.unit.central.factories import actor_with, create_agency, create_case
from tests.unit.central.moments import SetClock, set_clock

__all__ = ["set_clock"]
ORDERED = "2026-01-12 10:00"


@pytest.fixture
def owner(khonkaen: Centre) -> Actor:
    actor = actor_with(khonkaen, Role.DIRECTOR)
    assert actor.officer is not None
    actor.officer.email = "owner@example.go.th"
    actor.officer.save()
    return actor


@pytest.fixture
def agency(khonkaen: Centre) -> Agency:
    above = create_agency(khonkaen, email="above@example.go.th")
    lead = create_agency(khonkaen, email="lead@example.go.th", supervising_agency=above)
    lead.contacts.create(kind="contact_point", name="ผู้ประสานงาน", email="contact@example.go.th")
    lead.contacts.create(kind="other", name="ผู้อื่น", email="other@example.go.th")
    return lead


@pytest.fixture
def case(khonkaen: Centre, owner: Actor, agency: Agency, set_clock: SetClock, settings: Any) -> Case:
    settings.ALERT_TO = ["duty@example.go.th"]
    case = create_case(khonkaen, at=set_clock(ORDERED))
    commands.order(case, owner, seen_revision=case.revision, inputs=OrderInputs(lead=agency))
    return case


def levels(case: Case) -> list[int]:
    events = case.events.filter(kind="escalated").order_by("seq")
    return [event.payload["level"] for event in events]


def run_after(days: int, set_clock: SetClock) -> None:
    day = date(2026, 1, 12) + timedelta(days=days)
    for _ in range(2):  # two workers, one after the other
        escalate_silent_cases(set_clock(f"{day} 08:00"))


def test_each_level_is_raised_and_mailed_once(case: Case, set_clock: SetClock) -> None:
    run_after(29, set_clock)
    assert (levels(case), mail.outbox) == ([], [])
    run_after(30, set_clock)
    assert levels(case) == [1]
    assert [sorted(letter.bcc) for letter in mail.outbox] == [
        ["contact@example.go.th", "lead@example.go.th", "owner@example.go.th"]
    ]
    run_after(44, set_clock)
    assert levels(case) == [1]
    run_after(45, set_clock)
    run_after(52, set_clock)
    run_after(400, set_clock)
    assert levels(case) == [1, 2, 3]
    assert len(mail.outbox) == 3
    assert "above@example.go.th" in mail.outbox[1].bcc
    assert "duty@example.go.th" not in mail.outbox[1].bcc
    assert "duty@example.go.th" in mail.outbox[2].bcc
    case.refresh_from_db()
    assert (case.escalation_level, case.escalation_mailed, case.next_escalation) == (3, 3, None)
    event = case.events.filter(kind="escalated").last()
    assert event is not None
    assert (event.is_public, event.actor) == (False, "system")


def test_a_mail_says_which_case_and_nothing_of_the_complaint(case: Case, set_clock: SetClock) -> None:
    run_after(30, set_clock)
    letter = mail.outbox[0]
    assert case.case_number in letter.subject
    assert "ตั้งแต่ 12 ม.ค. 2569" in letter.body
    assert "since 12 Jan 2026" in letter.body
    assert case.text not in letter.body
    assert letter.to == []  # recipients do not see each other


def test_a_report_starts_again(case: Case, set_clock: SetClock) -> None:
    run_after(30, set_clock)
    set_clock("2026-02-12 09:00")
    commands.report(case.referrals.get(), Actor.system(), seen_revision=None, text="กำลังตรวจ", is_done=False)
    case.refresh_from_db()
    assert (case.escalation_level, case.escalation_mailed) == (0, 0)
    assert case.next_escalation == date(2026, 3, 14)
    run_after(60, set_clock)
    assert levels(case) == [1]
    run_after(62, set_clock)
    assert (levels(case), len(mail.outbox)) == ([1, 1], 2)


def test_an_agency_that_has_ended_its_work_is_not_silent(case: Case, set_clock: SetClock) -> None:
    commands.report(case.referrals.get(), Actor.system(), seen_revision=None, text="แล้วเสร็จ", is_done=True)
    run_after(100, set_clock)
    assert (levels(case), mail.outbox) == ([], [])


def test_a_closed_case_is_not_silent(case: Case, owner: Actor, set_clock: SetClock) -> None:
    commands.close(case, owner, seen_revision=case.revision, inputs=ClosingInputs("explained", "ชี้แจงแล้ว"))
    assert case.next_escalation is None
    run_after(100, set_clock)
    assert (levels(case), mail.outbox) == ([], [])


def test_waiting_for_the_citizen_is_not_silence(case: Case, owner: Actor, set_clock: SetClock) -> None:
    set_clock("2026-01-20 09:00")
    commands.ask_details(case, owner, seen_revision=case.revision, question="ที่ใด")
    assert case.next_escalation is None
    run_after(60, set_clock)
    assert levels(case) == []
    set_clock("2026-03-20 09:00")
    commands.record_details(case, owner, seen_revision=case.revision, details="หน้าวัด")
    assert case.next_escalation == date(2026, 4, 11)  # 8 days before the pause, 22 after it


def test_after_a_long_stop_of_the_service_one_step_reaches_the_level(case: Case, set_clock: SetClock) -> None:
    run_after(50, set_clock)
    assert (levels(case), len(mail.outbox)) == ([2], 1)


def test_a_mail_server_that_is_down_delays_the_mail_and_not_the_level(
    case: Case, set_clock: SetClock, settings: Any
) -> None:
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    with pytest.raises(ConnectionRefusedError):
        run_after(30, set_clock)
    case.refresh_from_db()
    assert (case.escalation_level, case.escalation_mailed) == (1, 0)
    settings.EMAIL_BACKEND = backend
    mail_escalations()
    mail_escalations()
    assert len(mail.outbox) == 1


def test_without_any_address_the_level_is_raised_all_the_same(khonkaen: Centre, set_clock: SetClock) -> None:
    case = create_case(khonkaen, at=set_clock(ORDERED))
    order = OrderInputs(lead=create_agency(khonkaen))
    commands.order(case, actor_with(khonkaen, Role.DIRECTOR), seen_revision=case.revision, inputs=order)
    run_after(30, set_clock)
    assert (levels(case), mail.outbox) == ([1], [])


def test_a_stale_row_of_another_worker_changes_nothing(case: Case, set_clock: SetClock) -> None:
    stale = Case.objects.get(pk=case.pk)
    now = set_clock("2026-02-11 08:00")
    assert escalate(case, now) is not None
    assert escalate(stale, now) is None
    assert levels(case) == [1]


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_time_escalate_once(case: Case, set_clock: SetClock) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the database of the tests is in memory: SQLite cannot share it between threads that write")
    now = set_clock("2026-02-11 08:00")
    with ThreadPoolExecutor(4) as workers:
        results = [workers.submit(_in_thread, lambda: escalate_silent_cases(now)) for _ in range(4)]
        assert [result.result() for result in results] == [None] * 4
    assert (levels(case), len(mail.outbox)) == ([1], 1)


def _in_thread(run: Callable[[], None]) -> None:
    try:
        run()
    finally:
        close_old_connections()
        connection.close()
