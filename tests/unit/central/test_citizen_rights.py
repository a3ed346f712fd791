"""A citizen replaces the tracking code, and makes use of the rights of a data subject."""

import re
from datetime import timedelta
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from central.cases import history
from central.centres.models import Centre
from central.messages.models import DataRequest, EndedCode, SentForm
from central.messages.sent_forms import delete_old_tokens
from central.people.roles import Role
from protocol import tracking_code
from tests.unit.central.citizen_page import Citizen
from tests.unit.central.factories import create_officer_with
from tests.unit.central.kiosk_client import ClientResponse
from tests.unit.central.page_text import page_text
from tests.unit.central.step_posts import post_step

TEXT = "ขอสำเนาคำร้อง ส่งที่บ้านนางสมใจ"


def proposed(response: ClientResponse) -> tuple[str, str]:
    """The code on the page, and the hidden field with it."""
    shown = page_text(response)
    code = re.search(r'id="new-code">([^<]+)<', shown)
    field = re.search(r'name="proposed" value="([^"]+)"', shown)
    assert code is not None
    assert field is not None
    return code[1], field[1]


def test_a_new_code_is_shown_before_the_old_one_ends(khonkaen: Centre) -> None:
    citizen = Citizen(khonkaen)
    old, (new, field) = citizen.code, proposed(citizen.form("new-code"))
    assert tracking_code.parse(new) != old
    sent = {"proposed": field, "token": str(uuid4())}
    refused = citizen.send("new-code", **sent)
    assert (refused.status_code, "tick that you have kept it" in page_text(refused)) == (409, True)
    assert proposed(refused) == (new, field), "the same code is still offered"
    assert citizen.case.case_number in citizen.page(), "nothing has changed yet"
    done = page_text(citizen.send("new-code", **sent, is_kept="on"))
    assert 'id="done"' in done
    assert f'name="code" value="{new}"' in done, "the way back uses the new code"
    assert tracking_code.display(old) not in done
    for page in (citizen.page(language="en"), page_text(citizen.send("new-code", **sent, is_kept="on"))):
        assert "This code has ended" in page
        assert citizen.case.case_number not in page
    citizen.code = tracking_code.parse(new)
    assert citizen.case.case_number in citizen.page()
    event = citizen.case.events.get(kind="renew_code")
    assert (event.actor, event.is_public, event.payload) == ("citizen", True, {})
    assert new not in str(EndedCode.objects.values())
    assert history.verify_case(citizen.reload()) is None


def test_only_a_code_that_was_proposed_for_this_case_is_taken(khonkaen: Centre) -> None:
    citizen, other = Citizen(khonkaen), Citizen(khonkaen)
    _, of_other = proposed(other.form("new-code"))
    forged = ["x", of_other, of_other[:-1], tracking_code.generate()]
    for field in forged:
        refused = citizen.send("new-code", proposed=field, is_kept="on")
        assert (refused.status_code, "start again" in page_text(refused)) == (409, True)
    _, first = proposed(citizen.form("new-code"))
    new, second = proposed(citizen.form("new-code"))
    citizen.send("new-code", proposed=second, is_kept="on")
    citizen.code = tracking_code.parse(new)
    assert citizen.send("new-code", proposed=first, is_kept="on").status_code == 409, "it was for the former code"
    assert citizen.case.case_number in citizen.page()


def test_an_ended_code_is_no_guess_and_opens_nothing(khonkaen: Centre) -> None:
    citizen = Citizen(khonkaen)
    _, field = proposed(citizen.form("new-code"))
    citizen.send("new-code", proposed=field, is_kept="on")
    for _ in range(61):
        assert 'data-result="ended"' in citizen.page()
    assert "This code has ended" in page_text(citizen.form("details"))


def test_the_data_protection_officer_answers_a_request(khonkaen: Centre) -> None:
    citizen, dpo = Citizen(khonkaen), create_officer_with(khonkaen, Role.DPO)
    assert citizen.send("data", right="everything").status_code == 422
    assert citizen.send("data").status_code == 409
    token = str(uuid4())
    for _ in range(2):
        assert 'id="done"' in page_text(citizen.send("data", right="access", text=TEXT, token=token))
    again = citizen.send("data", right="erasure", text=TEXT)
    assert (again.status_code, TEXT in page_text(again)) == (409, True)
    assert "waiting for its answer" in page_text(citizen.form("data"))
    DataRequest.objects.update(asked_at=timezone.now() - timedelta(days=31))
    desk, officer = Client(), Client()
    desk.force_login(dpo)
    officer.force_login(create_officer_with(khonkaen, Role.CASE_OFFICER))
    assert officer.get("/desk/data-requests").status_code == 403
    listed = page_text(desk.get("/desk/data-requests"))
    assert citizen.case.case_number in listed
    assert 'class="pill bad"' in listed, "it is late"
    assert "นางสมใจ" not in listed
    assert TEXT in page_text(desk.get(f"/desk/cases/{citizen.case.case_number}"))
    posted = post_step(desk, citizen.case.case_number, "answer_data_request", message="ส่งสำเนาให้ทางไปรษณีย์แล้ว")
    assert posted.status_code == 302
    request = DataRequest.objects.get()
    assert (request.right, request.answered_by) == ("access", dpo)
    shown = citizen.page()
    assert "ส่งสำเนาให้ทางไปรษณีย์แล้ว" in shown
    assert "นางสมใจ" not in shown
    assert citizen.send("data", right="erasure").status_code == 200, "the next request"
    assert citizen.reload().attention == "new", "the officers' work is as before"


def test_tokens_of_forms_are_deleted_after_thirty_days(khonkaen: Centre) -> None:
    Citizen(khonkaen).send("details", text="x")
    assert delete_old_tokens(timezone.now() + timedelta(days=29)) == 0
    assert delete_old_tokens(timezone.now() + timedelta(days=31)) == 1
    assert not SentForm.objects.exists()
