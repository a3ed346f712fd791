"""The workflow of a case, its events, its filing time, and permissions to read it."""

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.cases import commands, reading
from central.cases.commands import Actor, ClosingInputs
from central.cases.filing_time import FilingQuality, estimate_filing_time
from central.cases.models import Case, CaseEvent, PersonalDataRead
from central.cases.workflow import WORKFLOW, WorkflowFacts, is_allowed, target_status
from central.centres.models import Centre, Officer
from central.people.roles import Action, Role
from central.tracking.lookup import milestones_after
from protocol.case_status import CaseStatus
from protocol.centre_kind import CentreKind
from protocol.choices import ClockQuality
from simulators.kiosk import kiosk_moment
from tests.unit.central.conftest import create_officer
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.kiosk_client import KioskClient

statuses = st.sampled_from(CaseStatus)
RECEIVED_AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def case(kiosk: KioskClient) -> Case:
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(kiosk.submission())))
    return Case.objects.get()


def next_statuses(status: CaseStatus) -> set[CaseStatus]:
    """The other statuses that a step of the workflow leads to at a province, with and without an agency."""
    steps = [action for action in WORKFLOW if is_allowed(action, status)]
    targets = {target for action in steps for target in targets_of(action, status)}
    targets |= {CaseStatus.ORDERED, CaseStatus.CLOSED} if Action.APPROVE in steps else set()
    return targets - {status}


def targets_of(action: Action, status: CaseStatus) -> set[CaseStatus]:
    """The statuses after a step at a province, with and without an agency."""
    states = itertools.product((False, True), repeat=3)
    return {target_status(action, WorkflowFacts(status, CentreKind.PROVINCE, *state)) for state in states}


def reachable(start: CaseStatus) -> set[CaseStatus]:
    visited, todo = set(), [start]
    while todo:
        status = todo.pop()
        if status not in visited:
            visited.add(status)
            todo.extend(next_statuses(status))
    return visited


@given(statuses)
def test_every_case_can_be_closed_and_only_two_steps_leave_closed(status: CaseStatus) -> None:
    assert CaseStatus.CLOSED in reachable(status)
    if status is CaseStatus.CLOSED:
        moving = {
            action for action in WORKFLOW if is_allowed(action, status) and targets_of(action, status) != {status}
        }
        assert moving == {Action.REOPEN, Action.UNLINK_DUPLICATE}


def test_the_workflow_reaches_every_status_and_only_a_move_makes_a_case_new_again() -> None:
    assert reachable(CaseStatus.RECEIVED) == set(CaseStatus)
    assert [action for action, rules in WORKFLOW.items() if rules.target is CaseStatus.RECEIVED] == [Action.MOVE_CENTRE]


def test_an_unclear_case_waits_for_the_citizen() -> None:
    assert not next_statuses(CaseStatus.UNCLEAR) & {CaseStatus.TO_DIRECTOR, CaseStatus.TO_CHIEF, CaseStatus.TO_GOVERNOR}
    assert {CaseStatus.CHECKING, CaseStatus.CLOSED} <= next_statuses(CaseStatus.UNCLEAR)


@given(statuses)
def test_milestones_ahead_can_be_reached(status: CaseStatus) -> None:
    assert set(milestones_after(status)) <= reachable(status) - ({status} if status is CaseStatus.CLOSED else set())
    assert (CaseStatus.CLOSED in milestones_after(status)) == (status is not CaseStatus.CLOSED)


def test_a_status_change_records_officer_time_and_reason(case: Case, officer: Officer) -> None:
    change = commands.take(case, Actor.of(officer), seen_revision=0, note="โทรถามแล้ว")
    assert Case.objects.get().current_status is CaseStatus.CHECKING
    assert (change.by, change.texts.note, change.status) == (officer, "โทรถามแล้ว", "checking")
    assert change.at >= case.received_at


@pytest.mark.parametrize(("seen", "expected_message"), [(0, "not possible"), (1, "Someone else")])
def test_a_forbidden_step_changes_nothing(case: Case, officer: Officer, seen: int, expected_message: str) -> None:
    closing = ClosingInputs("explained", "เสร็จ")
    with pytest.raises(commands.NotAllowedError, match=expected_message):
        commands.close(case, Actor.of(officer), seen_revision=seen, inputs=closing)
    assert Case.objects.get().current_status is CaseStatus.RECEIVED
    assert CaseEvent.objects.count() == 1


def test_closing_needs_its_outcome(case: Case, officer: Officer) -> None:
    by = Actor.of(officer)
    commands.take(case, by, seen_revision=0)
    with pytest.raises(commands.NotAllowedError, match="outcome"):
        commands.close(case, by, seen_revision=1, inputs=ClosingInputs("explained", "  "))
    commands.close(case, by, seen_revision=1, inputs=ClosingInputs("explained", " เปลี่ยนหลอดไฟแล้ว "))
    assert Case.objects.get().outcome == "เปลี่ยนหลอดไฟแล้ว"


def test_setting_the_due_date_records_both_dates(case: Case, officer: Officer) -> None:
    due = date.today() + timedelta(days=20)
    before = case.due
    commands.set_due(case, Actor.of(officer), seen_revision=0, due=due, reason="ตกลงกับหน่วยงานแล้ว")
    payload = CaseEvent.objects.get(kind="set_due").payload
    moved = {"before": before.isoformat() if before else "", "after": due.isoformat()}
    assert {key: payload[key] for key in moved} == moved


