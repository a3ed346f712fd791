"""A gateway that sends byte by byte, or answers with ids that no database takes: one attempt is lost, and no other."""

import json
import time

import pytest

from central.cases.models import Case
from central.centres.models import Centre
from central.notices.adapters import http_call
from central.notices.codes import NoticeFailure, NoticeState
from central.notices.delivery import deliver_due
from central.notices.models import Notice, NoticeRoute
from simulators.notice_gateways import sms
from simulators.notice_gateways.server import GatewayServer, ReceivedRequest, Reply
from tests.unit.attack.hostile_peer import PIECE_INTERVAL_S, Behaviour, endless_response, hostile_server
from tests.unit.central.factories import create_case
from tests.unit.central.notices.conftest import agree_to_sms

_OK = b"HTTP/1.1 200 OK\r\n"
_SLOW_GATEWAYS = {
    "head": endless_response(_OK + b"X: ", b"x", PIECE_INTERVAL_S),
    "body": endless_response(_OK + b"Content-Length: 900000\r\n\r\n", b"x", PIECE_INTERVAL_S),
    "body without length": endless_response(_OK + b'\r\n{"message_id": "m-', b"1", PIECE_INTERVAL_S),
    "interim": endless_response(b"", b"HTTP/1.1 100 Continue\r\n\r\n", PIECE_INTERVAL_S),
}


@pytest.mark.parametrize("behaviour", _SLOW_GATEWAYS.values(), ids=_SLOW_GATEWAYS)
def test_a_gateway_that_sends_byte_by_byte_costs_one_deadline(
    case: Case, sms_route: NoticeRoute, behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the claim runs out meanwhile, and another worker sends the notice again."""
    monkeypatch.setattr(http_call, "DEADLINE_S", 0.5)
    agree_to_sms(case, is_announced=True)
    with hostile_server(behaviour) as port:
        NoticeRoute.objects.update(url=f"http://127.0.0.1:{port}/sms")
        started = time.monotonic()
        deliver_due()
        assert time.monotonic() - started < 5
    notice = Notice.objects.get()
    assert (notice.state, notice.failure) == (NoticeState.QUEUED, NoticeFailure.UNREACHABLE)


@pytest.mark.parametrize(
    ("body", "stored_id"),
    [
        (b'{"message_id": "\\ud800"}', ""),  # half of a character
        (b'{"message_id": "m\\u0000-7"}', "m-7"),
        (b'{"message_id": "m-\\u202e8"}', "m-8"),
        (b"[" * 60_000, ""),
        (b'{"message_id": ' + b"9" * 500 + b"}", "9" * 100),
        (b'{"message_id": {"message_id": "m-9"}}', ""),
        (b"\xff\xfe", ""),
    ],
)
def test_no_id_of_a_gateway_loses_the_result_of_another_notice(
    khonkaen: Centre, sms_route: NoticeRoute, body: bytes, stored_id: str
) -> None:
    """Results of several notices are recorded in one transaction."""
    lying, honest = (create_case(khonkaen) for _ in range(2))

    def reply(request: ReceivedRequest) -> Reply:
        is_lie = lying.case_number in json.loads(request.body)["text"]
        return Reply(200, body if is_lie else b'{"message_id": "m-1"}')

    with GatewayServer({sms.PATH: reply}) as server:
        NoticeRoute.objects.update(url=f"{server.url}{sms.PATH}")
        for case in (lying, honest):
            agree_to_sms(case, is_announced=True)
        deliver_due()
    lied_about, sent = (Notice.objects.get(case=case) for case in (lying, honest))
    assert (sent.state, sent.gateway_id) == (NoticeState.ACCEPTED, "m-1")
    expected = (NoticeState.ACCEPTED, "") if stored_id else (NoticeState.QUEUED, NoticeFailure.UNEXPECTED)
    assert (lied_about.state, lied_about.failure) == expected
    assert lied_about.gateway_id == stored_id
