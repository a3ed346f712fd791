"""On the tracking page a citizen chooses how to be told, and stops it."""

from typing import Any

import pytest

from central.cases.commands import Actor, take
from central.cases.models import Complainant
from central.centres.models import Centre
from central.notices.delivery import deliver_due
from central.notices.models import NoticeConsent, NoticeRoute
from central.notices.web_consents import SMS_TEXT
from tests.unit.central.citizen_page import Citizen
from tests.unit.central.notices.conftest import PHONE, Gateways, agree_to_sms
from tests.unit.central.page_text import page_text


@pytest.fixture
def citizen(khonkaen: Centre) -> Citizen:
    citizen = Citizen(khonkaen)
    Complainant.objects.create(case=citizen.case, source="typed", first_name="สมชาย", phone=PHONE)
    return citizen


@pytest.fixture
def email_route(khonkaen: Centre, always_open: object, settings: Any) -> NoticeRoute:
    settings.MAIL_IS_CONFIGURED = True
    return NoticeRoute.objects.create(centre=khonkaen, channel="email")


def test_without_a_channel_the_page_promises_nothing(citizen: Citizen) -> None:
    response = citizen.form("notices")
    assert response.status_code == 409
    assert "no channel for messages" in page_text(response)


def test_a_citizen_agrees_to_sms_at_the_number_on_file_and_stops_it(
    citizen: Citizen, sms_route: NoticeRoute, gateways: Gateways, intake: Actor
) -> None:
    shown = page_text(citizen.form("notices"))
    assert SMS_TEXT.en in shown
    assert PHONE not in shown
    assert citizen.send("notices", sms="on").status_code == 200
    consent = NoticeConsent.objects.get()
    assert (consent.text, consent.given_by, consent.address) == (SMS_TEXT.en, "web", "+66812345678")
    deliver_due()
    assert gateways.sms.messages == {}, "nothing before there is news"
    take(citizen.case, intake, seen_revision=None)
    deliver_due()
    assert len(gateways.sms.messages) == 1
    assert citizen.send("notices", stop_sms="on").status_code == 200
    consent.refresh_from_db()
    assert (consent.withdrawn_by, consent.address) == ("web", "")


def test_a_citizen_agrees_to_mail(
    citizen: Citizen, email_route: NoticeRoute, intake: Actor, mailoutbox: list[Any]
) -> None:
    assert citizen.send("notices", email="malee@example").status_code == 422
    assert citizen.send("notices", email="malee@example.org").status_code == 200
    take(citizen.case, intake, seen_revision=None)
    deliver_due()
    assert [mail.to for mail in mailoutbox] == [["malee@example.org"]]
    assert citizen.code not in mailoutbox[0].body
    assert "malee" not in page_text(citizen.form("notices"))


def test_what_is_not_offered_is_not_recorded(khonkaen: Centre, sms_route: NoticeRoute) -> None:
    without_phone = Citizen(khonkaen)
    assert without_phone.send("notices", sms="on").status_code == 409
    anonymous = Citizen(khonkaen, name_disclosure="anonymous")
    assert anonymous.send("notices", sms="on", email="malee@example.org").status_code == 409
    assert not NoticeConsent.objects.exists()


def test_a_consent_of_the_kiosk_is_stopped_here(citizen: Citizen, sms_route: NoticeRoute) -> None:
    agree_to_sms(citizen.case)
    assert "Stop SMS" in page_text(citizen.form("notices"))
    citizen.send("notices", stop_sms="on")
    assert NoticeConsent.objects.get().withdrawn_at is not None