def test_a_synchronised_clock_is_trusted() -> None:
    wall = RECEIVED_AT - timedelta(days=3)
    filed = estimate_filing_time(kiosk_moment(wall=wall), kiosk_moment(), RECEIVED_AT, carried_by_hand=False)
    assert (filed.at, filed.quality) == (wall, FilingQuality.KIOSK_CLOCK)


UNTRUSTED = {"wall": datetime(2024, 1, 1, tzinfo=UTC), "quality": ClockQuality.UNTRUSTED}


def test_within_one_boot_the_filing_time_is_computed_from_elapsed_time() -> None:
    confirmed, sent = kiosk_moment(**UNTRUSTED, monotonic_ms=5_000), kiosk_moment(**UNTRUSTED, monotonic_ms=3_605_000)
    filed = estimate_filing_time(confirmed, sent, RECEIVED_AT, carried_by_hand=False)
    assert (filed.at, filed.quality) == (RECEIVED_AT - timedelta(hours=1), FilingQuality.MEASURED)


def test_an_offline_delivery_is_dated_by_the_clock_at_export_and_not_by_arrival() -> None:
    confirmed = kiosk_moment(**UNTRUSTED, monotonic_ms=5_000)
    exported = kiosk_moment(wall=RECEIVED_AT - timedelta(days=2), monotonic_ms=3_605_000)
    filed = estimate_filing_time(confirmed, exported, RECEIVED_AT, carried_by_hand=True)
    assert (filed.at, filed.quality) == (RECEIVED_AT - timedelta(days=2, hours=1), FilingQuality.MEASURED)
    assert (
        estimate_filing_time(confirmed, kiosk_moment(**UNTRUSTED), RECEIVED_AT, carried_by_hand=True).quality
        is FilingQuality.UNCERTAIN
    )


moments = st.builds(
    lambda wall, quality, boot, ms: kiosk_moment(wall=wall, quality=quality, boot_id=boot, monotonic_ms=ms),
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(ClockQuality),
    st.sampled_from(["one", "two"]),
    st.integers(0, 10**12),
)


@given(moments, moments, st.booleans())
def test_no_filing_time_is_after_the_receipt(confirmed: object, sent: object, carried_by_hand: bool) -> None:
    assert estimate_filing_time(confirmed, sent, RECEIVED_AT, carried_by_hand=carried_by_hand).at <= RECEIVED_AT  # type: ignore[arg-type]


def test_a_membership_covers_centres_below_and_no_others(
    case: Case, ministry: Centre, khonkaen: Centre, phayao: Centre
) -> None:
    district = Centre.objects.create(parent=khonkaen, slug="nam-phong", area_code="4007", name_th="น้ำพอง", name_en="NP")
    is_visible: Callable[[Officer], bool] = lambda who: reading.visible_cases(who).filter(pk=case.pk).exists()  # noqa: E731
    assert is_visible(create_officer(ministry, "central"))
    assert is_visible(create_officer(khonkaen, "own"))
    assert not is_visible(create_officer(phayao, "other"))
    assert not is_visible(create_officer(district, "below"))
    former = create_officer(khonkaen, "former")
    former.is_active = False
    former.save()
    assert not is_visible(former)


def test_moving_a_centre_moves_its_subtree(ministry: Centre, khonkaen: Centre) -> None:
    district = Centre.objects.create(parent=khonkaen, slug="nam-phong", area_code="4007", name_th="น้ำพอง", name_en="NP")
    region = Centre.objects.create(parent=ministry, slug="northeast", name_th="ภาค", name_en="Region")
    khonkaen.parent = region
    khonkaen.save()
    district.refresh_from_db()
    assert district.path == "/moi/northeast/khonkaen/nam-phong/"
    assert set(region.subtree()) == {region, khonkaen, district}
    assert (khonkaen.province_name("th"), district.province_name("en"), ministry.province_name("th")) == (
        "ขอนแก่น",
        "Khon Kaen",
        "",
    )


def test_reading_a_person_needs_the_permission_and_a_reason(case: Case, officer: Officer, khonkaen: Centre) -> None:
    clerk = create_officer(khonkaen, "clerk", people=False)
    with pytest.raises(reading.ReadingDeniedError):
        reading.open_complainant(clerk, case, "อยากรู้")
    with pytest.raises(reading.ReadingDeniedError):
        reading.open_complainant(officer, case, "  ")
    assert not PersonalDataRead.objects.exists()
    assert reading.open_complainant(officer, case, "โทรนัดดูสถานที่").phone == "0812345678"
    read = PersonalDataRead.objects.get()
    assert (read.officer, read.data_kind, read.reason) == (officer, "person", "โทรนัดดูสถานที่")


def test_a_tambon_team_sees_and_notes_the_cases_of_its_tambons_only(khonkaen: Centre, phayao: Centre) -> None:
    team = create_officer_with(khonkaen, Role.TEAM_MEMBER)
    team.memberships.update(tambons="400101,400102")
    near, far = create_case(khonkaen, area="400102"), create_case(khonkaen, area="400201")
    elsewhere = create_case(phayao, area="400102")
    assert set(reading.visible_cases(team)) == {near}
    commands.add_note(near, commands.Actor.of(team), seen_revision=None, note="ลงพื้นที่แล้ว")
    for case in (far, elsewhere):
        with pytest.raises(commands.NotAllowedError, match="role"):
            commands.add_note(case, commands.Actor.of(team), seen_revision=None, note="x")
    with pytest.raises(commands.NotAllowedError, match="role"):
        commands.take(near, commands.Actor.of(team), seen_revision=None)
