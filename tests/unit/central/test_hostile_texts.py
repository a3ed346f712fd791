"""Texts that deceive a reader or a program: numbers without end, names that turn the line around."""

import pytest
from django.test import Client

from central.agency_desk.forms import AcceptForm
from central.cases import commands
from central.cases.commands import Actor, ClosingInputs
from central.centres.models import Centre
from central.desk.forms import SignInForm
from central.people.roles import Role
from tests.unit.central.factories import actor_with, create_agency, create_case, create_officer_with


def test_numbers_without_end_are_no_ids(khonkaen: Centre) -> None:
    officer = create_officer_with(khonkaen, Role.AGENCY_OFFICER, agency=create_agency(khonkaen))
    client = Client()
    client.force_login(officer)
    assert client.post("/desk/agency/accept", {"referral": "9" * 5000}).status_code == 302
    director, owner = create_officer_with(khonkaen, Role.DIRECTOR), actor_with(khonkaen, Role.CASE_OFFICER)
    case = create_case(khonkaen)
    commands.take(case, owner, seen_revision=None)
    commands.propose(case, owner, seen_revision=None, content=ClosingInputs("explained", "ชี้แจงแล้ว"))
    client.force_login(director)
    for skip in ("9" * 5000, "๑" * 5000, "-1", ""):
        assert client.get("/desk/decisions", {"skip": skip}).status_code == 200


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u2028", "\x1b", "\x85"])
def test_a_name_has_no_sign_that_turns_or_breaks_the_line(sign: str) -> None:
    form = AcceptForm("en", {"seen": "sent-0.000000", "handler": f"Som{sign}chai"})
    assert not form.is_valid()
    assert "invisible" in form.first_error
    assert AcceptForm("en", {"seen": "sent-0.000000", "handler": "สม\u200bชาย ใจดี"}).is_valid(), "a line may break here"
    assert SignInForm("en", {"username": "somsri", "password": f"a{sign}b"}).is_valid(), "a password may be anything"


def test_a_handler_of_the_desk_form_is_checked_too(khonkaen: Centre) -> None:
    agency, officer, case = create_agency(khonkaen), create_officer_with(khonkaen, Role.INTAKE), create_case(khonkaen)
    client = Client()
    client.force_login(officer)
    form = {"step": "order", "seen": 0, "agency": agency.name_th, "order_text": "x", "handler": "a\u202eb"}
    assert client.post(f"/desk/cases/{case.case_number}/step", form).status_code == 422
    assert not Actor.of(officer).officer.owned_cases.exists()  # type: ignore[union-attr]
