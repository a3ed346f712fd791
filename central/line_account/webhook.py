"""Receives the webhook of LINE: checks the signature, stores each event once, and leaves the answer to a worker.

The signature is the HMAC-SHA256 of the raw body under the channel secret (developers.line.biz, "Verify webhook
signature"). LINE repeats an event that was not answered with 200, and anybody who has recorded one can repeat it: its
`webhookEventId` is stored for a month, and an older event is ignored."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from pydantic_core import from_json

from central.background.tasks import enqueue
from central.line_account.answering import answer_chat
from central.line_account.chat_content import CHAT_KEPT
from central.line_account.models import LineChat, LineEvent
from central.notices.codes import NoticeChannel
from central.notices.models import NoticeRoute
from central.notices.route_secrets import decrypt_secret, encrypt_secret

MAX_BODY_BYTES = 1024 * 1024  # a text of 5,000 characters takes 30 kB when each is escaped
MAX_EVENTS = 200  # of one request
EVENT_IDS_KEPT = timedelta(days=30)
_NEWEST_REPLAY = EVENT_IDS_KEPT - timedelta(days=1)
_USER_ID = re.compile("U[0-9a-f]{32}", re.ASCII)
_EVENT_ID = re.compile("[0-9A-Za-z_-]{1,64}", re.ASCII)


class WebhookError(Exception):
    """A request that is not accepted: `status` is the HTTP status."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        self.status, self.title = status, title


@dataclass(frozen=True)
class _Event:
    event_id: str
    user_id: str
    at: datetime
    content: Mapping[str, Any]


def receive_webhook(receipt_id: UUID, signature: str, body: bytes) -> int:
    """Store the events of one request; returns how many were new. Raises WebhookError: 401 for an account that does not
    exist or another signature, 400 for a body that is no webhook."""
    route = NoticeRoute.objects.filter(receipt_id=receipt_id, channel=NoticeChannel.LINE.value, is_active=True).first()
    secret = decrypt_secret(route.receipt_secret) if route else ""
    if route is None or not secret or not is_signed(secret, signature, body):
        raise WebhookError(401, "The signature is not valid")
    now, count = timezone.now(), 0
    for event in _read_events(body):
        if now - _NEWEST_REPLAY < event.at:
            count += _store(route, event, now)
    return count


def is_signed(secret: str, signature: str, body: bytes) -> bool:
    """Whether the signature is that of these bytes. Takes the same time for every wrong one."""
    expected = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(expected, signature.encode())


def _store(route: NoticeRoute, event: _Event, now: datetime) -> int:
    """Store one event and queue its answer, together or not at all. 0 for one that is stored already."""
    if LineEvent.objects.filter(event_id=event.event_id).exists():
        return 0
    try:
        with transaction.atomic():
            chat, _ = LineChat.objects.get_or_create(
                route=route, user_id=event.user_id, defaults={"expires_at": now + CHAT_KEPT}
            )
            content = encrypt_secret(json.dumps(event.content))
            LineEvent.objects.create(event_id=event.event_id, chat=chat, at=event.at, content=content)
            enqueue(answer_chat, chat.pk)
    except IntegrityError:  # another request has stored it in this moment, or has deleted its chat: LINE sends it again
        if LineEvent.objects.filter(event_id=event.event_id).exists():
            return 0
        raise
    return 1


def _read_events(body: bytes) -> Iterator[_Event]:
    """The events of users that can be answered. A group is not: a code would be read by everybody in it."""
    try:
        content = from_json(body)
    except ValueError:
        raise WebhookError(400, "The body is not JSON") from None
    events = content.get("events") if isinstance(content, dict) else None
    if not isinstance(events, list) or len(events) > MAX_EVENTS:
        raise WebhookError(400, "The body is no webhook of LINE")
    for event in events:
        if isinstance(event, dict) and (known := _read_envelope(event)) is not None:
            yield known


def _read_envelope(event: Mapping[str, Any]) -> _Event | None:
    source, event_id, at = event.get("source"), event.get("webhookEventId"), event.get("timestamp")
    if not isinstance(source, dict) or source.get("type") != "user" or event.get("mode") == "standby":
        return None
    user_id = source.get("userId")
    if not isinstance(user_id, str) or not _USER_ID.fullmatch(user_id):
        return None
    if not isinstance(event_id, str) or not _EVENT_ID.fullmatch(event_id):
        return None
    if not isinstance(at, int) or not 0 < at < 2**43:  # milliseconds
        return None
    return _Event(event_id, user_id, datetime.fromtimestamp(at / 1000, UTC), event)
