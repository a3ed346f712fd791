"""Web Push: encryption by the vector of RFC 8291, known push services only, and a phone that shows a notice once."""

import json
import logging
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django_tasks_db.models import DBTaskResult

from central.cases.commands import Actor, OrderInputs, ask_details, order, take
from central.cases.models import Complainant
from central.centres.models import Centre
from central.notices.adapters.push_encryption import encrypt_push, from_text, to_text
from central.notices.codes import NoticeFailure, NoticeState
from central.notices.delivery import deliver_due
from central.notices.models import Notice, NoticeConsent, NoticeRoute
from central.notices.push_subscriptions import PushSubscription
from central.notices.web_consents import PUSH_TEXT
from protocol.tracking_code import display
from simulators.notice_gateways.server import Behaviour
from tests.unit.central.citizen_page import Citizen
from tests.unit.central.factories import create_agency
from tests.unit.central.notices.conftest import Gateways, make_all_due
from tests.unit.central.page_text import page_text


@pytest.fixture
def push_route(khonkaen: Centre, always_open: object, gateways: Gateways, settings: Any) -> NoticeRoute:
    settings.PUSH_SERVICES = (gateways.server.url.removeprefix("http://"),)
    return NoticeRoute.objects.create(centre=khonkaen, channel="web_push", sender="it@khonkaen.go.th")


@pytest.fixture
def citizen(khonkaen: Centre, push_route: NoticeRoute, gateways: Gateways) -> Citizen:
    citizen = Citizen(khonkaen)
    assert citizen.send("notices", push=gateways.push.subscription(gateways.server.url)).status_code == 200
    return citizen


def test_the_vector_of_the_rfc() -> None:
    private = int.from_bytes(from_text("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    body = encrypt_push(
        b"When I grow up, I want to be a watermelon",
        from_text("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        from_text("BTBZMqHH6r4Tts7J_aSIgg"),
        own_key=ec.derive_private_key(private, ec.SECP256R1()),
        salt=from_text("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert to_text(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_phone_shows_a_notice_once_also_after_a_lost_response(
    citizen: Citizen, gateways: Gateways, intake: Actor
) -> None:
    consent = NoticeConsent.objects.get()
    assert (consent.channel, consent.text) == ("web_push", PUSH_TEXT.en)
    take(citizen.case, intake, seen_revision=None)
    gateways.server.behaviour = lambda request: Behaviour.TAKE_AND_HANG_UP
    deliver_due()
    gateways.server.behaviour = lambda request: Behaviour.WORK
    make_all_due()
    deliver_due()
    notice = Notice.objects.get()
    assert notice.state == NoticeState.ACCEPTED.value
    (shown,) = gateways.push.shown.values()
    assert shown["body"] == notice.body
    assert citizen.code not in json.dumps(shown)
    assert len(set(gateways.push.topics)) == 1
    assert len(gateways.push.topics) == 2


def test_a_phone_that_is_gone_ends_its_consent(citizen: Citizen, gateways: Gateways, intake: Actor) -> None:
    gateways.push.is_subscribed = False
    take(citizen.case, intake, seen_revision=None)
    deliver_due()
    assert Notice.objects.get().failure == NoticeFailure.GONE.value
    consent = NoticeConsent.objects.get()
    assert (consent.withdrawn_by, consent.address) == ("gateway", "")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://intranet.example.go.th/push",
        "http://fcm.googleapis.com/fcm/send/1",
        "https://fcm.googleapis.com.example.org/1",
        "https://user@fcm.googleapis.com/1",
        "https://fcm.googleapis.com:8443/1",
        "file:///etc/passwd",
        "https://[::1",
    ],
)
def test_only_known_push_services_are_called(gateways: Gateways, endpoint: str) -> None:
    content = json.loads(gateways.push.subscription("http://127.0.0.1")) | {"endpoint": endpoint}
    with pytest.raises(ValueError):
        PushSubscription.parse(json.dumps(content))


def test_a_damaged_subscription_is_refused_with_one_sentence(khonkaen: Centre, push_route: NoticeRoute) -> None:
    citizen = Citizen(khonkaen)
    for text in ("{}", "x", "[]", json.dumps({"endpoint": 1, "keys": {"p256dh": "x", "auth": "y"}}), "x" * 1999):
        response = citizen.send("notices", push=text)
        assert response.status_code == 409
        assert "This browser cannot be told" in page_text(response)
    assert not NoticeConsent.objects.exists()


def test_the_known_services_are_those_of_the_browsers(gateways: Gateways) -> None:
    for host in ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com"):
        content = json.loads(gateways.push.subscription("http://127.0.0.1")) | {"endpoint": f"https://{host}/send/1"}
        assert PushSubscription.parse(json.dumps(content)).endpoint.startswith(f"https://{host}")


def test_the_worker_of_the_browser_is_served(db: None) -> None:
    response = Client().get("/t/push-worker.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Service-Worker-Allowed"] == "/t"
    assert "showNotification" in response.content.decode()


def test_no_canary_is_in_a_push_message_url_header_log_or_task(
    khonkaen: Centre,
    push_route: NoticeRoute,
    gateways: Gateways,
    director: Actor,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The message as the browser has decrypted it. The address of a subscription is a secret too."""
    caplog.set_level(logging.DEBUG)
    citizen = Citizen(khonkaen, text="คานารีข้อความ", location_note="คานารีสถานที่")
    Complainant.objects.create(case=citizen.case, source="typed", first_name="คานารีชื่อ", phone="0812345678")
    citizen.send("notices", push=gateways.push.subscription(gateways.server.url))
    inputs = OrderInputs(
        lead=create_agency(khonkaen, name_th="คานารีหน่วยงาน"), text="คานารีคำสั่ง", handler_name="คานารีผู้รับผิดชอบ"
    )
    order(citizen.case, director, seen_revision=None, inputs=inputs)
    ask_details(citizen.case, director, seen_revision=None, question="คานารีคำถาม")
    for behaviour in (Behaviour.FAIL, Behaviour.TAKE_AND_HANG_UP, Behaviour.LIMIT, Behaviour.WORK):
        gateways.server.behaviour = lambda request, each=behaviour: each  # type: ignore[misc]
        make_all_due()
        deliver_due()
    assert Notice.objects.get().state == NoticeState.ACCEPTED.value
    (shown,) = gateways.push.shown.values()
    assert shown["title"]
    assert citizen.case.case_number in shown["body"]
    secret = ["คานารี", citizen.code, display(citizen.code), citizen.code[:8], "812345678"]
    requests = [f"{request.path} {request.headers}" for request in gateways.server.requests]
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    tasks = [json.dumps(task.args_kwargs) for task in DBTaskResult.objects.all()]
    for text in [json.dumps(shown, ensure_ascii=False), *requests, *logged, *tasks]:
        assert not [canary for canary in secret if canary in text], text
    own = [record.getMessage() for record in caplog.records if record.name.startswith("central")]
    assert not [text for text in [*own, *tasks] if "phone-1" in text]
