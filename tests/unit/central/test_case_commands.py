"""The commands that change a case, by people with roles: what they do, what they refuse, and what stays unchanged."""

from datetime import timedelta

import pytest
from django.utils import timezone

from central.agencies.models import Agency
from central.cases import clock, commands
from central.cases.codes import Attention, Outcome
from central.cases.commands import Actor, ClosingInputs, NotAllowedError, OrderInputs
from central.cases.models import Case, CaseEvent, Proposal, Referral
from central.centres.models import Centre
from central.people.roles import Role
from protocol.case_status import CaseStatus as S
from tests.unit.central.factories import actor_with, create_agency, create_case, create_officer_with, history_unlocked


@pytest.fixture
def case(khonkaen: Centre) -> Case:
    return create_case(khonkaen)


@pytest.fixture
def agency(khonkaen: Centre) -> Agency:
    return create_agency(khonkaen, "banped", name_th="อบต.บ้านเป็ด")


def ordered(case: Case, by: Actor, agency: Agency) -> Referral:
    commands.order(case, by, seen_revision=case.revision, inputs=OrderInputs(lead=agency, text="โปรดตรวจสอบ"))
    return case.referrals.get(kind="lead", ended_at=None)


def refused(match: str, command: object, *args: object, **kwargs: object) -> None:
    """The command is refused with this sentence and leaves no event."""
    before = CaseEvent.objects.count()
    with pytest.raises(NotAllowedError, match=match):
        command(*args, **kwargs)  # type: ignore[operator]
    assert CaseEvent.objects.count() == before


def test_taking_makes_the_officer_the_owner(case: Case, intake: Actor) -> None:
    event = commands.take(case, intake, seen_revision=0)
    assert (case.current_status, case.owner, case.attention, case.revision) == (S.CHECKING, intake.officer, "", 1)
    assert (event.kind, event.seq, event.is_public, event.by) == ("take", 2, True, intake.officer)


def test_the_second_of_two_officers_is_refused(case: Case, intake: Actor, owner: Actor) -> None:
    stale = Case.objects.get()
    commands.take(case, intake, seen_revision=0)
    refused("Someone else", commands.ask_details, stale, owner, seen_revision=0, question="ที่ไหน")


def test_one_step_orders_a_new_case(case: Case, intake: Actor, agency: Agency) -> None:
    due = timezone.localdate() + timedelta(days=20)
    inputs = OrderInputs(lead=agency, text="โปรดซ่อม", handler_name="นายช่าง", due=due)
    commands.order(case, intake, seen_revision=0, inputs=inputs, message="ส่งให้ อบต. แล้ว")
    assert (case.current_status, case.agency_name, case.handler_name, case.due) == (
        S.ORDERED,
        "อบต.บ้านเป็ด",
        "นายช่าง",
        due,
    )
    assert [event.kind for event in case.events.order_by("seq")] == ["received", "take", "order"]
    assert case.events.get(kind="order").texts.public_text == "ส่งให้ อบต. แล้ว"


def test_an_order_needs_an_agency_that_takes_cases(case: Case, intake: Actor, agency: Agency) -> None:
    refused("agency", commands.order, case, intake, seen_revision=0, inputs=OrderInputs())
    Agency.objects.update(is_active=False)
    agency.refresh_from_db()
    refused("takes no cases", commands.order, case, intake, seen_revision=0, inputs=OrderInputs(lead=agency))
    assert (Case.objects.get().status, Referral.objects.count()) == ("received", 0)


def test_there_is_one_lead_and_no_agency_twice(case: Case, owner: Actor, khonkaen: Centre, agency: Agency) -> None:
    ordered(case, owner, agency)
    other = create_agency(khonkaen)
    refused("lead agency", commands.order, case, owner, seen_revision=None, inputs=OrderInputs(lead=other))
    refused("already", commands.order, case, owner, seen_revision=None, inputs=OrderInputs(supports=[agency]))
    commands.order(case, owner, seen_revision=None, inputs=OrderInputs(supports=[other]))
    assert case.current_status is S.ORDERED
    assert sorted(case.referrals.values_list("kind", flat=True)) == ["lead", "support"]


