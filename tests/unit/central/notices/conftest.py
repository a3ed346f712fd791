"""A centre with an SMS gateway on loopback, and a case whose citizen has agreed to SMS."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from central.cases.models import Case, Complainant
from central.centres.models import Centre
from central.notices.codes import NoticeChannel
from central.notices.consents import ConsentText, give_consent
from central.notices.models import Notice, NoticeConsent, NoticeRoute, NoticeRules
from central.notices.route_secrets import encrypt_secret
from simulators.notice_gateways import line, push, sms
from simulators.notice_gateways.server import GatewayServer
from tests.unit.central.factories import create_case

API_KEY, RECEIPT_SECRET = "gateway-key-1", "receipt-secret-1"
LINE_TOKEN, LINE_SECRET = "line-token-1", "line-secret-1"
PUBLIC_URL = "https://track.example.go.th"
PHONE = "0812345678"
LINE_USER = "U" + "0a" * 16
AGREED = ConsentText("ส่ง SMS แจ้งความคืบหน้า", "sms-test", "th")


@dataclass
class Gateways:
    """The local services behind one address."""

    server: GatewayServer
    sms: sms.SmsService
    line: line.LineService
    push: push.PushService


@pytest.fixture
def gateways() -> Iterator[Gateways]:
    sms_service, line_service, push_service = (
        sms.SmsService(API_KEY),
        line.LineService(LINE_TOKEN, LINE_SECRET),
        push.PushService(),
    )
    with GatewayServer({sms.PATH: sms_service, line.PREFIX: line_service, push.PATH: push_service}) as server:
        yield Gateways(server, sms_service, line_service, push_service)


@pytest.fixture(autouse=True)
def public_url(settings: Any) -> None:
    settings.PUBLIC_URL = PUBLIC_URL


@pytest.fixture
def always_open(khonkaen: Centre) -> NoticeRules:
    """No quiet hours: the tests run at any time of the day. News is gathered for ten minutes."""
    return NoticeRules.objects.create(centre=khonkaen, quiet_from=time(0), quiet_until=time(0))


@pytest.fixture
def sms_route(khonkaen: Centre, gateways: Gateways, always_open: NoticeRules) -> NoticeRoute:
    return NoticeRoute.objects.create(
        centre=khonkaen,
        channel=NoticeChannel.SMS.value,
        url=f"{gateways.server.url}{sms.PATH}",
        sender="Damrongdham",
        secret=encrypt_secret(API_KEY),
        receipt_secret=encrypt_secret(RECEIPT_SECRET),
        price_satang=45,
    )


@pytest.fixture
def line_route(khonkaen: Centre, gateways: Gateways, always_open: NoticeRules) -> NoticeRoute:
    return NoticeRoute.objects.create(
        centre=khonkaen,
        channel=NoticeChannel.LINE.value,
        url=f"{gateways.server.url}{line.PATH}",
        secret=encrypt_secret(LINE_TOKEN),
        receipt_secret=encrypt_secret(LINE_SECRET),
    )


@pytest.fixture
def case(khonkaen: Centre) -> Case:
    """A case with a named complainant and no consent yet."""
    case = create_case(khonkaen)
    Complainant.objects.create(case=case, source="typed", first_name="สมชาย", last_name="ใจดี", phone=PHONE)
    return case


def agree_to_sms(case: Case, phone: str = PHONE, *, is_announced: bool = False) -> NoticeConsent:
    return give_consent(case, NoticeChannel.SMS, phone, AGREED, given_by="kiosk", is_announced=is_announced)


def make_due(*notices: Notice) -> None:
    """As if their time had come, and their claims had run out."""
    past = timezone.now() - timedelta(seconds=1)
    Notice.objects.filter(pk__in=[each.pk for each in notices]).update(due_at=past, claimed_until=None)


def make_all_due(now: datetime | None = None) -> None:
    Notice.objects.update(due_at=timezone.now() - timedelta(seconds=1), claimed_until=None)
    NoticeRoute.objects.update(pause_until=None)
