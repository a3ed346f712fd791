"""A letter names its writer: who may not read people sees neither its pictures nor its recognised text."""

import pytest
from django.test import Client

from central.cases.models import Case, LetterPage, PersonalDataRead
from central.centres.models import Centre
from central.people.roles import Role
from protocol.submission import Submission
from tests.unit.central.factories import create_officer_with
from tests.unit.central.kiosk_client import KioskClient
from tests.unit.central.page_text import page_text

SECRET = "ลงชื่อนางบุญมา"


@pytest.fixture
def submitted(kiosk: KioskClient) -> Submission:
    letter = kiosk.letter_submission(1)
    (page,) = kiosk.sealed_pages(letter)
    kiosk.upload(page)
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(letter, [page])))
    LetterPage.objects.update(text=SECRET)
    return letter


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.TEAM_HEAD, Role.TEAM_MEMBER, Role.CASE_OFFICER])
def test_a_letter_is_covered_for_who_may_not_read_people(khonkaen: Centre, submitted: Submission, role: Role) -> None:
    officer = create_officer_with(khonkaen, role)
    officer.memberships.update(may_read_people=False, tambons=Case.objects.get().area)
    client = Client()
    client.force_login(officer)
    path = f"/desk/cases/{submitted.case_number}"
    for page in (client.get(path), client.get(f"{path}/print")):
        assert page.status_code == 200
        assert SECRET not in page_text(page)
        assert f"{path}/pages/0" not in page_text(page)
    assert "letter-covered" in page_text(client.get(path))
    assert client.get(f"{path}/pages/0").status_code == 403
    assert not PersonalDataRead.objects.filter(data_kind="page").exists()


def test_an_officer_who_reads_people_reads_the_letter(khonkaen: Centre, submitted: Submission) -> None:
    client = Client()
    client.force_login(create_officer_with(khonkaen, Role.CASE_OFFICER))
    assert SECRET in page_text(client.get(f"/desk/cases/{submitted.case_number}"))
    assert client.get(f"/desk/cases/{submitted.case_number}/pages/0").status_code == 200
    printed = f"/desk/cases/{submitted.case_number}/print"
    assert f"/desk/cases/{submitted.case_number}/pages/0" in page_text(client.get(printed))
    Case.objects.update(name_disclosure="withheld")
    assert "/pages/0" not in page_text(client.get(printed)), "covered with the name"