@pytest.mark.parametrize("days", [-1, 400])
def test_a_due_date_is_neither_past_nor_years_away(case: Case, owner: Actor, agency: Agency, days: int) -> None:
    due = timezone.localdate() + timedelta(days=days)
    inputs = OrderInputs(lead=agency, due=due)
    refused("within one year", commands.order, case, owner, seen_revision=None, inputs=inputs)
    refused("within one year", commands.set_due, case, owner, seen_revision=None, due=due, reason="ขอ")


def test_the_agency_accepts_reports_and_is_done(case: Case, owner: Actor, agency: Agency, khonkaen: Centre) -> None:
    referral = ordered(case, owner, agency)
    link = Actor.agency_link(referral)
    commands.accept(referral, link, seen_revision=None, handler_name="นายช่างโยธา")
    case.refresh_from_db()
    assert (case.current_status, case.handler_name) == (S.IN_PROGRESS, "นายช่างโยธา")
    officer = Actor.of(create_officer_with(khonkaen, Role.AGENCY_OFFICER, agency=agency))
    commands.report(referral, officer, seen_revision=None, text="ออกไปดูแล้ว", is_done=False)
    commands.report(referral, link, seen_revision=None, text="ซ่อมแล้ว", is_done=True, message="ซ่อมไฟแล้ว")
    case.refresh_from_db()
    referral.refresh_from_db()
    assert (case.attention, referral.state, case.current_status) == ("agency_answered", "done", S.IN_PROGRESS)
    refused("ended", commands.report, referral, link, seen_revision=None, text="อีก", is_done=False)


def test_a_link_of_another_referral_is_refused(case: Case, owner: Actor, agency: Agency, khonkaen: Centre) -> None:
    referral = ordered(case, owner, agency)
    other_case = create_case(khonkaen)
    other = ordered(other_case, owner, agency)
    refused("role", commands.accept, referral, Actor.agency_link(other), seen_revision=None)
    stranger = Actor.of(create_officer_with(khonkaen, Role.AGENCY_OFFICER, agency=create_agency(khonkaen)))
    refused("role", commands.accept, referral, stranger, seen_revision=None)


def test_a_returned_case_waits_for_the_centre(case: Case, owner: Actor, agency: Agency, khonkaen: Centre) -> None:
    referral, better = ordered(case, owner, agency), create_agency(khonkaen)
    link = Actor.agency_link(referral)
    refused("reason", commands.return_to_centre, referral, link, seen_revision=None, reason=" ")
    commands.return_to_centre(referral, link, seen_revision=None, reason="ทางหลวง", proposed_agency=better)
    case.refresh_from_db()
    referral.refresh_from_db()
    assert (case.current_status, case.attention, case.agency_name) == (S.CHECKING, "returned", "")
    assert (referral.state, referral.proposed_agency) == ("returned", better)


def test_a_copy_for_supervision_has_no_answer(case: Case, owner: Actor, agency: Agency, khonkaen: Centre) -> None:
    supervisor = create_agency(khonkaen)
    commands.order(case, owner, seen_revision=None, inputs=OrderInputs(lead=agency, copies=[supervisor]))
    copy = case.referrals.get(kind="copy")
    refused("copy", commands.report, copy, Actor.agency_link(copy), seen_revision=None, text="เห็น", is_done=True)
    commands.recall(copy, owner, seen_revision=None, reason="ไม่ต้องแล้ว")
    case.refresh_from_db()
    assert case.current_status is S.ORDERED


def test_the_question_pauses_and_the_answer_returns_the_case(case: Case, owner: Actor, agency: Agency) -> None:
    ordered(case, owner, agency)
    commands.ask_details(case, owner, seen_revision=None, question="เสาต้นไหน")
    assert (case.current_status, case.events.latest("seq").texts.public_text) == (S.UNCLEAR, "เสาต้นไหน")
    commands.record_details(case, Actor.citizen(), seen_revision=None, details="ต้นหน้าวัด")
    assert (case.current_status, case.attention) == (S.ORDERED, "citizen_answered")
    assert case.events.latest("seq").texts.public_text == ""


