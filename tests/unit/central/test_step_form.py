"""The one form of the case page, through the real page: for every role and status it offers exactly the steps that
workflow and matrix allow, each of them works, and a forged one is refused with nothing changed."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from inspect import signature
from typing import Any

import pytest
from django.test import Client

from central.agencies.models import Agency, AgencyContact, RoutingRule
from central.cases import commands
from central.cases.commands import Actor, ClosingInputs, OrderInputs
from central.cases.models import Case
from central.cases.workflow import WORKFLOW, is_allowed
from central.centres.models import Centre, Officer
from central.desk.step_input import CLOSING, ORDER, TERMS
from central.desk.step_table import STEPS
from central.people.roles import MATRIX, Action, Role, Scope
from tests.unit.central.conftest import client_of
from tests.unit.central.factories import create_agency, create_case, create_officer_with
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD
from tests.unit.central.step_posts import post_step

CENTRE_ROLES = [
    role for role in Role if MATRIX[role].scope is Scope.CENTRE and Action.VIEW_CASES in MATRIX[role].actions
]
DUE = date.today() + timedelta(days=20)
LABEL = "อบต.บ้านเป็ด · banped"
# Fields with which each step works, beside those that the page has filled in.
INPUTS: dict[str, dict[str, Any]] = {
    "take": {},
    "order": {"agency": LABEL},
    "propose_order": {"agency": LABEL},
    "propose_close": {"outcome": "explained", "message": "ชี้แจงแล้ว"},
    "approve": {},
    "send_up": {},
    "return_proposal": {"note": "ขอข้อเท็จจริงเพิ่ม"},
    "withdraw_proposal": {"note": "ผู้ร้องขอเพิ่มเติม"},
    "ask_details": {"message": "เกิดเหตุที่ใด"},
    "record_details": {"note": "หน้าวัด"},
    "report": {"note": "ลงพื้นที่แล้ว"},
    "return_to_centre": {"note": "ไม่ใช่หน้าที่"},
    "recall": {"note": "ส่งผิด"},
    "close": {"outcome": "explained", "message": "ชี้แจงแล้ว"},
    "link_duplicate": {},  # the main case is created by the test
    "unlink_duplicate": {"note": "คนละเรื่องกัน"},
    "correct_outcome": {"outcome": "resolved", "message": "ซ่อมแล้ว", "note": "บันทึกผิด"},
    "request_reopening": {"note": "ไฟยังดับ"},
    "refuse_reopening": {"message": "ซ่อมแล้วตามภาพ"},
    "reopen": {"note": "ยังไม่ซ่อม"},
    "assign_owner": {},  # the owner is the officer
    "reclassify": {"topic": "land", "urgency": "urgent"},
    "set_due": {"due": DUE.isoformat(), "note": "ตกลงกันแล้ว"},
    "move_centre": {"centre": "phayao", "note": "เกิดเหตุที่พะเยา"},
    "answer_data_request": {"message": "ส่งสำเนาให้แล้ว"},
    "add_note": {"note": "โทรแล้ว"},
}


def sign_in(officer: Officer) -> Client:
    officer.set_password(PASSWORD)
    officer.save()
    return client_of(officer)


@pytest.fixture
def agency(khonkaen: Centre) -> Agency:
    return create_agency(khonkaen, "banped", name_th="อบต.บ้านเป็ด")


def offered(html: str) -> set[str]:
    """The codes of the steps on the page."""
    return set(re.findall(r'<input type="radio" name="step" id="step-([a-z_]+)"', html))


Preparation = Callable[[Case, Officer, Agency], None]


def _taken(case: Case, officer: Officer, agency: Agency) -> None:
    commands.take(case, Actor.of(officer), seen_revision=None)


def _proposed(case: Case, officer: Officer, agency: Agency) -> None:
    _taken(case, officer, agency)
    commands.propose(case, Actor.of(officer), seen_revision=None, content=OrderInputs(lead=agency, text="โปรดซ่อม"))


def _sent_up(case: Case, officer: Officer, agency: Agency) -> None:
    _proposed(case, officer, agency)
    director = create_officer_with(case.centre, Role.DIRECTOR)
    commands.send_up(case, Actor.of(director), seen_revision=None)


def _at_governor(case: Case, officer: Officer, agency: Agency) -> None:
    _sent_up(case, officer, agency)
    commands.send_up(case, Actor.of(create_officer_with(case.centre, Role.CHIEF)), seen_revision=None)


def _ordered(case: Case, officer: Officer, agency: Agency) -> None:
    commands.order(case, Actor.of(officer), seen_revision=None, inputs=OrderInputs(lead=agency, text="โปรดซ่อม"))


def _in_progress(case: Case, officer: Officer, agency: Agency) -> None:
    _ordered(case, officer, agency)
    commands.report(case.referrals.get(), Actor.of(officer), seen_revision=None, text="กำลังซ่อม", is_done=False)


def _unclear(case: Case, officer: Officer, agency: Agency) -> None:
    _taken(case, officer, agency)
    commands.ask_details(case, Actor.of(officer), seen_revision=None, question="ที่ใด")


def _closed(case: Case, officer: Officer, agency: Agency) -> None:
    _taken(case, officer, agency)
    commands.close(case, Actor.of(officer), seen_revision=None, inputs=ClosingInputs("explained", "ชี้แจงแล้ว"))


PREPARATIONS: dict[str, Preparation] = {
    "received": lambda case, officer, agency: None,
    "checking": _taken,
    "to_director": _proposed,
    "to_chief": _sent_up,
    "to_governor": _at_governor,
    "ordered": _ordered,
    "in_progress": _in_progress,
    "unclear": _unclear,
    "closed": _closed,
}
_DECIDERS = {"to_director": Role.DIRECTOR, "to_chief": Role.CHIEF, "to_governor": Role.GOVERNOR}
_DECISIONS = {Action.APPROVE, Action.SEND_UP, Action.RETURN_PROPOSAL}
_FORGED_IN = {"received", "to_director", "ordered", "closed"}  # each step is forged where it is not allowed
_ASKED = {Action.UNLINK_DUPLICATE, Action.WITHDRAW_PROPOSAL, Action.REFUSE_REOPENING, Action.ANSWER_DATA_REQUEST}
_ON_OWN_PAGES = {Action.RENEW_CODE, Action.TAKE_OVER_TEXT, Action.SET_POINT}
_OF_REFERRALS = {Action.RECALL, Action.REPORT, Action.RETURN_TO_CENTRE}


def expected_steps(role: Role, status: str) -> set[str]:
    """What the matrix and the workflow table say, and who decides at which step of the ladder."""
    codes = set()
    for step in STEPS:
        if step.action not in MATRIX[role].actions or not is_allowed(step.action, Case(status=status).current_status):
            continue
        if step.action in _DECISIONS and _DECIDERS.get(status) is not role:
            continue
        if step.action is Action.SEND_UP and status == "to_governor":
            continue
        if step.action in _OF_REFERRALS and status not in ("ordered", "in_progress"):
            continue
        if step.action in _ASKED:  # nobody has proposed or requested it
            continue
        codes.add(step.code)
    return codes


def test_every_step_of_an_officer_is_in_the_table() -> None:
    of_officers = {action for action in WORKFLOW if any(action in MATRIX[role].actions for role in CENTRE_ROLES)}
    assert {step.action for step in STEPS} == of_officers - _ON_OWN_PAGES
    assert set(INPUTS) == {step.code for step in STEPS}
    assert len({step.key for step in STEPS}) == len(STEPS), "one letter for each step"
    for step in STEPS:
        signature(step.command).bind(object(), object(), seen_revision=0, **step.inputs)  # its keywords, all it needs
        composed = {ORDER: "agency", CLOSING: "outcome", TERMS: "strategy"}
        assert {composed.get(name, name) for name in step.inputs.values()} <= set(step.fields), step.code


# Every role in two or three statuses and every status with a third of the roles; all pairs with --slow (100 s).
_PAIRS = [
    pytest.param(role, status, marks=pytest.mark.slow if (number + place) % 4 else ())
    for number, role in enumerate(CENTRE_ROLES)
    for place, status in enumerate(PREPARATIONS)
]


@pytest.mark.parametrize(("role", "status"), _PAIRS)
def test_the_page_offers_what_is_allowed_and_each_of_it_works(
    role: Role, status: str, khonkaen: Centre, phayao: Centre, agency: Agency
) -> None:
    owner = create_officer_with(khonkaen, Role.CASE_OFFICER)
    client, main_case = sign_in(create_officer_with(khonkaen, role)), create_case(khonkaen)
    case = create_case(khonkaen)
    PREPARATIONS[status](case, owner, agency)
    assert case.status == status
    shown = page_text(client.get(f"/desk/cases/{case.case_number}"))
    assert offered(shown) == expected_steps(role, status)

    forged = [step for step in STEPS if step.code not in offered(shown)] if status in _FORGED_IN else []
    for step in forged:
        response = post_step(client, case.case_number, step.code, main_case=main_case.case_number, **INPUTS[step.code])
        assert response.status_code == (409 if step.action in MATRIX[role].actions else 403), step.code
    unchanged = Case.objects.get(pk=case.pk)
    assert (unchanged.status, unchanged.revision) == (status, case.revision)

    for code in sorted(offered(shown)):
        case = create_case(khonkaen)
        PREPARATIONS[status](case, owner, agency)
        fields = {"main_case": main_case.case_number, "owner": owner.pk, "referral": _referral(case), **INPUTS[code]}
        if code in ("order", "propose_order") and case.agency_name:
            helper = create_agency(khonkaen)
            fields |= {"agency": "", "supports": helper.code}
        response = post_step(client, case.case_number, code, **fields)
        assert response.status_code == 302, (code, re.findall(r'id="error"><p>([^<]*)', page_text(response)))
        assert Case.objects.get(pk=case.pk).revision > case.revision, code


def _referral(case: Case) -> int | str:
    return case.referrals.values_list("pk", flat=True).first() or ""


def test_a_stale_page_keeps_what_was_typed_and_says_what_changed(khonkaen: Centre, agency: Agency) -> None:
    officer = create_officer_with(khonkaen, Role.CASE_OFFICER, name="somchai")
    case, client = create_case(khonkaen), sign_in(create_officer_with(khonkaen, Role.INTAKE))
    shown = page_text(client.get(f"/desk/cases/{case.case_number}"))
    seen, event = (re.search(rf'name="{name}" value="([0-9]+)"', shown) for name in ("seen", "seen_event"))
    assert seen
    assert event
    commands.take(case, Actor.of(officer), seen_revision=None)
    typed = {"agency": LABEL, "order_text": "โปรดซ่อมไฟ", "message": "กำลังส่งเรื่อง", "note": "ด่วน", "seen_event": event[1]}
    stale = post_step(client, case.case_number, "order", seen=int(seen[1]), **typed)
    page = page_text(stale)
    assert stale.status_code == 409
    assert re.search(r'<ul id="changes"><li>รับเรื่อง: somchai', page)
    for text in (LABEL, "โปรดซ่อมไฟ", "กำลังส่งเรื่อง", "ด่วน"):
        assert text in page
    assert Case.objects.get().status == "checking"
    fresh = re.search(r'name="seen" value="([0-9]+)"', page)
    assert fresh
    assert post_step(client, case.case_number, "order", seen=int(fresh[1]), **typed).status_code == 302, "saves now"


def test_a_replayed_form_changes_nothing(khonkaen: Centre) -> None:
    case, client = create_case(khonkaen), sign_in(create_officer_with(khonkaen, Role.INTAKE))
    assert post_step(client, case.case_number, "add_note", seen=0, note="โทรแล้ว").status_code == 302
    replayed = post_step(client, case.case_number, "add_note", seen=0, note="โทรแล้ว")
    assert (replayed.status_code, case.events.count()) == (409, 2)


def test_a_case_of_another_centre_does_not_exist(khonkaen: Centre, phayao: Centre) -> None:
    case, client = create_case(phayao), sign_in(create_officer_with(khonkaen, Role.DIRECTOR))
    number = case.case_number
    assert post_step(client, number, "add_note", note="x").status_code == 404
    for path in ("", "/print"):
        assert client.get(f"/desk/cases/{number}{path}").status_code == 404
    assert client.post(f"/desk/cases/{number}/open").status_code == 404
    main_case = create_case(khonkaen)
    refused = post_step(client, main_case.case_number, "link_duplicate", main_case=number)
    assert refused.status_code == 422, "it cannot be named as the main case either"


def test_the_routing_the_clock_and_the_register_fill_in_the_order(khonkaen: Centre, agency: Agency) -> None:
    """Choosing the step and saving it is enough: agency, copy, person in charge and date are proposed."""
    AgencyContact.objects.create(agency=agency, kind="contact_point", name="นายช่างโยธา")
    inspector = create_agency(khonkaen, "inspector", name_th="จเร")
    RoutingRule.objects.create(centre=khonkaen, position=1, lead_agency=agency, copy_agency=inspector)
    case, client = create_case(khonkaen), sign_in(create_officer_with(khonkaen, Role.INTAKE))
    shown = page_text(client.get(f"/desk/cases/{case.case_number}"))
    values = {name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', shown) for name in ("agency", "copies", "due")}
    posted: dict[str, Any] = {name: match[1] for name, match in values.items() if match}
    assert posted["agency"] == LABEL
    assert 'id="routing"' in shown
    post_step(client, case.case_number, "order", due_proposed=posted["due"], **posted)
    case.refresh_from_db()
    assert (case.status, case.agency_name, case.handler_name) == ("ordered", "อบต.บ้านเป็ด", "นายช่างโยธา")
    assert (case.due.isoformat() if case.due else "", case.period_basis) == (posted["due"], "general")
    assert sorted(case.referrals.values_list("agency__code", "kind")) == [("banped", "lead"), ("inspector", "copy")]


def test_a_proposed_date_follows_the_agency_that_was_chosen_and_a_typed_one_stays(khonkaen: Centre) -> None:
    slow = create_agency(khonkaen, "slow", declared_days=30)
    client = sign_in(create_officer_with(khonkaen, Role.INTAKE))
    proposed, typed = (DUE - timedelta(days=2)).isoformat(), DUE.isoformat()
    for due, basis in ((proposed, "agency"), (typed, "manual")):
        case = create_case(khonkaen)
        post_step(client, case.case_number, "order", agency=slow.code, due=due, due_proposed=proposed)
        case.refresh_from_db()
        assert case.period_basis == basis
        assert (case.due == DUE) == (basis == "manual")


@pytest.mark.parametrize("text", ["banped", LABEL, "อบต.บ้านเป็ด", "khonkaen/banped"])
def test_an_agency_is_named_by_label_code_or_name(khonkaen: Centre, agency: Agency, text: str) -> None:
    case, client = create_case(khonkaen), sign_in(create_officer_with(khonkaen, Role.INTAKE))
    assert post_step(client, case.case_number, "order", agency=text).status_code == 302
    assert case.referrals.get().agency == agency


def test_an_unknown_agency_is_refused_by_its_field(khonkaen: Centre, phayao: Centre, agency: Agency) -> None:
    create_agency(phayao, "far", name_th="อบต.ไกล")
    case, client = create_case(khonkaen), sign_in(create_officer_with(khonkaen, Role.INTAKE))
    for text in ("อบต.ไกล", "phayao/far", "far", "'; --", "ก" * 500):
        assert post_step(client, case.case_number, "order", agency=text).status_code == 422
    refused = post_step(client, case.case_number, "order", supports=["banped", "nowhere"])
    assert (refused.status_code, "nowhere" in page_text(refused)) == (422, True)
    assert post_step(client, case.case_number, "add_note", agency="nowhere", note="x").status_code == 302, (
        "a field of another step does not matter"
    )


def test_a_moved_case_leads_back_to_the_list(khonkaen: Centre, phayao: Centre) -> None:
    case, client = create_case(khonkaen), sign_in(create_officer_with(khonkaen, Role.INTAKE))
    moved = post_step(client, case.case_number, "move_centre", centre="phayao", note="เกิดเหตุที่พะเยา")
    assert moved["Location"] == "/desk/cases"
    assert Case.objects.get().centre == phayao
