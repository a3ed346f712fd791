"""What an officer could do with allowed steps together, and must not: close alone, hide a case, keep a date moving."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from central.agencies.models import Agency
from central.cases import clock, commands
from central.cases.codes import Outcome
from central.cases.commands import Actor, ClosingInputs, NotAllowedError, OrderInputs
from central.cases.models import Case, Referral
from central.centres.models import Centre
from central.people.roles import Role
from protocol.case_status import CaseStatus as S
from tests.unit.central.factories import actor_with, create_agency, create_case, create_officer_with

RESOLVED = ClosingInputs(Outcome.RESOLVED, "ซ่อมไฟแล้ว")


@pytest.fixture
def case(khonkaen: Centre) -> Case:
    return create_case(khonkaen)


@pytest.fixture
def agency(khonkaen: Centre) -> Agency:
    return create_agency(khonkaen, "banped")


def ordered(case: Case, by: Actor, agency: Agency, due: date | None = None) -> Referral:
    commands.order(case, by, seen_revision=None, inputs=OrderInputs(lead=agency, text="โปรดตรวจสอบ", due=due))
    return case.referrals.get(kind="lead", ended_at=None)


def refused(match: str, command: object, *args: object, **kwargs: object) -> None:
    """The command is refused with this sentence; the case stays as it is."""
    before = list(Case.objects.order_by("pk").values())
    with pytest.raises(NotAllowedError, match=match):
        command(*args, **kwargs)  # type: ignore[operator]
    assert list(Case.objects.order_by("pk").values()) == before


def test_nobody_closes_alone_on_the_own_report_for_an_agency(
    case: Case, owner: Actor, khonkaen: Centre, agency: Agency
) -> None:
    referral = ordered(case, owner, agency)
    commands.report(referral, owner, seen_revision=None, text="หนังสือตอบของ อบต.", is_done=True)
    refused("entered the agency's report", commands.close, case, owner, seen_revision=None, inputs=RESOLVED)
    commands.close(case, actor_with(khonkaen, Role.CASE_OFFICER), seen_revision=None, inputs=RESOLVED)
    assert case.current_status is S.CLOSED


def test_a_report_of_before_the_reopening_closes_nothing(
    case: Case, owner: Actor, director: Actor, agency: Agency
) -> None:
    referral = ordered(case, owner, agency)
    commands.report(referral, Actor.agency_link(referral), seen_revision=None, text="ซ่อมแล้ว", is_done=True)
    commands.close(case, owner, seen_revision=None, inputs=RESOLVED)
    commands.reopen(case, director, seen_revision=None, reason="ไฟยังดับ")
    refused("has not reported", commands.close, case, owner, seen_revision=None, inputs=RESOLVED)
    commands.recall(case.referrals.get(ended_at=None), owner, seen_revision=None, reason="ส่งผิด")
    refused("has not reported", commands.close, case, owner, seen_revision=None, inputs=RESOLVED)


def test_a_report_of_an_agency_that_takes_no_more_cases_closes_nothing_later(
    case: Case, owner: Actor, director: Actor, agency: Agency
) -> None:
    referral = ordered(case, owner, agency)
    commands.report(referral, Actor.agency_link(referral), seen_revision=None, text="ซ่อมแล้ว", is_done=True)
    commands.close(case, owner, seen_revision=None, inputs=RESOLVED)
    Agency.objects.update(is_active=False)
    commands.reopen(case, director, seen_revision=None, reason="ไฟยังดับ")
    assert case.current_status is S.CHECKING
    refused("has not reported", commands.close, case, owner, seen_revision=None, inputs=RESOLVED)


def test_a_duplicate_has_a_main_case(case: Case, owner: Actor, director: Actor) -> None:
    commands.take(case, owner, seen_revision=0)
    closing = ClosingInputs(Outcome.DUPLICATE, "เรื่องซ้ำ")
    refused("main case", commands.close, case, owner, seen_revision=None, inputs=closing)
    refused("main case", commands.propose, case, owner, seen_revision=None, content=closing)
    commands.close(case, owner, seen_revision=None, inputs=ClosingInputs(Outcome.EXPLAINED, "ชี้แจงแล้ว"))
    refused("main case", commands.correct_outcome, case, director, seen_revision=None, inputs=closing, reason="ซ้ำ")


def test_a_corrected_outcome_ends_the_link_to_the_main_case(
    case: Case, owner: Actor, director: Actor, khonkaen: Centre
) -> None:
    commands.link_duplicate(case, owner, seen_revision=None, lead_case=create_case(khonkaen))
    explained = ClosingInputs(Outcome.EXPLAINED, "ชี้แจงแล้ว")
    commands.correct_outcome(case, director, seen_revision=None, inputs=explained, reason="คนละเรื่อง")
    assert Case.objects.get(pk=case.pk).duplicate_of is None


def test_intake_hides_no_case_behind_a_closed_one(case: Case, intake: Actor, owner: Actor, khonkaen: Centre) -> None:
    main = create_case(khonkaen)
    commands.take(main, owner, seen_revision=0)
    commands.close(main, owner, seen_revision=None, inputs=ClosingInputs(Outcome.EXPLAINED, "ชี้แจงแล้ว"))
    refused("main case is closed", commands.link_duplicate, case, intake, seen_revision=None, lead_case=main)
    commands.link_duplicate(case, owner, seen_revision=None, lead_case=main)
    assert case.duplicate_of == main


def test_duplicates_make_no_chain_and_no_circle(case: Case, owner: Actor, khonkaen: Centre) -> None:
    main, stale = create_case(khonkaen), Case.objects.get(pk=case.pk)
    commands.link_duplicate(case, owner, seen_revision=None, lead_case=main)
    refused(
        "Link the new one", commands.link_duplicate, main, owner, seen_revision=None, lead_case=create_case(khonkaen)
    )
    assert stale.duplicate_of_id is None, "as a page had it that was opened before"
    refused("another case", commands.link_duplicate, main, owner, seen_revision=None, lead_case=stale)


def test_an_officer_moves_the_date_once_and_a_superior_decides_about_the_next_time(
    case: Case, owner: Actor, director: Actor
) -> None:
    assert case.due is not None
    first, second = case.due + timedelta(days=10), case.due + timedelta(days=40)
    commands.set_due(case, owner, seen_revision=None, due=first, reason="รอผลตรวจ")
    refused("A superior decides", commands.set_due, case, owner, seen_revision=None, due=second, reason="รออีก")
    commands.set_due(case, owner, seen_revision=None, due=first - timedelta(days=5), reason="เร็วขึ้น")
    commands.set_due(case, director, seen_revision=None, due=second, reason="ผลตรวจล่าช้า")
    assert case.due == second


def test_an_order_does_not_postpone_what_its_author_may_not(
    case: Case, intake: Actor, owner: Actor, director: Actor, agency: Agency
) -> None:
    assert case.due is not None
    late = OrderInputs(lead=agency, text="โปรดตรวจสอบ", due=case.due + timedelta(days=90))
    refused("later due date", commands.order, case, intake, seen_revision=None, inputs=late)
    commands.order(case, owner, seen_revision=None, inputs=late)
    commands.recall(case.referrals.get(), owner, seen_revision=None, reason="ส่งผิด")
    later = OrderInputs(lead=agency, text="โปรดตรวจสอบ", due=case.due + timedelta(days=30))
    refused("A superior decides", commands.order, case, owner, seen_revision=None, inputs=later)
    commands.order(case, director, seen_revision=None, inputs=later)


def test_an_overdue_case_does_not_become_punctual_by_an_order(
    case: Case, intake: Actor, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert case.due is not None
    after = case.due + timedelta(days=10)
    monkeypatch.setattr(clock, "today", lambda: after)
    inputs = OrderInputs(lead=agency, text="โปรดตรวจสอบ", due=after + timedelta(days=5))
    refused("later due date", commands.order, case, intake, seen_revision=None, inputs=inputs)


def test_a_case_loses_its_date_only_with_authority_and_a_reason(case: Case, intake: Actor, owner: Actor) -> None:
    def make_complex(by: Actor, note: str) -> None:
        commands.reclassify(case, by, seen_revision=None, topic=case.topic, is_complex=True, note=note)

    refused("complex case", make_complex, intake, "ยาก")
    refused("reason", make_complex, owner, " ")
    make_complex(owner, "ข้อพิพาทที่ดินหลายแปลง")
    assert case.due is None


def test_a_silent_agency_stays_silent_when_its_order_is_recalled_and_sent_again(
    case: Case, owner: Actor, agency: Agency, khonkaen: Centre
) -> None:
    ordered(case, owner, agency)
    Case.objects.update(escalation_level=2)
    commands.recall(case.referrals.get(), owner, seen_revision=None, reason="ส่งใหม่")
    ordered(case, owner, agency)
    assert Case.objects.get().escalation_level == 2
    commands.recall(case.referrals.get(ended_at=None), owner, seen_revision=None, reason="ส่งหน่วยงานอื่น")
    ordered(case, owner, create_agency(khonkaen))
    assert Case.objects.get().escalation_level == 0


def test_no_response_takes_the_time_to_answer(case: Case, owner: Actor, director: Actor, khonkaen: Centre) -> None:
    closing = ClosingInputs(Outcome.NO_RESPONSE, "ไม่ได้รับรายละเอียด")
    requested = timezone.now() - timedelta(days=16)
    early, late = create_case(khonkaen, at=requested), create_case(khonkaen, at=requested)
    for each, moment in ((early, requested + timedelta(days=10)), (late, requested)):
        with clock.steps_made_at(moment):
            commands.take(each, owner, seen_revision=None)
            commands.ask_details(each, owner, seen_revision=None, question="ที่ไหน")
    refused("15 days to answer", commands.close, early, owner, seen_revision=None, inputs=closing)
    commands.close(early, director, seen_revision=None, inputs=closing)
    commands.close(late, owner, seen_revision=None, inputs=closing)


def test_a_case_goes_to_no_agency_of_another_province(
    case: Case, owner: Actor, director: Actor, agency: Agency, phayao: Centre
) -> None:
    foreign = OrderInputs(lead=create_agency(phayao), text="โปรดตรวจสอบ")
    refused("takes no cases", commands.order, case, owner, seen_revision=None, inputs=foreign)
    commands.take(case, owner, seen_revision=None)
    commands.propose(case, owner, seen_revision=None, content=foreign)
    refused("takes no cases", commands.approve, case, director, seen_revision=None)


def test_a_case_that_moved_is_not_reopened_at_the_agency_of_its_former_centre(
    case: Case, owner: Actor, director: Actor, agency: Agency, phayao: Centre
) -> None:
    referral = ordered(case, owner, agency)
    commands.return_to_centre(referral, Actor.agency_link(referral), seen_revision=None, reason="ไม่ใช่พื้นที่")
    case.refresh_from_db()
    commands.move_centre(case, owner, seen_revision=None, centre=phayao, reason="เหตุเกิดที่พะเยา")
    there = actor_with(phayao, Role.DIRECTOR)
    commands.take(case, there, seen_revision=None)
    commands.close(case, there, seen_revision=None, inputs=ClosingInputs(Outcome.EXPLAINED, "ชี้แจงแล้ว"))
    commands.reopen(case, there, seen_revision=None, reason="ยังไม่จบ")
    assert (case.current_status, case.referrals.filter(ended_at=None).count()) == (S.CHECKING, 0)


def test_a_moved_case_shows_no_agency_that_it_has_left(
    case: Case, owner: Actor, agency: Agency, phayao: Centre
) -> None:
    ordered(case, owner, agency)
    commands.ask_details(case, owner, seen_revision=None, question="ที่ไหน")
    assert case.agency_name
    commands.move_centre(case, owner, seen_revision=None, centre=phayao, reason="เหตุเกิดที่พะเยา")
    assert (case.agency_name, case.handler_name, case.referrals.get().state) == ("", "", "recalled")


def test_a_tambon_team_writes_no_message_to_the_citizen(case: Case, khonkaen: Centre) -> None:
    team = create_officer_with(khonkaen, Role.TEAM_HEAD)
    team.memberships.update(tambons=case.area)
    by = Actor.of(team)
    refused("officers of the centre", commands.add_note, case, by, seen_revision=None, note="x", message="เงินช่วยเหลือ")
    commands.add_note(case, by, seen_revision=None, note="ลงพื้นที่แล้ว")