def test_a_proposal_goes_up_the_ladder_and_is_carried_out(
    case: Case, owner: Actor, director: Actor, agency: Agency, khonkaen: Centre
) -> None:
    commands.take(case, owner, seen_revision=0)
    commands.propose(case, owner, seen_revision=None, content=OrderInputs(lead=agency, text="เห็นควรสั่ง"), opinion="ด่วน")
    assert case.current_status is S.TO_DIRECTOR
    refused("somebody else", commands.send_up, case, actor_with(khonkaen, Role.CHIEF), seen_revision=None)
    commands.send_up(case, director, seen_revision=None, opinion="เห็นพ้อง")
    chief, governor = actor_with(khonkaen, Role.CHIEF), actor_with(khonkaen, Role.GOVERNOR)
    refused("somebody else", commands.approve, case, director, seen_revision=None)
    commands.send_up(case, chief, seen_revision=None)
    refused("role", commands.send_up, case, governor, seen_revision=None)
    commands.approve(case, governor, seen_revision=None, message="ผู้ว่าราชการจังหวัดสั่งการแล้ว")
    proposal = Proposal.objects.get()
    assert (case.current_status, case.agency_name) == (S.ORDERED, "อบต.บ้านเป็ด")
    assert (proposal.decision, proposal.decided_by, proposal.status) == ("approved", governor.officer, "to_governor")


def test_a_district_proposes_to_its_chief(khonkaen: Centre, agency: Agency) -> None:
    district = Centre.objects.create(parent=khonkaen, slug="mueang", area_code="4001", name_th="เมือง", name_en="Mueang")
    case, owner = create_case(district), actor_with(district, Role.CASE_OFFICER)
    commands.take(case, owner, seen_revision=0)
    closing = ClosingInputs(Outcome.EXPLAINED, "ชี้แจงแล้ว")
    commands.propose(case, owner, seen_revision=None, content=closing)
    assert case.current_status is S.TO_CHIEF
    refused("somebody else", commands.approve, case, actor_with(khonkaen, Role.CHIEF), seen_revision=None)
    commands.approve(case, actor_with(district, Role.DISTRICT_CHIEF), seen_revision=None)
    assert (case.current_status, case.outcome_code, case.outcome) == (S.CLOSED, "explained", "ชี้แจงแล้ว")


def test_nobody_decides_their_own_proposal(case: Case, director: Actor, agency: Agency) -> None:
    commands.take(case, director, seen_revision=0)
    commands.propose(case, director, seen_revision=None, content=OrderInputs(lead=agency))
    refused("own proposal", commands.approve, case, director, seen_revision=None)


def test_a_returned_proposal_goes_back_with_its_reason(
    case: Case, owner: Actor, director: Actor, agency: Agency
) -> None:
    commands.take(case, owner, seen_revision=0)
    commands.propose(case, owner, seen_revision=None, content=OrderInputs(lead=agency))
    refused("reason", commands.return_proposal, case, director, seen_revision=None, reason="")
    commands.return_proposal(case, director, seen_revision=None, reason="ขาดแผนที่")
    assert (case.current_status, case.attention) == (S.CHECKING, Attention.DECIDED)
    assert Proposal.objects.get().reason == "ขาดแผนที่"


def test_the_author_takes_a_proposal_back(case: Case, owner: Actor, intake: Actor, agency: Agency) -> None:
    commands.take(case, owner, seen_revision=0)
    commands.propose(case, owner, seen_revision=None, content=OrderInputs(lead=agency))
    refused("author", commands.withdraw_proposal, case, intake, seen_revision=None, reason="ผอ. ลา")
    refused("reason", commands.withdraw_proposal, case, owner, seen_revision=None, reason="")
    commands.withdraw_proposal(case, owner, seen_revision=None, reason="ผอ. ลา")
    assert (case.current_status, Proposal.objects.get().decision) == (S.CHECKING, "withdrawn")


def test_an_order_is_not_proposed_while_an_agency_leads(case: Case, owner: Actor, agency: Agency) -> None:
    ordered(case, owner, agency)
    other = OrderInputs(lead=create_agency(case.centre))
    refused("Recall it", commands.propose, case, owner, seen_revision=None, content=other)


def test_a_case_officer_closes_as_resolved_only_what_is_reported(case: Case, owner: Actor, agency: Agency) -> None:
    referral = ordered(case, owner, agency)
    closing = ClosingInputs(Outcome.RESOLVED, "ซ่อมไฟแล้ว")
    refused("has not reported", commands.close, case, owner, seen_revision=None, inputs=closing)
    commands.report(referral, Actor.agency_link(referral), seen_revision=None, text="ซ่อมแล้ว", is_done=True)
    commands.close(case, owner, seen_revision=None, inputs=closing)
    assert (case.current_status, case.outcome_code, case.closed_at is not None) == (S.CLOSED, "resolved", True)


