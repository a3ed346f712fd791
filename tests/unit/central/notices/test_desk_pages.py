"""The desk shows consents, notices, dead letters and costs, and sets up channels."""

from collections.abc import Mapping

import pytest
from django.test import Client

from central.cases.commands import Actor, take
from central.cases.models import Case
from central.centres.models import Centre
from central.notices import routes
from central.notices.codes import NoticeChannel, NoticeFailure, NoticeState
from central.notices.delivery import deliver_due
from central.notices.models import Notice, NoticeConsent, NoticeRoute, NoticeRules
from central.notices.route_secrets import decrypt_secret
from central.people.roles import Role
from simulators.notice_gateways.server import Behaviour
from tests.unit.central.factories import create_officer_with
from tests.unit.central.notices.conftest import API_KEY, PHONE, Gateways, agree_to_sms, make_all_due
from tests.unit.central.page_text import page_text


def client_with(centre: Centre, role: Role) -> Client:
    client = Client()
    client.force_login(create_officer_with(centre, role))
    return client


@pytest.fixture
def officer_client(khonkaen: Centre) -> Client:
    return client_with(khonkaen, Role.CASE_OFFICER)


@pytest.fixture
def dead(case: Case, sms_route: NoticeRoute, gateways: Gateways, intake: Actor) -> Notice:
    gateways.server.behaviour = lambda request: Behaviour.REFUSE
    agree_to_sms(case)
    take(case, intake, seen_revision=None)
    deliver_due()
    gateways.server.behaviour = lambda request: Behaviour.WORK
    return Notice.objects.get(state=NoticeState.DEAD.value)


def test_the_case_page_shows_consent_and_notices_without_the_number(
    case: Case, sms_route: NoticeRoute, officer_client: Client
) -> None:
    agree_to_sms(case, is_announced=True)
    deliver_due()
    text = page_text(officer_client.get(f"/desk/cases/{case.case_number}"))
    assert "ส่ง SMS แจ้งความคืบหน้า" in text
    assert "ผู้ให้บริการรับไว้แล้ว" in text
    assert PHONE[1:] not in text


def test_the_case_page_says_when_a_promise_cannot_be_kept(case: Case, officer_client: Client) -> None:
    Case.objects.filter(pk=case.pk).update(consent_sms=True)
    assert "เบอร์นี้รับ SMS จากศูนย์ไม่ได้" in page_text(officer_client.get(f"/desk/cases/{case.case_number}"))
    agree_to_sms(case)
    assert "ยังส่งไม่ได้" in page_text(officer_client.get(f"/desk/cases/{case.case_number}")), "no route is set up"


def test_an_officer_stops_the_notices_of_a_citizen_who_calls(
    case: Case, sms_route: NoticeRoute, officer_client: Client, phayao: Centre
) -> None:
    agree_to_sms(case)
    path = f"/desk/cases/{case.case_number}/notices/stop"
    assert client_with(phayao, Role.CASE_OFFICER).post(path, {"channel": "sms"}).status_code == 404
    assert client_with(case.centre, Role.AUDITOR).post(path, {"channel": "sms"}).status_code == 403
    assert officer_client.post(path, {"channel": "sms"}).status_code == 302
    assert NoticeConsent.objects.get().withdrawn_by == "counter"


def test_a_dead_letter_is_listed_and_sent_again_with_a_new_key(
    dead: Notice, officer_client: Client, gateways: Gateways
) -> None:
    page = page_text(officer_client.get("/desk/notices"))
    assert "ผู้ให้บริการไม่รับข้อความหรือผู้รับนี้" in page
    assert dead.case.case_number in page
    key = dead.key
    assert officer_client.post("/desk/notices/send-again", {"notice": dead.pk}).status_code == 302
    deliver_due()
    dead.refresh_from_db()
    assert (dead.state, dead.key == key) == (NoticeState.ACCEPTED, False)
    assert "0.90" in page_text(officer_client.get("/desk/notices")), "its cost"


def test_a_letter_whose_fate_is_unknown_keeps_its_key(dead: Notice, officer_client: Client) -> None:
    Notice.objects.update(failure=NoticeFailure.UNREACHABLE.value)
    assert officer_client.post("/desk/notices/send-again", {"all": "1"})["Location"].endswith("?again=1")
    assert Notice.objects.get().key == dead.key


