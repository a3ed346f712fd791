"""A withheld name is seen only after a second person has allowed it."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from central.cases.models import NameRequest, PersonalRead
from central.centres.models import Centre, Officer
from protocol.choices import Naming
from protocol.submission import Page, Submission
from tests.unit.central.conftest import PASSWORD, officer_at
from tests.unit.central.kiosk_client import KioskSide

NAME = "นางบุญมา ใจดี"


@pytest.fixture
def filed(kiosk: KioskSide) -> Submission:
    submission = kiosk.submission(naming=Naming.WITHHELD)
    kiosk.statement(kiosk.deliver(kiosk.delivery(submission)))
    return submission


def at_desk(officer: Officer) -> Client:
    client = Client()
    assert client.post("/desk/login", {"username": officer.username, "password": PASSWORD}).status_code == 302
    return client


def ask(desk: Client, filed: Submission) -> int:
    assert desk.post(f"/desk/cases/{filed.case_number}/name", {"reason": "ศาลขอ"}).status_code == 302
    return NameRequest.objects.latest("id").pk


def decide(desk: Client, filed: Submission, request: int, decision: str) -> int:
    return desk.post(f"/desk/cases/{filed.case_number}/name/{request}/{decision}").status_code


def seen(desk: Client, filed: Submission) -> bool:
    page = desk.post(f"/desk/cases/{filed.case_number}/person", {"reason": "เพราะอยากรู้"})
    return NAME in page.content.decode()


def test_a_reason_alone_does_not_show_the_name(desk: Client, filed: Submission) -> None:
    assert not seen(desk, filed)
    assert desk.post(f"/desk/cases/{filed.case_number}/name", {"reason": " "}).status_code == 403
    ask(desk, filed)
    assert not seen(desk, filed)
    assert 'id="name-asked"' in desk.get(f"/desk/cases/{filed.case_number}").content.decode()
    assert not PersonalRead.objects.filter(what="person").exists()


def test_a_second_person_allows_it_and_both_are_in_the_log(desk: Client, filed: Submission, khonkaen: Centre) -> None:
    request = ask(desk, filed)
    second = at_desk(officer_at(khonkaen, "malee"))
    alarms = second.get("/desk/alarms").content.decode()
    assert filed.case_number in alarms and '<span class="badge">1</span>' in alarms
    assert re.search(rf'data-name-request="{request}"', second.get(f"/desk/cases/{filed.case_number}").content.decode())
    assert decide(second, filed, request, "allow") == 302

    assert not seen(second, filed), "who allows does not see"
    assert seen(desk, filed)
    read = PersonalRead.objects.get(what="person")
    assert (read.officer.username, read.reason) == ("somsri", "ศาลขอ (malee)")


def test_it_holds_for_a_day_and_for_this_officer(desk: Client, filed: Submission, khonkaen: Centre) -> None:
    second = at_desk(officer_at(khonkaen, "malee"))
    decide(second, filed, ask(desk, filed), "allow")
    NameRequest.objects.update(decided_at=timezone.now() - timedelta(hours=25))
    assert not seen(desk, filed)


def test_a_refusal_is_a_refusal(desk: Client, filed: Submission, khonkaen: Centre) -> None:
    second = at_desk(officer_at(khonkaen, "malee"))
    request = ask(desk, filed)
    assert decide(second, filed, request, "refuse") == 302
    assert not seen(desk, filed)
    assert decide(second, filed, request, "allow") == 403, "decided is decided"


def test_nobody_is_their_own_second_person(desk: Client, officer: Officer, filed: Submission) -> None:
    request = ask(desk, filed)
    assert decide(desk, filed, request, "allow") == 403
    assert not seen(desk, filed)
    with pytest.raises(IntegrityError), transaction.atomic():
        NameRequest.objects.update(granted=True, decided_by=officer, decided_at=timezone.now())


@pytest.mark.parametrize(("where", "people"), [("khonkaen", False), ("phayao", True)])
def test_who_may_not_read_people_may_not_allow_it(
    desk: Client, filed: Submission, khonkaen: Centre, phayao: Centre, where: str, people: bool
) -> None:
    request = ask(desk, filed)
    other = at_desk(officer_at({"khonkaen": khonkaen, "phayao": phayao}[where], "other", people=people))
    assert decide(other, filed, request, "allow") in (403, 404)
    assert not seen(desk, filed)


@pytest.fixture
def letter(kiosk: KioskSide) -> Submission:
    """Two pages whose text names the complainant, who asked for the name to be withheld."""
    page = Page(media_type="image/jpeg", width=1240, height=1754, text=f"ลงชื่อ {NAME} ผู้ร้อง", confidence=90.0)
    submission = kiosk.submission(pages=(page, page), naming=Naming.WITHHELD)
    pages = kiosk.sealed_pages(submission)
    for sealed in pages:
        assert kiosk.upload(sealed).status_code == 204
    kiosk.statement(kiosk.deliver(kiosk.delivery(submission, pages)))
    return submission


def test_a_letter_is_covered_as_the_name_is(desk: Client, letter: Submission, khonkaen: Centre) -> None:
    case, second = f"/desk/cases/{letter.case_number}", at_desk(officer_at(khonkaen, "malee"))

    def pages(browser: Client) -> list[int]:
        return [browser.get(f"{case}/pages/{index}").status_code for index in (0, 1)]

    for browser in (desk, second):
        page = browser.get(case).content.decode()
        assert 'id="letter-covered"' in page
        assert "ลงชื่อ" not in page
        assert f"{case}/pages/" not in page
        assert pages(browser) == [403, 403]
    request = ask(desk, letter)
    assert pages(desk) == [403, 403], "asking opens nothing"
    assert not PersonalRead.objects.filter(what="page").exists()

    decide(second, letter, request, "allow")
    assert "ลงชื่อ" not in desk.get(case).content.decode(), "the text opens with the name, which is written down"
    shown = desk.post(f"{case}/person").content.decode()
    assert NAME in shown
    assert "ลงชื่อ" in shown
    assert f"{case}/pages/0" in shown
    assert pages(desk) == [200, 200]
    assert pages(second) == [403, 403], "who allows does not see"
    read = PersonalRead.objects.filter(what="page").latest("id")
    assert (read.officer.username, read.reason) == ("somsri", "2 · ศาลขอ (malee)")

    NameRequest.objects.update(decided_at=timezone.now() - timedelta(hours=25))
    assert pages(desk) == [403, 403]


def test_who_may_no_longer_read_people_sees_no_letter_either(
    desk: Client, letter: Submission, khonkaen: Centre, officer: Officer
) -> None:
    decide(at_desk(officer_at(khonkaen, "malee")), letter, ask(desk, letter), "allow")
    officer.memberships.update(may_read_people=False)
    assert desk.get(f"/desk/cases/{letter.case_number}/pages/0").status_code == 403


def test_the_tracking_page_shows_nothing_of_a_letter(letter: Submission) -> None:
    page = Client().post("/t", {"code": letter.tracking_code}).content.decode()
    assert letter.case_number in page
    assert "ลงชื่อ" not in page
    assert "pages/" not in page


def test_a_request_is_decided_only_through_its_own_case(
    desk: Client, filed: Submission, letter: Submission, khonkaen: Centre
) -> None:
    request = ask(desk, letter)
    second = at_desk(officer_at(khonkaen, "malee"))
    assert decide(second, filed, request, "allow") == 403
    assert not seen(desk, letter)
    assert decide(second, letter, request, "allow") == 302
    assert seen(desk, letter)


def test_a_name_that_is_not_withheld_needs_no_second_person(desk: Client, kiosk: KioskSide) -> None:
    named = kiosk.submission()
    kiosk.statement(kiosk.deliver(kiosk.delivery(named)))
    assert desk.post(f"/desk/cases/{named.case_number}/name", {"reason": "x"}).status_code == 403
    assert seen(desk, named)