@pytest.mark.parametrize(
    ("outcome", "text", "next_owner", "match"),
    [
        ("fixed", "แล้ว", "", "not known"),
        ("explained", " ", "", "outcome"),
        ("not_our_power", "ไม่ใช่อำนาจของศูนย์", "", "responsible next"),
        ("no_response", "ไม่ได้รับคำตอบ", "", "waits for the citizen"),
        ("explained", "ก" * 2001, "", "longer than"),
    ],
)
def test_a_closing_that_does_not_fit_is_refused(
    case: Case, director: Actor, outcome: str, text: str, next_owner: str, match: str
) -> None:
    commands.take(case, director, seen_revision=0)
    inputs = ClosingInputs(outcome, text, next_owner)
    refused(match, commands.close, case, director, seen_revision=None, inputs=inputs)


def test_not_ours_names_the_next_owner(case: Case, director: Actor) -> None:
    commands.take(case, director, seen_revision=0)
    inputs = ClosingInputs("not_our_power", "เรื่องอยู่ในอำนาจศาล", "ศาลจังหวัดขอนแก่น โทร 0-4324-1234")
    commands.close(case, director, seen_revision=None, inputs=inputs)
    assert case.outcome == "เรื่องอยู่ในอำนาจศาล\nศาลจังหวัดขอนแก่น โทร 0-4324-1234"


def test_a_closed_case_is_not_edited_but_its_outcome_is_corrected(case: Case, owner: Actor, director: Actor) -> None:
    commands.take(case, owner, seen_revision=0)
    commands.close(case, owner, seen_revision=None, inputs=ClosingInputs("explained", "ชี้แจงแล้ว"))
    refused("present status", commands.reclassify, case, owner, seen_revision=None, topic="land")
    refused("role", commands.correct_outcome, case, owner, seen_revision=None,
            inputs=ClosingInputs("withdrawn", "ถอนเรื่อง"), reason="ผิด")  # fmt: skip
    commands.correct_outcome(
        case, director, seen_revision=None, inputs=ClosingInputs("withdrawn", "ผู้ร้องถอนเรื่อง"), reason="เลือกผิด"
    )
    texts = [event.texts.public_text for event in case.events.filter(kind__in=["close", "correct_outcome"])]
    assert (case.outcome_code, case.outcome) == ("withdrawn", "ผู้ร้องถอนเรื่อง")
    assert texts == ["ชี้แจงแล้ว", "ผู้ร้องถอนเรื่อง"], "both stay visible inside"


def test_a_reopened_case_goes_back_to_its_agency(case: Case, owner: Actor, director: Actor, agency: Agency) -> None:
    referral = ordered(case, owner, agency)
    commands.report(referral, Actor.agency_link(referral), seen_revision=None, text="แล้ว", is_done=True)
    commands.close(case, owner, seen_revision=None, inputs=ClosingInputs("resolved", "แล้ว"))
    refused("reason", commands.reopen, case, director, seen_revision=None, reason="")
    refused("role", commands.reopen, case, Actor.citizen(), seen_revision=None, reason="ไฟยังดับ")
    commands.reopen(case, director, seen_revision=None, reason="ไฟยังดับ")
    assert (case.current_status, case.reopened_count, case.outcome) == (S.ORDERED, 1, "")
    assert list(case.referrals.values_list("agency__code", "state")) == [("banped", "done"), ("banped", "sent")]


def test_the_citizen_requests_reopening_within_thirty_days_and_once(case: Case, director: Actor) -> None:
    commands.take(case, director, seen_revision=0)
    commands.close(case, director, seen_revision=None, inputs=ClosingInputs("explained", "ชี้แจง"))
    request, citizen = commands.request_reopening, Actor.citizen()
    refused("No request", commands.refuse_reopening, case, director, seen_revision=None, reason="ซ่อมแล้ว")
    Case.objects.update(closed_at=timezone.now() - timedelta(days=31))
    refused("30 days", request, case, citizen, seen_revision=None, reason="ยังไม่จบ")
    Case.objects.update(closed_at=timezone.now() - timedelta(days=30))
    refused("reason", request, case, citizen, seen_revision=None, reason=" ")
    request(case, citizen, seen_revision=None, reason="ยังไม่จบ")
    assert (case.current_status, case.attention) == (S.CLOSED, "reopening_requested")
    correction = ClosingInputs("explained", "ชี้แจงอีกครั้ง")
    commands.correct_outcome(case, director, seen_revision=None, inputs=correction, reason="เพิ่ม")
    assert case.attention == "reopening_requested", "the request still waits"
    commands.refuse_reopening(case, director, seen_revision=None, reason="ซ่อมแล้วตามภาพ")
    assert case.attention == ""
    refused("already", request, case, citizen, seen_revision=None, reason="อีกครั้ง")
    commands.reopen(case, director, seen_revision=None, reason="ตรวจซ้ำ")
    assert case.current_status is S.CHECKING
    commands.close(case, director, seen_revision=None, inputs=correction)
    request(case, citizen, seen_revision=None, reason="ยังไม่จบจริง ๆ")


