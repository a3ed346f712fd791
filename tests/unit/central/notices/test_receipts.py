"""Delivery receipts: only signed ones count, and a replay changes nothing."""

import time
from typing import Any

import pytest
from django.test import Client

from central.cases.models import Case
from central.notices.codes import NoticeFailure, NoticeState
from central.notices.delivery import deliver_due
from central.notices.models import Notice, NoticeRoute
from simulators.notice_gateways.sms import signed_receipt
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
