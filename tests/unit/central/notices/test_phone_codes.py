"""A citizen without the tracking code gets a new one by a one-time code to the phone on file."""

import logging
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from central.background.tasks import policy_of
from central.cases.models import Case, Complainant
from central.centres.models import Centre
from central.notices.models import NoticeCost, NoticeRoute, PhoneCode
from central.notices.phone_codes import CODE_DURATION, delete_old_phone_codes, send_phone_code
from simulators.notice_gateways.server import Behaviour
from tests.unit.central.citizen_page import Citizen
from tests.unit.central.kiosk_client import ClientResponse
from tests.unit.central.notices.conftest import PHONE, Gateways
from tests.unit.central.page_text import page_text
from tests.unit.central.queued_tasks import run_queued_tasks

OTHER_PHONE = "0899999999"


@pytest.fixture
def citizen(khonkaen: Centre) -> Citizen:
    return citizen_with_phone(khonkaen)


def citizen_with_phone(centre: Centre, **fields: Any) -> Citizen:
    citizen = Citizen(centre, **fields)
    Complainant.objects.create(case=citizen.case, source="typed", first_name="สมชาย ใจดี", phone=PHONE)
    return citizen


def post(**fields: str) -> ClientResponse:
    response: ClientResponse = Client().post("/t/lost", {"language": "en", **fields})
    return response


def hidden(response: ClientResponse, name: str) -> str:
    match = re.search(f'name="{name}" value="([^"]+)"', page_text(response))
    assert match is not None, page_text(response)
    return match[1]


def requested(phone: str = PHONE) -> str:
    """The key of the page after a request for this number."""
    return hidden(post(phone=phone), "page_key")


def sent_code(gateways: Gateways) -> str:
    """The digits of the last SMS, after the worker has run."""
    send_phone_code.func(PhoneCode.objects.latest("pk").pk)
    text = list(gateways.sms.messages.values())[-1].text
    match = re.search(r"\b(\d{6})\b", text)
    assert match is not None, text
    return match[1]


def test_from_the_number_to_the_new_code(citizen: Citizen, sms_route: NoticeRoute, gateways: Gateways) -> None:
    assert 'href="/t/lost"' in page_text(Client().get("/t"))
    sent = post(phone="081-234-5678")
    assert "a code is on its way by SMS" in page_text(sent)
    code = sent_code(gateways)
    (message,) = gateways.sms.messages.values()
    assert message.to == "+66812345678"
    assert not any(secret in message.text for secret in (citizen.case.case_number, "สมชาย"))
    proposed = post(phone=PHONE, sms=code, page_key=hidden(sent, "page_key"))
    fields = {"proof": hidden(proposed, "proof"), "proposed": hidden(proposed, "proposed")}
    fields["case"] = citizen.case.case_number
    again = post(**fields)
    assert (again.status_code, "tick that you have kept it" in page_text(again)) == (409, True)
    assert citizen.case.case_number in citizen.page(), "nothing has changed yet"
    for _ in range(2):
        done = re.findall(r'id="done">([^<]+)<', page_text(post(**fields, is_kept="on")))
        assert done
    assert "This code has ended" in citizen.page(language="en")
    citizen.code = done[0]
    after = citizen.page(language="en")
    assert citizen.case.case_number in after
    assert 'id="own-code"' not in after, "nobody else has seen it"
    event = citizen.reload().events.get(kind="renew_code")
    assert (event.actor, event.payload) == ("citizen", {"identified_by": "phone_code"})
    assert NoticeCost.objects.get().notices == 1


def test_who_asks_learns_nothing_about_a_number(citizen: Citizen, sms_route: NoticeRoute, gateways: Gateways) -> None:
    def without_number(response: ClientResponse) -> str:
        page = re.sub('nonce="[^"]+"|name="page_key" value="[^"]+"', "", page_text(response))
        return page.replace(PHONE, "…").replace(OTHER_PHONE, "…")

    known, unknown = post(phone=PHONE), post(phone=OTHER_PHONE)
    assert without_number(known) == without_number(unknown)
    assert PhoneCode.objects.count() == DBTaskResult.objects.count() == 2, "the same is stored and queued"
    for code in PhoneCode.objects.all():
        send_phone_code.func(code.pk)
    assert len(gateways.sms.messages) == 1
    keys = hidden(known, "page_key"), hidden(unknown, "page_key")
    known, unknown = post(phone=PHONE, sms="12", page_key=keys[0]), post(phone=OTHER_PHONE, sms="12", page_key=keys[1])
    assert (known.status_code, without_number(known)) == (unknown.status_code, without_number(unknown))
    for phone in (PHONE, OTHER_PHONE):
        answers = [post(phone=phone).status_code for _ in range(3)]
        assert answers == [200, 200, 422], "three a day for each number from one address"


