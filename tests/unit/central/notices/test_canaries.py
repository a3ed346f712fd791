"""From the kiosk's consent to the gateway: no code, name, number or word of the case leaves where it must not be."""

import json
import logging
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from central.cases.commands import Actor, OrderInputs, ask_details, order
from central.cases.models import Case
from central.centres.models import Centre
from central.notices.delivery import deliver_due
from central.notices.models import Notice, NoticeConsent, NoticeRoute
from protocol.choices import NameDisclosure
from protocol.consent_texts import SMS_CONSENT, SMS_CONSENTS
from protocol.submission import Consents, Contact, Submission
from simulators.notice_gateways.server import Behaviour
from tests.unit.central.factories import create_agency
from tests.unit.central.kiosk_client import KioskClient
from tests.unit.central.notices.conftest import Gateways, make_all_due
from tests.unit.central.page_text import page_text

AGREED = Consents(sms=True, sms_text=SMS_CONSENT)


def file_case(kiosk: KioskClient, **changes: Any) -> Submission:
    submission = kiosk.submission(**{"consents": AGREED, **changes})
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    return submission


def test_what_the_kiosk_promises_happens(
    kiosk: KioskClient, sms_route: NoticeRoute, gateways: Gateways, desk_client: Any
) -> None:
    submission = file_case(kiosk)
    consent = NoticeConsent.objects.get()
    assert consent.text == SMS_CONSENTS[SMS_CONSENT].th
    assert (consent.text_version, consent.given_by) == (SMS_CONSENT, "kiosk")
    assert consent.given_at == submission.notice_accepted_at
    deliver_due()
    (message,) = gateways.sms.messages.values()
    assert message.to == "+66812345678"
    page = page_text(desk_client.get(f"/desk/cases/{submission.case_number}"))
    assert SMS_CONSENTS[SMS_CONSENT].th in page


@pytest.mark.parametrize(
    "changes",
    [
        {"consents": Consents()},
        {"contact": Contact()},
        {"contact": Contact(phone="043123456")},
        {"naming": NameDisclosure.ANONYMOUS},
    ],
)
def test_a_case_without_a_usable_consent_is_accepted_and_nothing_is_sent(
    kiosk: KioskClient, sms_route: NoticeRoute, gateways: Gateways, changes: dict[str, Any]
) -> None:
    file_case(kiosk, **changes)
    deliver_due()
    assert Case.objects.count() == 1
    assert gateways.server.requests == []


def test_a_consent_of_an_older_kiosk_is_honoured_without_its_text(kiosk: KioskClient, sms_route: NoticeRoute) -> None:
    file_case(kiosk, consents=Consents(sms=True))
    consent = NoticeConsent.objects.get()
    assert (consent.text, consent.text_version) == ("", "unknown")


def test_no_canary_is_in_a_body_url_header_log_or_task(
    kiosk: KioskClient,
    khonkaen: Centre,
    director: Actor,
    sms_route: NoticeRoute,
    gateways: Gateways,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    submission = file_case(kiosk, text="คานารีข้อความ", spot="คานารีสถานที่")
    case = Case.objects.get()
    inputs = OrderInputs(
        lead=create_agency(khonkaen, name_th="คานารีหน่วยงาน"), text="คานารีคำสั่ง", handler_name="คานารีผู้รับผิดชอบ"
    )
    order(case, director, seen_revision=None, inputs=inputs)
    ask_details(case, director, seen_revision=None, question="คานารีคำถาม")
    for behaviour in (Behaviour.FAIL, Behaviour.LIE, Behaviour.REFUSE_KEY, Behaviour.WORK):
        gateways.server.behaviour = lambda request, each=behaviour: each  # type: ignore[misc]
        make_all_due()
        deliver_due()
    assert Notice.objects.get().state == "accepted"
    identity = submission.identity
    assert identity is not None
    code = submission.tracking_code
    secret = ["คานารี", code, f"{code[:4]}-{code[4:8]}", identity.first_name, identity.last_name, identity.citizen_id]
    sent = [
        json.dumps(json.loads(request.body) | {"to": ""}, ensure_ascii=False) for request in gateways.server.requests
    ]
    outside = [*sent, *(f"{request.path} {request.headers}" for request in gateways.server.requests)]
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    tasks = [json.dumps(task.args_kwargs) for task in DBTaskResult.objects.all()]
    for text in [*outside, *logged, *tasks]:
        assert not [canary for canary in secret if canary and canary in text], text
    number = ("0812345678", "66812345678", "812345678")
    assert not [each for each in number if each in "\n".join([*outside, *logged, *tasks])]
