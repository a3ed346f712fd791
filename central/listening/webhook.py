"""Receives what a page posts to its webhook, in the form of the pages of Meta: the signature is the HMAC-SHA256 of the
raw body under the secret of the app, in `X-Hub-Signature-256` (developers.facebook.com, "Webhooks: Validating
payloads"). Authors and reactions are not read."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from central.listening.feed_format import day_of
from central.listening.models import ListeningSource
from central.listening.storing import ReceivedPost, store_posts
from central.notices.route_secrets import decrypt_secret
from thai.dates import day_in_thailand

MAX_BODY_BYTES = 512 * 1024
MAX_POSTS = 200
_PREFIX = "sha256="


class ListeningWebhookError(Exception):
    """A request that is not accepted: `status` is the HTTP status."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        self.status, self.title = status, title


def receive(token: UUID, signature: str, body: bytes) -> int:
    """Store the posts of a request; returns how many are new. Raises ListeningWebhookError."""
    source = _source(token)
    secret = decrypt_secret(source.secret)
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not secret or not hmac.compare_digest(signature.removeprefix(_PREFIX).encode(), expected.encode()):
        raise ListeningWebhookError(401, "The signature does not fit")
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise ListeningWebhookError(400, "This is no JSON") from None
    count = store_posts(source, list(_posts(content))[:MAX_POSTS], timezone.now())
    ListeningSource.objects.filter(pk=source.pk).update(checked_at=timezone.now(), failure="")
    return count


def is_verified(token: UUID, verify_token: str) -> bool:
    """Whether the page that asks for a confirmation knows the verification token, which is that of the address."""
    return hmac.compare_digest(verify_token.encode(), str(_source(token).token).encode())


def _source(token: UUID) -> ListeningSource:
    sources = ListeningSource.objects.filter(token=token, kind=ListeningSource.Kind.WEBHOOK, is_active=True)
    source = sources.select_related("centre").first()
    if source is None:
        raise ListeningWebhookError(404, "There is no such webhook")
    return source


def _posts(content: Any) -> Iterator[ReceivedPost]:
    """`{"posts": [{"id", "text", "published"}]}`, or what a page of Meta sends."""
    if not isinstance(content, dict):
        return
    for post in _dicts(content.get("posts")):
        yield ReceivedPost(
            _text(post, "id") or _text(post, "text"), _text(post, "text"), day_of(_text(post, "published"))
        )
    for entry in _dicts(content.get("entry")):
        for change in _dicts(entry.get("changes")):
            value = change.get("value")
            if isinstance(value, dict) and value.get("verb", "add") == "add":
                key = _text(value, "comment_id") or _text(value, "post_id") or _text(value, "message")
                yield ReceivedPost(key, _text(value, "message"), _day(value.get("created_time")))


def _dicts(values: Any) -> Iterator[dict[str, Any]]:
    return (each for each in values[:MAX_POSTS] if isinstance(each, dict)) if isinstance(values, list) else iter(())


def _text(values: dict[str, Any], name: str) -> str:
    value = values.get(name, "")
    return value if isinstance(value, str) else ""


def _day(seconds: Any) -> date | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return day_in_thailand(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return None
