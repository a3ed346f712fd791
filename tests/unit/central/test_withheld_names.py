"""A withheld name is shown only after a second officer has allowed it."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from central.cases.models import NameRequest, PersonalDataRead
from central.centres.models import Centre, Officer
from protocol.choices import NameDisclosure
from protocol.submission import Page, Submission
from tests.unit.central.conftest import client_of, create_officer
from tests.unit.central.kiosk_client import KioskClient
from tests.unit.central.page_text import page_text

NAME = "นางบุญมา ใจดี"


@pytest.fixture
def submitted(kiosk: KioskClient) -> Submission:
    submission = kiosk.submission(naming=NameDisclosure.WITHHELD)
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    return submission


def request_name(desk_client: Client, submitted: Submission) -> int:
    assert desk_client.post(f"/desk/cases/{submitted.case_number}/name", {"reason": "ศาลขอ"}).status_code == 302
    return NameRequest.objects.latest("id").pk


def decide(desk_client: Client, submitted: Submission, request: int, decision: str) -> int:
    return desk_client.post(f"/desk/cases/{submitted.case_number}/name/{request}/{decision}").status_code


def is_name_shown(desk_client: Client, submitted: Submission) -> bool:
    page = desk_client.post(f"/desk/cases/{submitted.case_number}/person", {"reason": "เพราะอยากรู้"})
    return NAME in page_text(page)


def test_a_reason_alone_does_not_show_the_name(desk_client: Client, submitted: Submission) -> None:
    assert not is_name_shown(desk_client, submitted)
    assert desk_client.post(f"/desk/cases/{submitted.case_number}/name", {"reason": " "}).status_code == 403
    request_name(desk_client, submitted)
    assert not is_name_shown(desk_client, submitted)
    assert 'id="own-name-request"' in page_text(desk_client.get(f"/desk/cases/{submitted.case_number}"))
    assert not PersonalDataRead.objects.filter(data_kind="person").exists()


def test_a_second_officer_allows_it_and_both_are_audited(
    desk_client: Client, submitted: Submission, khonkaen: Centre
) -> None:
    request = request_name(desk_client, submitted)
    second = client_of(create_officer(khonkaen, "malee"))
    alarms = page_text(second.get("/desk/alarms"))
    assert submitted.case_number in alarms and '<span class="badge">1</span>' in alarms
    assert re.search(rf'data-name-request="{request}"', page_text(second.get(f"/desk/cases/{submitted.case_number}")))
    assert decide(second, submitted, request, "allow") == 302

    assert not is_name_shown(second, submitted), "the officer who allows it does not see it"
    assert is_name_shown(desk_client, submitted)
    read = PersonalDataRead.objects.get(data_kind="person")
    assert (read.reader, read.reason) == ("somsri", "ศาลขอ (malee)")


def test_a_grant_is_valid_for_a_day_and_one_officer(
    desk_client: Client, submitted: Submission, khonkaen: Centre
) -> None:
    second = client_of(create_officer(khonkaen, "malee"))
    decide(second, submitted, request_name(desk_client, submitted), "allow")
    NameRequest.objects.update(decided_at=timezone.now() - timedelta(hours=25))
    assert not is_name_shown(desk_client, submitted)


def test_a_refused_request_shows_nothing_and_is_final(
    desk_client: Client, submitted: Submission, khonkaen: Centre
) -> None:
    second = client_of(create_officer(khonkaen, "malee"))
    request = request_name(desk_client, submitted)
    assert decide(second, submitted, request, "refuse") == 302
    assert not is_name_shown(desk_client, submitted)
    assert decide(second, submitted, request, "allow") == 403, "a decision is final"


def test_no_officer_decides_their_own_request(desk_client: Client, officer: Officer, submitted: Submission) -> None:
    request = request_name(desk_client, submitted)
    assert decide(desk_client, submitted, request, "allow") == 403
    assert not is_name_shown(desk_client, submitted)
    with pytest.raises(IntegrityError), transaction.atomic():
        NameRequest.objects.update(granted=True, decided_by=officer, decided_at=timezone.now())


@pytest.mark.parametrize(("where", "people"), [("khonkaen", False), ("phayao", True)])
def test_an_officer_without_the_permission_cannot_allow_a_request(
    desk_client: Client, submitted: Submission, khonkaen: Centre, phayao: Centre, where: str, people: bool
) -> None:
    request = request_name(desk_client, submitted)
    other = client_of(create_officer({"khonkaen": khonkaen, "phayao": phayao}[where], "other", people=people))
    assert decide(other, submitted, request, "allow") in (403, 404)
    assert not is_name_shown(desk_client, submitted)


@pytest.fixture
def letter(kiosk: KioskClient) -> Submission:
    """Two pages whose text names the complainant, who asked for the name to be withheld."""
    page = Page(media_type="image/jpeg", width=1240, height=1754, text=f"ลงชื่อ {NAME} ผู้ร้อง", confidence=90.0)
    submission = kiosk.submission(pages=(page, page), naming=NameDisclosure.WITHHELD)
    pages = kiosk.sealed_pages(submission)
    for sealed in pages:
        assert kiosk.upload(sealed).status_code == 204
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission, pages)))
    return submission


def test_a_letter_is_covered_like_the_name(desk_client: Client, letter: Submission, khonkaen: Centre) -> None:
    case, second = f"/desk/cases/{letter.case_number}", client_of(create_officer(khonkaen, "malee"))

    def pages(browser: Client) -> list[int]:
        return [browser.get(f"{case}/pages/{index}").status_code for index in (0, 1)]

    for browser in (desk_client, second):
        page = page_text(browser.get(case))
        assert 'id="letter-covered"' in page
        assert "ลงชื่อ" not in page
        assert f"{case}/pages/" not in page
        assert pages(browser) == [403, 403]
    request = request_name(desk_client, letter)
    assert pages(desk_client) == [403, 403], "a request alone shows nothing"
    assert not PersonalDataRead.objects.filter(data_kind="page").exists()

    decide(second, letter, request, "allow")
    assert "ลงชื่อ" not in page_text(desk_client.get(case)), "the text is shown only with the name"
    shown = page_text(desk_client.post(f"{case}/person"))
    assert NAME in shown
    assert "ลงชื่อ" in shown
    assert f"{case}/pages/0" in shown
    assert pages(desk_client) == [200, 200]
    assert pages(second) == [403, 403], "the officer who allows it does not see it"
    read = PersonalDataRead.objects.filter(data_kind="page").latest("id")
    assert (read.reader, read.reason) == ("somsri", "2 · ศาลขอ (malee)")

    NameRequest.objects.update(decided_at=timezone.now() - timedelta(hours=25))
    assert pages(desk_client) == [403, 403]


def test_an_officer_who_loses_the_permission_cannot_read_the_letter(
    desk_client: Client, letter: Submission, khonkaen: Centre, officer: Officer
) -> None:
    decide(client_of(create_officer(khonkaen, "malee")), letter, request_name(desk_client, letter), "allow")
    officer.memberships.update(may_read_people=False)
    assert desk_client.get(f"/desk/cases/{letter.case_number}/pages/0").status_code == 403


def test_the_tracking_page_shows_no_content_of_a_letter(letter: Submission) -> None:
    page = page_text(Client().post("/t", {"code": letter.tracking_code}))
    assert letter.case_number in page
    assert "ลงชื่อ" not in page
    assert "pages/" not in page


def test_a_request_is_decided_only_through_its_own_case(
    desk_client: Client, submitted: Submission, letter: Submission, khonkaen: Centre
) -> None:
    request = request_name(desk_client, letter)
    second = client_of(create_officer(khonkaen, "malee"))
    assert decide(second, submitted, request, "allow") == 403
    assert not is_name_shown(desk_client, letter)
    assert decide(second, letter, request, "allow") == 302
    assert is_name_shown(desk_client, letter)


def test_a_name_that_is_not_withheld_needs_no_second_officer(desk_client: Client, kiosk: KioskClient) -> None:
    named = kiosk.submission()
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(named)))
    assert desk_client.post(f"/desk/cases/{named.case_number}/name", {"reason": "x"}).status_code == 403
    assert is_name_shown(desk_client, named)