def test_a_case_moves_with_its_history(case: Case, owner: Actor, khonkaen: Centre, phayao: Centre) -> None:
    commands.take(case, owner, seen_revision=0)
    refused("already", commands.move_centre, case, owner, seen_revision=None, centre=khonkaen, reason="x")
    commands.move_centre(case, owner, seen_revision=None, centre=phayao, reason="เหตุเกิดที่พะเยา", message="ส่งไปพะเยา")
    assert (case.centre, case.owner, case.current_status, case.attention) == (phayao, None, S.RECEIVED, "new")
    assert case.events.count() == 3
    refused("role", commands.take, case, owner, seen_revision=None)


def test_a_duplicate_is_closed_and_linked(case: Case, owner: Actor, khonkaen: Centre) -> None:
    lead_case = create_case(khonkaen)
    refused("another case", commands.link_duplicate, case, owner, seen_revision=None, lead_case=case)
    commands.link_duplicate(case, owner, seen_revision=None, lead_case=lead_case)
    assert (case.duplicate_of, case.outcome_code, case.current_status) == (lead_case, "duplicate", S.CLOSED)
    chain = create_case(khonkaen)
    refused("another case", commands.link_duplicate, chain, owner, seen_revision=None, lead_case=case)


def test_classification_is_recorded_before_and_after(case: Case, owner: Actor) -> None:
    refused("not known", commands.reclassify, case, owner, seen_revision=None, topic="dragons")
    event = commands.reclassify(
        case, owner, seen_revision=None, topic="land", subtopic="รุกที่สาธารณะ", urgency="urgent", mission="land_forest"
    )
    assert (case.topic, case.subtopic, case.urgency, case.mission) == ("land", "รุกที่สาธารณะ", "urgent", "land_forest")
    assert (event.payload["before"]["topic"], event.payload["after"]["topic"]) == ("utilities", "land")
    assert case.attention == "new", "a classified case is still new"


def test_a_note_of_ten_megabytes_is_refused_with_a_sentence(case: Case, owner: Actor) -> None:
    refused("longer than 2,000", commands.add_note, case, owner, seen_revision=None, note="ก" * 10_000_000)


def test_an_owner_must_work_at_the_centre(case: Case, owner: Actor, phayao: Centre) -> None:
    stranger = create_officer_with(phayao, Role.CASE_OFFICER)
    refused("cannot own", commands.assign_owner, case, owner, seen_revision=None, owner=stranger)
    commands.assign_owner(case, owner, seen_revision=None, owner=owner.officer)
    assert (case.owner, case.attention) == (owner.officer, "new")


def test_the_history_refuses_a_change_and_a_deletion(case: Case) -> None:
    event = case.events.get()
    event.kind = "close"
    with pytest.raises(Exception, match="cannot be changed"):
        event.save()


def test_the_history_refuses_a_deletion(case: Case) -> None:
    with pytest.raises(Exception, match="cannot be changed"):
        case.events.all().delete()


def test_unlocking_is_for_tests_only_and_ends(case: Case) -> None:
    with history_unlocked():
        case.events.update(kind="take")
    with pytest.raises(Exception, match="cannot be changed"):
        case.events.update(kind="received")


def test_a_step_of_the_past_is_recorded_at_its_time(case: Case, owner: Actor) -> None:
    moment = timezone.now() - timedelta(days=40)
    with clock.steps_made_at(moment):
        event = commands.take(case, owner, seen_revision=0)
    assert event.at == moment
    assert event.recorded_at > moment + timedelta(days=39)
    with pytest.raises(ValueError, match="future"), clock.steps_made_at(timezone.now() + timedelta(hours=1)):
        pass
