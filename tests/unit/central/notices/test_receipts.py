"""Delivery receipts: only signed ones count, and a replay changes nothing."""

import time
from typing import Any

import pytest
from django.test import Client

from central.cases.models import Case
from central.centres.models import Centre
from central.notices.codes import NoticeFailure, NoticeState
from central.notices.delivery import deliver_due
from central.notices.models import Notice, NoticeRoute
from central.notices.retrying import send_again
from central.notices.route_secrets import encrypt_secret
from central.people.roles import Role
from simulators.notice_gateways.sms import signature_headers, signed_receipt
from tests.unit.central.factories import create_officer_with
from tests.unit.central.notices.conftest import RECEIPT_SECRET, agree_to_sms


@pytest.fixture
def accepted(case: Case, sms_route: NoticeRoute, gateways: Any) -> Notice:
    agree_to_sms(case, is_announced=True)
    deliver_due()
    return Notice.objects.get(state=NoticeState.ACCEPTED.value)


def post(route: NoticeRoute, body: bytes, headers: dict[str, str]) -> int:
    path = f"/api/v1/notices/receipts/{route.receipt_id}"
    return Client().post(path, body, content_type="application/json", headers=headers).status_code


def state_of(notice: Notice) -> tuple[str, str]:
    notice.refresh_from_db()
    return notice.state, notice.failure


def test_a_signed_receipt_makes_a_notice_delivered(accepted: Notice, sms_route: NoticeRoute) -> None:
    receipt = signed_receipt(RECEIPT_SECRET, "m-1", "delivered")
    assert post(sms_route, *receipt) == 204
    assert state_of(accepted) == (NoticeState.DELIVERED, "")
    assert post(sms_route, *receipt) == 204, "a replay"
    assert post(sms_route, *signed_receipt(RECEIPT_SECRET, "m-1", "undelivered")) == 204
    assert state_of(accepted) == (NoticeState.DELIVERED, ""), "the first word counts"


def test_a_notice_that_was_not_delivered_is_a_dead_letter(accepted: Notice, sms_route: NoticeRoute) -> None:
    assert post(sms_route, *signed_receipt(RECEIPT_SECRET, "m-1", "UNDELIV")) == 204
    assert state_of(accepted) == (NoticeState.DEAD, NoticeFailure.NOT_DELIVERED)


def test_a_receipt_is_refused_without_the_right_signature(accepted: Notice, sms_route: NoticeRoute) -> None:
    body, headers = signed_receipt(RECEIPT_SECRET, "m-1", "delivered")
    assert post(sms_route, body, {}) == 401
    assert post(sms_route, body.replace(b"m-1", b"m-2"), headers) == 401
    assert post(sms_route, *signed_receipt("another secret", "m-1", "delivered")) == 401
    assert post(sms_route, *signed_receipt(RECEIPT_SECRET, "m-1", "delivered", at=int(time.time()) - 400)) == 401
    assert post(sms_route, body, headers | {"webhook-signature": "v1,ก"}) == 401
    NoticeRoute.objects.update(receipt_secret=b"")
    assert post(sms_route, *signed_receipt("", "m-1", "delivered")) == 401, "no key, no receipts"
    assert state_of(accepted) == (NoticeState.ACCEPTED, "")


@pytest.mark.parametrize(("message_id", "status", "expected"), [("m-9", "delivered", 404), ("m-1", "queued", 204)])
def test_unknown_messages_and_words_change_nothing(
    accepted: Notice, sms_route: NoticeRoute, message_id: str, status: str, expected: int
) -> None:
    assert post(sms_route, *signed_receipt(RECEIPT_SECRET, message_id, status)) == expected
    assert state_of(accepted) == (NoticeState.ACCEPTED, "")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"[" * 60_000, 422),
        (b"not JSON", 422),
        (b'"m-1"', 422),
        (b'{"message_id": "\\ud800", "status": "delivered"}', 422),
        (b'{"message_id": "m\\u0000-9", "status": "delivered"}', 404),
        (b'{"message_id": "m-1", "status": ["delivered"]}', 204),
        (b'{"message_id": "m-1"}', 204),
    ],
)
def test_a_signed_receipt_without_sense_changes_nothing(
    accepted: Notice, sms_route: NoticeRoute, body: bytes, expected: int
) -> None:
    assert post(sms_route, body, signature_headers(RECEIPT_SECRET, body)) == expected
    assert state_of(accepted) == (NoticeState.ACCEPTED, "")


def test_a_gateway_says_nothing_about_the_messages_of_another(
    accepted: Notice, sms_route: NoticeRoute, phayao: Centre
) -> None:
    other = NoticeRoute.objects.create(
        centre=phayao, channel="sms", url="http://127.0.0.1:9/", receipt_secret=encrypt_secret("secret of another")
    )
    assert post(other, *signed_receipt("secret of another", "m-1", "undelivered")) == 404
    assert post(sms_route, *signed_receipt("secret of another", "m-1", "undelivered")) == 401
    assert state_of(accepted) == (NoticeState.ACCEPTED, "")


def test_late_and_contrary_receipts_change_nothing(
    accepted: Notice, sms_route: NoticeRoute, khonkaen: Centre, gateways: Any
) -> None:
    assert post(sms_route, *signed_receipt(RECEIPT_SECRET, "m-1", "failed")) == 204
    assert post(sms_route, *signed_receipt(RECEIPT_SECRET, "m-1", "delivered")) == 204
    assert state_of(accepted) == (NoticeState.DEAD, NoticeFailure.NOT_DELIVERED), "the first word counts"
    assert send_again(create_officer_with(khonkaen, Role.DIRECTOR, Role.ADMINISTRATOR), accepted.pk) == 1
    assert post(sms_route, *signed_receipt(RECEIPT_SECRET, "m-1", "delivered")) == 404, "of the earlier sending"
    assert state_of(accepted) == (NoticeState.QUEUED, "")
    deliver_due()
    accepted.refresh_from_db()
    assert (accepted.state, accepted.gateway_id) == (NoticeState.ACCEPTED, "m-2")
    assert len(gateways.sms.messages) == 2
