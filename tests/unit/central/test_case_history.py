"""The hash chain of a case: it verifies, and names the first broken event whatever was changed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from central import cli
from central.cases import commands, history
from central.cases.commands import Actor
from central.cases.models import Case, CaseEvent, CaseEventText, HistoryRoot
from central.centres.models import Centre
from central.people.roles import Role
from tests.unit.central.factories import actor_with, create_case, history_unlocked


def _the_day_after(case: Case) -> datetime:
    """03:00 in Bangkok on the day after the last event: only the day of the case is over, whatever the time is now."""
    last = case.events.order_by("seq").last()
    assert last is not None
    midnight = last.recorded_at.astimezone(ZoneInfo("Asia/Bangkok")).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1, hours=3)


@pytest.fixture
def case(khonkaen: Centre) -> Case:
    """A case with four events, the third with texts."""
    case, owner = create_case(khonkaen), actor_with(khonkaen, Role.CASE_OFFICER)
    commands.take(case, owner, seen_revision=0)
    commands.ask_details(case, owner, seen_revision=None, question="ที่ไหน", note="โทรแล้วไม่รับ")
    commands.record_details(case, Actor.citizen(), seen_revision=None, details="หน้าวัด")
    return case


def test_an_untouched_chain_verifies(case: Case) -> None:
    assert history.verify_case(case) is None
    assert list(case.events.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("change", "seq", "reason"),
    [
        (lambda events: events.filter(seq=2).update(kind="close"), 2, "content"),
        (lambda events: events.filter(seq=3).update(is_public=False), 3, "content"),
        (lambda events: events.filter(seq=2).update(at=datetime(2020, 1, 1, tzinfo=UTC)), 2, "content"),
        (lambda events: events.filter(seq=4).update(payload={"x": 1}), 4, "content"),
        (lambda events: events.filter(seq=2).update(hash="0" * 64), 2, "content"),
        (lambda events: events.filter(seq=3).update(previous_hash="0" * 64), 3, "follow"),
        (lambda events: events.filter(seq=2).delete(), 2, "missing"),
        (lambda events: CaseEventText.objects.filter(event__seq=3).update(note="อื่น"), 3, "text"),
    ],
)
def test_the_first_broken_event_is_named(case: Case, change: Callable[[object], object], seq: int, reason: str) -> None:
    with history_unlocked():
        change(case.events)
    broken = history.verify_case(case)
    assert broken is not None
    assert (broken.subject, broken.seq) == (case.case_number, seq)
    assert reason in broken.reason
    assert broken in list(history.verify_all())


def test_an_erased_text_leaves_the_chain_intact(case: Case) -> None:
    CaseEventText.objects.all().delete()
    assert history.verify_case(case) is None


def test_a_day_gets_its_root_once_and_a_cut_off_end_is_noticed(case: Case) -> None:
    assert history.publish_daily_roots(_the_day_after(case)) == 1
    assert history.publish_daily_roots(_the_day_after(case)) == 0
    assert HistoryRoot.objects.get().event_count == 4
    assert list(history.verify_all()) == []
    with history_unlocked():
        case.events.filter(seq=4).delete()  # the chain of the case alone cannot notice this
    assert history.verify_case(case) is None
    assert [broken.reason for broken in history.verify_all()] == ["the events of this day do not have its root"]


def test_an_event_of_an_older_worker_enters_the_chain(case: Case) -> None:
    CaseEvent.objects.create(case=case, at=timezone.now(), kind="status", value="checking")
    assert history.verify_case(case) is None
    history.chain_all_older_events()
    adopted = case.events.get(seq=5)
    assert (adopted.status, adopted.is_public) == ("checking", True)
    assert history.verify_case(case) is None


def test_the_command_says_whether_the_history_is_intact(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    history.publish_daily_roots(_the_day_after(case))
    assert cli.main(["verify-history", "--roots"]) == 0
    output = capsys.readouterr()
    root = HistoryRoot.objects.get()
    assert (output.out.split(), "intact: 4 events, 1 days" in output.err) == (
        [f"{root.day:%Y-%m-%d}", "4", root.root],
        True,
    )
    with history_unlocked():
        case.events.filter(seq=2).update(kind="close")
    assert cli.main(["verify-history"]) == 2
    output = capsys.readouterr()
    assert output.out.splitlines()[0] == f"{case.case_number}\tevent 2\tits content was changed"
    assert f"the first is {case.case_number}" in output.err


def test_the_roots_are_published_without_signing_in(case: Case) -> None:
    history.publish_daily_roots(_the_day_after(case))
    root = HistoryRoot.objects.get()
    response = Client().get("/history-roots.txt")
    assert response.content.decode() == f"{root.day:%Y-%m-%d} 4 {root.root}\n"
