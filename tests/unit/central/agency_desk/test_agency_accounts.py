"""Officers of an agency on the pages of referrals: their own, while they are theirs, and with their own code."""

import pytest
from django.test import Client

from central.agencies.models import Agency
from central.agency_desk import access_codes, tokens
from central.agency_desk.models import AccessCode
from central.cases import commands
from central.cases.commands import Actor
from central.cases.models import CaseEvent, Referral
from central.centres.models import Centre
from central.people.roles import Role
from tests.unit.central.agency_desk.conftest import send_case
from tests.unit.central.factories import create_agency, create_officer_with
from tests.unit.central.page_text import page_text

STORY, NAME = "ไฟฟ้าดับทุกคืน", "สมชาย"
STEPS = ("accept", "report", "return", "code", "person")


def signed_in(centre: Centre, role: Role, agency: Agency | None = None) -> Client:
    client = Client()
    client.force_login(create_officer_with(centre, role, agency=agency))
    return client


@pytest.mark.parametrize("end", ["recall", "return"])
def test_a_case_that_was_taken_back_is_no_longer_read(
    khonkaen: Centre, electricity: Agency, referral: Referral, legal_officer: Actor, end: str
) -> None:
    client, path = signed_in(khonkaen, Role.AGENCY_OFFICER, electricity), f"/desk/agency/{referral.pk}"
    assert STORY in page_text(client.get(path))
    if end == "recall":
        commands.recall(referral, legal_officer, seen_revision=None, reason="ส่งผิดหน่วย")
    else:
        commands.return_to_centre(referral, Actor.agency_link(referral), seen_revision=None, reason="ไม่ใช่พื้นที่")
    page = client.get(path)
    assert (page.status_code, STORY in page_text(page)) == (200, False)
    assert referral.case.case_number in page_text(page)
    before = CaseEvent.objects.count()
    for step in STEPS:
        client.post(f"{path}/{step}", {"seen": "sent-0.000000", "text": "x", "done": "yes", "reason": "x"})
    assert CaseEvent.objects.count() == before


def test_a_referral_of_another_agency_does_not_exist(
    khonkaen: Centre, electricity: Agency, referral: Referral, legal_officer: Actor
) -> None:
    other = send_case(khonkaen, create_agency(khonkaen), legal_officer)
    for role in (Role.AGENCY_OFFICER, Role.AGENCY_HEAD, Role.SUPERVISOR):
        client, path = signed_in(khonkaen, role, electricity), f"/desk/agency/{other.pk}"
        assert client.get(path).status_code == 404
        assert client.get(f"{path}/pages/0").status_code == 404
        assert client.get(f"{path}/files/1").status_code == 404
        for step in STEPS:
            assert client.post(f"{path}/{step}", {"seen": "sent-0.000000", "code": "1"}).status_code == 404
        client.post("/desk/agency/accept", {"referral": [other.pk, "9" * 5000, "๑", "-1"]})
    assert Referral.objects.get(pk=other.pk).state == "sent"


def test_the_next_officer_at_the_same_browser_sees_no_name(
    khonkaen: Centre, electricity: Agency, referral: Referral
) -> None:
    client, path = signed_in(khonkaen, Role.AGENCY_OFFICER, electricity), f"/desk/agency/{referral.pk}"
    client.post(f"{path}/code", {"reason": "นัดดูสถานที่"})
    code = tokens.access_code(AccessCode.objects.get().nonce)
    assert client.post(f"{path}/person", {"code": code}).status_code == 302
    assert NAME in page_text(client.get(path))
    stored = client.cookies[access_codes._COOKIE].value
    following = signed_in(khonkaen, Role.AGENCY_HEAD, electricity)
    following.cookies[access_codes._COOKIE] = stored
    assert NAME not in page_text(following.get(path))


def test_printing_the_letter_with_the_link_is_in_the_history(
    khonkaen: Centre, referral: Referral, legal_officer: Actor
) -> None:
    client = Client()
    assert legal_officer.officer is not None
    client.force_login(legal_officer.officer)
    path = f"/desk/referrals/{referral.pk}/letter"
    assert client.get(path)["Content-Type"] == "application/pdf"
    event = CaseEvent.objects.latest("id")
    assert (event.kind, event.by, event.is_public) == ("letter_printed", legal_officer.officer, False)
    assert client.head(path).status_code == 405
    auditor = signed_in(khonkaen, Role.AUDITOR)
    assert auditor.get(path).status_code == 403
    commands.recall(referral, legal_officer, seen_revision=None, reason="ส่งผิดหน่วย")
    assert client.get(path).status_code == 404
