"""The webhook: signatures over the raw body, replays, redelivery, and whatever else is posted there."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from central.line_account.models import LineChat, LineEvent
from central.line_account.webhook import MAX_BODY_BYTES, MAX_EVENTS
from central.notices.models import NoticeRoute
from simulators.notice_gateways.line_user import LineUser
from tests.unit.central.line_account.conftest import answer_all, post_webhook
from tests.unit.central.notices.conftest import Gateways


def event(**changes: Any) -> dict[str, Any]:
    """An event of LINE, with changes."""
    return {
        "type": "message",
        "mode": "active",
        "timestamp": round(timezone.now().timestamp() * 1000),
        "source": {"type": "user", "userId": "U" + "1b" * 16},
        "webhookEventId": "01H0000000000000000000TEST",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": "t1",
        "message": {"type": "text", "id": "1", "text": "สวัสดี"},
        **changes,
    }


def post_events(route: NoticeRoute, gateways: Gateways, *events: Any) -> int:
    body = json.dumps({"destination": "U0", "events": list(events)}).encode()
    return post_webhook(route, body, {"x-line-signature": gateways.line.signature(body)})


def test_the_body_is_answered_at_once_and_the_user_by_the_worker(
    new_user: Callable[..., LineUser], gateways: Gateways
) -> None:
    user = new_user(is_answered=False)
    assert user.follow() == 200
    assert user.texts == []
    assert gateways.server.requests == []  # nothing is called while LINE waits
    assert DBTaskResult.objects.filter(task_path="central.line_account.answering.answer_chat").count() == 1
    answer_all()
    assert "ศูนย์ดำรงธรรมจังหวัดขอนแก่น" in user.texts[0]


@pytest.mark.parametrize("change", ["body", "signature", "none", "other secret", "not ascii"])
def test_a_wrong_signature_is_refused(line_route: NoticeRoute, gateways: Gateways, change: str) -> None:
    body = json.dumps({"events": [event()]}).encode()
    signature = gateways.line.signature(body)
    match change:
        case "body":
            body = body.replace(b'"text": "', b'"text": "x')
        case "signature":
            signature = gateways.line.signature(b"another body")
        case "none":
            signature = ""
        case "other secret":
            signature = type(gateways.line)("t", "another secret").signature(body)
        case "not ascii":
            signature = "ลายเซ็น"
    path = f"/api/v1/line/{line_route.receipt_id}"
    response = Client().post(
        path, body, content_type="application/json", headers={"x-line-signature": signature.encode().decode("latin-1")}
    )
    assert response.status_code == 401
    assert not LineEvent.objects.exists()


@pytest.mark.parametrize("change", ["off", "no secret", "other account", "sms"])
def test_only_a_line_account_that_is_set_up_receives(line_route: NoticeRoute, gateways: Gateways, change: str) -> None:
    match change:
        case "off":
            line_route.is_active = False
        case "no secret":
            line_route.receipt_secret = b""
        case "sms":
            line_route.channel = "sms"
    line_route.save()
    if change == "other account":
        line_route.receipt_id = "0b1f6c2e-0000-4000-8000-000000000000"
    assert post_events(line_route, gateways, event()) == 401


def test_a_replayed_event_is_answered_once(user: LineUser) -> None:
    user.write("สวัสดี")
    count = len(user.texts)
    assert user.repeat_last() == 200
    assert user.repeat_last() == 200
    assert len(user.texts) == count
    assert LineEvent.objects.count() == 1


def test_an_event_that_is_older_than_the_stored_ids_is_ignored(line_route: NoticeRoute, gateways: Gateways) -> None:
    old = round(timezone.now().timestamp() * 1000) - 30 * 24 * 3600 * 1000
    assert post_events(line_route, gateways, event(timestamp=old)) == 200
    assert not LineEvent.objects.exists()


def test_redelivered_events_are_answered_in_the_order_of_the_user(
    new_user: Callable[..., LineUser], line_route: NoticeRoute
) -> None:
    user = new_user(is_answered=False)
    user.write("ยื่นเรื่อง")
    first = user.deliveries.pop()
    LineChat.objects.all().delete()
    LineEvent.objects.all().delete()  # the first delivery was lost
    user.write("เมนู")
    post_webhook(line_route, *first)
    assert [row.at for row in LineEvent.objects.all()] == sorted(row.at for row in LineEvent.objects.all())
    answer_all()
    assert len(user.texts) == 2


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"null", b'{"events": 1}', b'{"events": [{"x": "\\ud800"}]}', b"\xff\xfe", b"[" * 100_000],
)
def test_a_signed_body_that_is_no_webhook_is_refused(line_route: NoticeRoute, gateways: Gateways, body: bytes) -> None:
    assert post_webhook(line_route, body, {"x-line-signature": gateways.line.signature(body)}) == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"source": {"type": "group", "groupId": "C1", "userId": "U" + "1b" * 16}},
        {"source": {"type": "user"}},
        {"source": None},
        {"source": {"type": "user", "userId": "../../etc"}},
        {"webhookEventId": 7},
        {"webhookEventId": "x" * 65},
        {"timestamp": "now"},
        {"timestamp": 2**62},
        {"mode": "standby"},
    ],
)
def test_an_event_without_a_user_is_ignored(
    line_route: NoticeRoute, gateways: Gateways, changes: dict[str, Any]
) -> None:
    assert post_events(line_route, gateways, event(**changes), 1, None) == 200
    assert not LineEvent.objects.exists()


def test_the_console_of_line_posts_no_events(line_route: NoticeRoute, gateways: Gateways) -> None:
    assert post_events(line_route, gateways) == 200


def test_too_much_is_refused_before_it_is_read(line_route: NoticeRoute, gateways: Gateways) -> None:
    body = b"{" + b" " * MAX_BODY_BYTES + b"}"
    assert post_webhook(line_route, body, {"x-line-signature": gateways.line.signature(body)}) == 413
    assert post_events(line_route, gateways, *[event()] * (MAX_EVENTS + 1)) == 400
