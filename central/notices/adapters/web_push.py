"""Web Push (RFC 8030): an encrypted message for one browser.

A push service knows no idempotency key. `Topic` replaces a message that the service still holds, and the same `tag`
replaces one that the phone already shows: an attempt that is repeated is seen once."""

import json

import requests

from central.database_values import clean_text
from central.keyring import keyring
from central.notices.adapters.http_call import failure_of, post
from central.notices.adapters.push_encryption import encrypt_push, vapid_header
from central.notices.adapters.result import Gateway, OutgoingNotice, SendResult
from central.notices.codes import NoticeFailure
from central.notices.push_subscriptions import PushSubscription

_KEPT_S = 3 * 24 * 3600  # while the phone is off
_GONE = frozenset({404, 410})


def send_web_push(gateway: Gateway, notice: OutgoingNotice) -> SendResult:
    """Send one push message."""
    try:
        subscription = PushSubscription.parse(notice.address)
    except ValueError:
        return SendResult(NoticeFailure.GONE)
    payload = {"title": notice.subject, "body": notice.text, "tag": str(notice.key)}
    body = encrypt_push(json.dumps(payload).encode(), subscription.browser_key, subscription.secret)
    headers = {
        "Authorization": vapid_header(subscription.endpoint, f"mailto:{gateway.sender}", keyring().load_push_key()),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(_KEPT_S),
        "Topic": notice.key.hex,
    }
    try:
        response = post(subscription.endpoint, body, headers)
    except requests.RequestException:
        return SendResult(NoticeFailure.UNREACHABLE)
    if response.status in _GONE:
        return SendResult(NoticeFailure.GONE)
    # The address of the message is a secret of the subscription: only its end is kept.
    if response.is_success:
        return SendResult(gateway_id=clean_text(response.headers.get("Location", ""))[-40:])
    return failure_of(response)
