"""A case ordered to an agency, with its personal link."""

from typing import Any

import pytest

from central.agencies.models import Agency
from central.agency_desk import tokens
from central.agency_desk.models import ReferralLink
from central.cases.commands import Actor, OrderInputs, order
from central.cases.models import Complainant, Referral
from central.centres.models import Centre
from central.people.roles import Role
from tests.unit.central.factories import actor_with, create_agency, create_case

PUBLIC_URL = "https://track.example.go.th"


@pytest.fixture(autouse=True)
def public_url(settings: Any) -> None:
    settings.PUBLIC_URL = PUBLIC_URL


@pytest.fixture
def legal_officer(khonkaen: Centre) -> Actor:
    return actor_with(khonkaen, Role.DIRECTOR)


@pytest.fixture
def electricity(khonkaen: Centre) -> Agency:
    return create_agency(
        khonkaen, "pea", name_th="การไฟฟ้าส่วนภูมิภาค", name_en="Electricity Authority", email="pea@office.go.th"
    )


@pytest.fixture
def referral(khonkaen: Centre, electricity: Agency, legal_officer: Actor) -> Referral:
    return send_case(khonkaen, electricity, legal_officer)


def send_case(centre: Centre, agency: Agency, by: Actor, **fields: Any) -> Referral:
    """A case with a named complainant, ordered to the agency."""
    case = create_case(centre, **fields)
    Complainant.objects.create(
        case=case, source="typed", first_name="สมชาย", last_name="ใจดี", phone="0812345678", address="1 หมู่ 2"
    )
    inputs = OrderInputs(lead=agency, text="ตรวจสอบหม้อแปลงที่หมู่ 5")
    order(case, by, seen_revision=None, inputs=inputs)
    return Referral.objects.select_related("case__centre", "agency").get(case=case)


def link_of(referral: Referral) -> str:
    """The path of the referral's newest link."""
    link = ReferralLink.objects.filter(referral=referral).latest("id")
    return f"/a/{tokens.link_token(link.nonce)}"
