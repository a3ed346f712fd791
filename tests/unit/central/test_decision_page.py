"""The decision page: each superior gets the proposals of the own step, decides them with one tap, and cannot decide
twice."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from central.agencies.models import Agency
from central.cases import commands
from central.cases.commands import Actor, ClosingInputs, OrderInputs
from central.cases.decisions import waiting_proposals
from central.cases.models import Case, CaseEvent, PersonalDataRead, Proposal
from central.centres.models import Centre, Officer
from central.people.roles import Role
from tests.unit.central.conftest import client_of
from tests.unit.central.factories import actor_with, create_agency, create_case, create_officer_with
from tests.unit.central.kiosk_client import ClientResponse
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD


def superior(centre: Centre, role: Role) -> tuple[Officer, Client]:
    officer = create_officer_with(centre, role)
    officer.set_password(PASSWORD)
    officer.save()
    return officer, client_of(officer)


@pytest.fixture
def agency(khonkaen: Centre) -> Agency:
    return create_agency(khonkaen, "banped", name_th="อบต.บ้านเป็ด")


@pytest.fixture
def proposal(khonkaen: Centre, owner: Actor, agency: Agency) -> Proposal:
    """An order, proposed to the director."""
    case = create_case(khonkaen)
    commands.take(case, owner, seen_revision=None)
    order = OrderInputs(lead=agency, text="โปรดซ่อมไฟ", handler_name="นายช่างโยธา")
    commands.propose(case, owner, seen_revision=None, content=order, opinion="เห็นควรสั่งการ")
    return Proposal.objects.get()


def decide(
    client: Client, proposal: Proposal, decision: str, note: str = "", seen: int | None = None
) -> ClientResponse:
    revision = Case.objects.get(pk=proposal.case_id).revision if seen is None else seen
    fields = {"decision": decision, "seen": revision, "note": note}
    response: ClientResponse = client.post(f"/desk/decisions/{proposal.pk}", fields)
    return response


def test_the_card_has_the_proposal_the_case_and_the_opinions_and_is_audited(
    khonkaen: Centre, proposal: Proposal
) -> None:
    director, client = superior(khonkaen, Role.DIRECTOR)
    shown = page_text(client.get("/desk/decisions"))
    for text in ("อบต.บ้านเป็ด", "โปรดซ่อมไฟ", "นายช่างโยธา", "เห็นควรสั่งการ", proposal.case.text, proposal.case.case_number):
        assert text in shown
    assert [(read.officer, read.data_kind) for read in PersonalDataRead.objects.all()] == [(director, "case")]


def test_one_tap_approves_and_a_second_one_is_harmless(khonkaen: Centre, proposal: Proposal) -> None:
    director, client = superior(khonkaen, Role.DIRECTOR)
    seen = proposal.case.revision
    first = decide(client, proposal, "approve", seen=seen)
    assert first.status_code == 302
    assert "อนุมัติเรื่อง" in page_text(client.get(first["Location"]))
    case, events = Case.objects.get(), CaseEvent.objects.count()
    assert (case.status, case.agency_name, case.handler_name) == ("ordered", "อบต.บ้านเป็ด", "นายช่างโยธา")
    second = decide(client, proposal, "approve", seen=seen)
    assert "มีผู้พิจารณาแล้ว" in page_text(client.get(second["Location"]))
    assert CaseEvent.objects.count() == events
    assert Proposal.objects.get().decided_by == director


def test_a_return_needs_its_reason(khonkaen: Centre, proposal: Proposal) -> None:
    _, client = superior(khonkaen, Role.DIRECTOR)
    refused = decide(client, proposal, "return")
    assert (refused.status_code, "โปรดบอกเหตุผล" in page_text(refused)) == (409, True)
    assert decide(client, proposal, "return", "ขอข้อเท็จจริงเพิ่ม").status_code == 302
    assert (Case.objects.get().status, Proposal.objects.get().decision) == ("checking", "returned")


def test_a_proposal_goes_up_the_ladder_with_every_opinion(khonkaen: Centre, proposal: Proposal) -> None:
    clients = {role: superior(khonkaen, role)[1] for role in (Role.DIRECTOR, Role.CHIEF, Role.GOVERNOR)}
    for role in (Role.CHIEF, Role.GOVERNOR):
        assert 'id="none"' in page_text(clients[role].get("/desk/decisions"))
        decide(clients[role], proposal, "approve")
        assert Case.objects.get().status == "to_director", "not yet this role's turn"
    decide(clients[Role.DIRECTOR], proposal, "send_up", "เห็นชอบตามเสนอ")
    assert 'id="none"' in page_text(clients[Role.DIRECTOR].get("/desk/decisions"))
    decide(clients[Role.CHIEF], proposal, "send_up", "เห็นควรอนุมัติ")
    shown = page_text(clients[Role.GOVERNOR].get("/desk/decisions"))
    assert shown.index("เห็นควรสั่งการ") < shown.index("เห็นชอบตามเสนอ") < shown.index("เห็นควรอนุมัติ")
    assert 'value="send_up"' not in shown, "nobody is above"
    assert decide(clients[Role.GOVERNOR], proposal, "send_up").status_code == 409
    decide(clients[Role.GOVERNOR], proposal, "approve")
    assert Case.objects.get().status == "ordered"


def test_a_district_chief_decides_the_districts_closings(khonkaen: Centre) -> None:
    district = Centre.objects.create(parent=khonkaen, slug="nam-phong", area_code="4007", name_th="น้ำพอง", name_en="NP")
    case, officer = create_case(district), actor_with(district, Role.CASE_OFFICER)
    commands.take(case, officer, seen_revision=None)
    commands.propose(case, officer, seen_revision=None, content=ClosingInputs("explained", "ชี้แจงแล้ว"))
    _, province_chief = superior(khonkaen, Role.CHIEF)
    assert 'id="none"' in page_text(province_chief.get("/desk/decisions"))
    _, client = superior(district, Role.DISTRICT_CHIEF)
    assert "ชี้แจงแล้ว" in page_text(client.get("/desk/decisions"))
    decide(client, Proposal.objects.get(), "approve")
    assert Case.objects.get(pk=case.pk).status == "closed"


def test_a_stale_card_is_shown_again_and_changes_nothing(khonkaen: Centre, owner: Actor, proposal: Proposal) -> None:
    _, client = superior(khonkaen, Role.DIRECTOR)
    seen = proposal.case.revision
    commands.add_note(proposal.case, owner, seen_revision=None, note="ผู้ร้องโทรมาเพิ่มเติม")
    stale = decide(client, proposal, "approve", "เห็นชอบ", seen=seen)
    assert stale.status_code == 409
    assert "ผู้ร้องโทรมาเพิ่มเติม" in page_text(stale), "what has changed"
    assert "เห็นชอบ" in page_text(stale), "what was typed"
    assert Case.objects.get().status == "to_director"


def test_nobody_gets_the_own_proposal_or_one_of_another_centre(
    khonkaen: Centre, phayao: Centre, agency: Agency
) -> None:
    case, director = create_case(khonkaen), create_officer_with(khonkaen, Role.DIRECTOR)
    commands.take(case, Actor.of(director), seen_revision=None)
    commands.propose(case, Actor.of(director), seen_revision=None, content=OrderInputs(lead=agency))
    other, client = superior(phayao, Role.DIRECTOR)
    assert list(waiting_proposals(director)) == list(waiting_proposals(other)) == []
    decide(client, Proposal.objects.get(), "approve")
    assert Case.objects.get().status == "to_director"
    assert not PersonalDataRead.objects.exists()


def test_the_stack_is_walked_by_skipping(khonkaen: Centre, owner: Actor, agency: Agency) -> None:
    for _ in range(3):
        case = create_case(khonkaen)
        commands.take(case, owner, seen_revision=None)
        commands.propose(case, owner, seen_revision=None, content=OrderInputs(lead=agency))
    _, client = superior(khonkaen, Role.DIRECTOR)
    ids = list(Proposal.objects.values_list("pk", flat=True))
    assert f'data-proposal="{ids[0]}"' in page_text(client.get("/desk/decisions"))
    assert f'data-proposal="{ids[1]}"' in page_text(client.get("/desk/decisions", {"skip": ids[0]}))
    assert f'data-proposal="{ids[0]}"' in page_text(client.get("/desk/decisions", {"skip": ids[2]}))
    assert client.get("/desk/decisions", {"skip": "x" * 50, "done": "x", "case": "<b>"}).status_code == 200


def test_a_proposal_that_is_decided_while_the_page_is_read_is_no_error(khonkaen: Centre, proposal: Proposal) -> None:
    _, client = superior(khonkaen, Role.DIRECTOR)
    rows = Proposal.objects.filter(pk=proposal.pk, decided_at=None)

    def decide_after_the_queue(
        execute: Callable[..., object], sql: str, params: object, many: bool, context: object
    ) -> object:
        result = execute(sql, params, many, context)
        if sql.startswith('SELECT "cases_proposal"."id"'):
            rows.update(decided_at=timezone.now())
        return result

    with connection.execute_wrapper(decide_after_the_queue):
        response = client.get("/desk/decisions")
    assert response.status_code == 200
    assert not rows.exists()