def test_a_code_ends_after_five_wrong_attempts_after_ten_minutes_and_after_use(
    citizen: Citizen, sms_route: NoticeRoute, gateways: Gateways
) -> None:
    key = requested()
    code = sent_code(gateways)
    for _ in range(5):
        assert "wrong or has expired" in page_text(post(phone=PHONE, sms="12", page_key=key))
    assert post(phone=PHONE, sms=code, page_key=key).status_code == 422
    key = hidden(post(phone=PHONE, page_key=key), "page_key")
    code = sent_code(gateways)
    PhoneCode.objects.update(expires_at=timezone.now())
    assert post(phone=PHONE, sms=code, page_key=key).status_code == 422
    key = hidden(post(phone=PHONE, page_key=key), "page_key")
    thai = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
    code = sent_code(gateways)
    assert post(phone=PHONE, sms=code.translate(thai), page_key=key).status_code == 200, "typed in Thai digits"
    assert post(phone=PHONE, sms=code, page_key=key).status_code == 422
    assert post(phone=PHONE).status_code == 422, "the fourth of the day"


def test_a_number_with_several_cases_chooses_one_without_reading_them(
    citizen: Citizen, khonkaen: Centre, sms_route: NoticeRoute, gateways: Gateways
) -> None:
    second, foreign = citizen_with_phone(khonkaen), Citizen(khonkaen)
    old = citizen_with_phone(khonkaen)
    Case.objects.filter(pk=old.case.pk).update(status="closed", closed_at=timezone.now() - timedelta(days=366))
    key = requested()
    listed = post(phone=PHONE, sms=sent_code(gateways), page_key=key)
    numbers = set(re.findall(r'name="case" value="([^"]+)"', page_text(listed)))
    assert numbers == {citizen.case.case_number, second.case.case_number}, (
        "closed long ago: the number may be another's"
    )
    assert "ไฟฟ้า" not in page_text(listed)
    proof = hidden(listed, "proof")
    assert post(proof=proof, case=foreign.case.case_number).status_code == 409
    assert post(proof="0" + proof, case=second.case.case_number).status_code == 409
    assert second.case.case_number in page_text(post(proof=proof, case=second.case.case_number))


@pytest.mark.parametrize("phone", ["043123456", "+12125550100", "", "ก" * 400, "\0"])
def test_a_number_that_no_sms_reaches_is_one_sentence(sms_route: NoticeRoute, phone: str) -> None:
    refused = post(phone=phone)
    assert (refused.status_code, "Thai mobile numbers only" in page_text(refused)) == (422, True)
    assert not PhoneCode.objects.exists()


def test_without_a_gateway_the_page_promises_nothing(citizen: Citizen) -> None:
    assert 'id="no-sms"' in page_text(Client().get("/t/lost"))


def test_nobody_else_ends_or_uses_up_the_code_of_a_citizen(
    citizen: Citizen, sms_route: NoticeRoute, gateways: Gateways
) -> None:
    key, strangers_key = requested(), str(uuid4())
    code = sent_code(gateways)
    for _ in range(2):
        strangers_key = hidden(post(phone=PHONE, page_key=strangers_key), "page_key")
        for _ in range(9):
            assert post(phone=PHONE, sms="12", page_key=strangers_key).status_code == 422
    for forged in (strangers_key, str(uuid4()), "", "x" * 400):
        assert post(phone=PHONE, sms=code, page_key=forged).status_code == 422, "a code belongs to its page"
    assert post(phone=PHONE, sms=code, page_key=key).status_code == 200


def test_a_stranger_leaves_a_citizen_at_another_address_three_requests(
    citizen: Citizen, sms_route: NoticeRoute
) -> None:
    assert [post(phone=PHONE).status_code for _ in range(4)] == [200, 200, 200, 422]
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    statuses = [elsewhere.post("/t/lost", {"phone": PHONE}).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 422]


