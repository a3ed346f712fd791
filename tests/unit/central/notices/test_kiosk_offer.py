"""A kiosk learns with each heartbeat by which channels its centre can send notices."""

import pytest

from central.centres.models import Centre
from central.notices.codes import NoticeFailure
from central.notices.models import NoticeRoute
from protocol.messages import Heartbeat
from simulators.kiosk import kiosk_moment
from tests.unit.central.kiosk_client import KioskClient


def offered(kiosk: KioskClient, ms: int) -> str:
    heartbeat = Heartbeat(kiosk_id=kiosk.kiosk_id, version="1", moment=kiosk_moment(monotonic_ms=ms), outbox_count=0)
    body = heartbeat.model_dump_json().encode()
    return str(kiosk.send_signed_request("POST", "/api/v1/heartbeats", body).headers["Notice-Channels"])


def test_only_what_works_is_offered(kiosk: KioskClient, sms_route: NoticeRoute, line_route: NoticeRoute) -> None:
    assert offered(kiosk, 60_000) == "sms line"
    NoticeRoute.objects.filter(pk=line_route.pk).update(is_active=False)
    assert offered(kiosk, 61_000) == "sms"
    NoticeRoute.objects.update(last_failure=NoticeFailure.UNAUTHORISED.value)
    assert offered(kiosk, 62_000) == "", "the gateway refuses the key of the centre"


@pytest.mark.usefixtures("khonkaen")
def test_a_centre_without_a_channel_offers_none(kiosk: KioskClient) -> None:
    assert offered(kiosk, 60_000) == ""


def test_a_channel_of_the_ministry_is_offered_in_every_province(kiosk: KioskClient, ministry: Centre) -> None:
    NoticeRoute.objects.create(centre=ministry, channel="sms", url="https://sms.example.go.th/send")
    assert offered(kiosk, 60_000) == "sms"