def test_a_dead_letter_of_another_centre_or_a_withdrawn_consent_is_not_sent(
    dead: Notice, phayao: Centre, officer_client: Client
) -> None:
    other = client_with(phayao, Role.CASE_OFFICER)
    assert dead.case.case_number not in page_text(other.get("/desk/notices"))
    assert other.post("/desk/notices/send-again", {"notice": dead.pk})["Location"].endswith("?again=0")
    NoticeConsent.objects.update(withdrawn_at=dead.created_at)
    assert officer_client.post("/desk/notices/send-again", {"all": "1"})["Location"].endswith("?again=0")
    assert Notice.objects.get().state == NoticeState.DROPPED.value


def settings_form(**values: object) -> Mapping[str, object]:
    return {"is_active": "on", "url": "https://sms.example.go.th/send", "sender": "DDC", "secret": API_KEY, **values}


def test_an_administrator_sets_up_a_channel_and_the_key_is_never_shown(khonkaen: Centre) -> None:
    client = client_with(khonkaen, Role.ADMINISTRATOR)
    assert routes.working_channels(khonkaen) == []
    path = "/desk/notices/routes/khonkaen/sms"
    assert client.post(path, settings_form(price_satang="45")).status_code == 302
    route = NoticeRoute.objects.get()
    assert API_KEY.encode() not in bytes(route.secret)
    assert decrypt_secret(route.secret) == API_KEY
    assert API_KEY not in client.get(path).content.decode()
    assert client.post(path, settings_form(secret="", sender="ศูนย์")).status_code == 302
    assert decrypt_secret(NoticeRoute.objects.get().secret) == API_KEY, "an empty key keeps the stored one"
    assert routes.working_channels(khonkaen) == [NoticeChannel.SMS]
    hours = {"quiet_from": "21:00", "quiet_until": "07:30", "gather_minutes": "5"}
    assert client.post("/desk/notices/routes/khonkaen/hours", hours).status_code == 302
    assert NoticeRules.objects.get().gather_minutes == 5


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"url": "http://sms.example.go.th/send"}, "https://"),
        ({"url": "javascript:alert(1)"}, "https://"),
        ({"secret": ""}, "กุญแจของผู้ให้บริการ"),
        ({"body_template": '{"to": "{to}"}'}, "{text}"),
        ({"body_template": "to={to}&text={text}"}, "JSON"),
        ({"price_satang": "-1"}, "ราคาต่อหน่วย"),
    ],
)
def test_settings_that_cannot_work_are_refused_with_one_sentence(
    khonkaen: Centre, values: Mapping[str, object], sentence: str
) -> None:
    response = client_with(khonkaen, Role.ADMINISTRATOR).post(
        "/desk/notices/routes/khonkaen/sms", settings_form(**values)
    )
    assert response.status_code == 409
    assert sentence in page_text(response)
    assert not NoticeRoute.objects.exists()


def test_only_administrators_of_the_centre_change_its_channels(khonkaen: Centre, phayao: Centre) -> None:
    path = "/desk/notices/routes/khonkaen/sms"
    assert client_with(khonkaen, Role.DIRECTOR).get(path).status_code == 403
    assert client_with(phayao, Role.ADMINISTRATOR).get(path).status_code == 404
    assert client_with(khonkaen, Role.GOVERNOR).get("/desk/notices").status_code == 200
    assert client_with(khonkaen, Role.AUDITOR).get("/desk/notices").status_code == 403


def test_new_settings_try_a_gateway_again_at_once(dead: Notice, khonkaen: Centre) -> None:
    NoticeRoute.objects.update(last_failure=NoticeFailure.UNAUTHORISED.value, failures=9)
    assert routes.working_channels(khonkaen) == [], "a gateway that refuses the key is not offered"
    make_all_due()
    url = NoticeRoute.objects.get().url
    client_with(khonkaen, Role.ADMINISTRATOR).post("/desk/notices/routes/khonkaen/sms", settings_form(url=url))
    assert routes.working_channels(khonkaen) == [NoticeChannel.SMS]