def test_a_form_sent_twice_is_one_sms_and_later_the_same_code_again(
    citizen: Citizen, sms_route: NoticeRoute, gateways: Gateways
) -> None:
    key = hidden(Client().get("/t/lost"), "page_key")
    assert 'id="sending"' not in page_text(post(phone=PHONE, page_key=key))
    for _ in range(4):
        repeated = post(phone=PHONE, page_key=key)
        assert hidden(repeated, "page_key") == key
        assert "less than 2 minutes ago" in page_text(repeated)
    assert PhoneCode.objects.count() == DBTaskResult.objects.count() == 1
    code = sent_code(gateways)
    PhoneCode.objects.update(expires_at=timezone.now() + CODE_DURATION - timedelta(minutes=3))
    later = post(phone=PHONE, page_key=key)
    assert hidden(later, "page_key") == key
    assert "requested again" in page_text(later)
    assert (sent_code(gateways), len(gateways.sms.messages)) == (code, 2)
    assert post(phone=PHONE, sms=code, page_key=key).status_code == 200
    other = hidden(post(phone=OTHER_PHONE, page_key=key), "page_key")
    assert other != key, "a corrected number is another request"


@pytest.mark.django_db(transaction=True)
def test_the_sms_is_tried_again_until_its_code_expires_and_no_canary_is_anywhere(
    citizen: Citizen, sms_route: NoticeRoute, gateways: Gateways, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.RETRY_DELAY_FACTOR = 0.0
    failures = iter([Behaviour.FAIL, Behaviour.REFUSE_KEY, Behaviour.FAIL])
    gateways.server.behaviour = lambda _request: next(failures, Behaviour.WORK)
    key = requested()
    run_queued_tasks()
    (message,) = gateways.sms.messages.values()
    match = re.search(r"\b(\d{6})\b", message.text)
    assert match is not None
    assert post(phone=PHONE, sms=match[1], page_key=key).status_code == 200
    tables = str([list(PhoneCode.objects.values()), list(DBTaskResult.objects.values())])
    for canary in (PHONE, PHONE[1:], match[1], "สมชาย"):
        assert canary not in caplog.text
        assert canary not in tables
    delays_s = policy_of(send_phone_code.module_path).retry_delays_s
    assert sum(delays_s[:6]) < CODE_DURATION.total_seconds() < sum(delays_s), "the last attempt finds an expired code"


@pytest.mark.django_db(transaction=True)
def test_an_expired_or_refused_code_is_no_failed_task(
    citizen: Citizen, sms_route: NoticeRoute, gateways: Gateways, settings: Any
) -> None:
    settings.RETRY_DELAY_FACTOR = 0.0
    requested()
    PhoneCode.objects.update(expires_at=timezone.now())
    run_queued_tasks()
    gateways.server.behaviour = lambda _request: Behaviour.REFUSE
    requested()
    run_queued_tasks()
    assert [task.return_value for task in DBTaskResult.objects.order_by("enqueued_at")] == [
        "nothing to send",
        "refused",
    ]
    assert gateways.sms.messages == {}


def test_old_rows_are_deleted(citizen: Citizen, sms_route: NoticeRoute) -> None:
    post(phone=PHONE)
    assert delete_old_phone_codes(timezone.now() + timedelta(days=1)) == 0
    assert delete_old_phone_codes(timezone.now() + timedelta(days=3)) == 1


@pytest.mark.parametrize(
    ("fields", "is_offered"),
    [({"channel": "phone_1567"}, True), ({"assisted": True}, True), ({}, False), ({"channel": "web"}, False)],
)
def test_a_case_that_somebody_else_filed_offers_a_code_of_the_citizens_own(
    khonkaen: Centre, fields: dict[str, Any], is_offered: bool
) -> None:
    citizen = Citizen(khonkaen, **fields)
    assert ('id="own-code"' in citizen.page()) is is_offered
    form = citizen.form("new-code")
    new, signed = re.findall(r'id="new-code">([^<]+)<', page_text(form))[0], hidden(form, "proposed")
    citizen.send("new-code", proposed=signed, is_kept="on")
    citizen.code = new
    assert 'id="own-code"' not in citizen.page(), "now only the citizen knows the code"
