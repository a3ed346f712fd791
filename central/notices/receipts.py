"""Delivery receipts of an SMS gateway: checks the signature, and records what became of a notice.

Signed as in the Standard Webhooks specification: `webhook-signature` has the HMAC-SHA256 of id, time and body. A
receipt that is replayed changes nothing, because only an accepted notice can be delivered or not."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from pydantic_core import from_json

from central.notices.adapters.sms import DEFAULT_ID_FIELD, id_in
from central.notices.codes import NoticeFailure, NoticeState
from central.notices.models import Notice, NoticeRoute
from central.notices.route_secrets import decrypt_secret

MAX_AGE_S = 300  # of a signature, in either direction
_DELIVERED = frozenset({"delivered", "delivrd", "success"})
_NOT_DELIVERED = frozenset({"undelivered", "undeliv", "failed", "rejected", "rejectd", "expired", "not_delivered"})


class ReceiptError(Exception):
    """A receipt that is not accepted: `status` is the HTTP status."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        self.status, self.title = status, title


def apply_receipt(receipt_id: UUID, headers: Mapping[str, str], body: bytes) -> None:
    """Record a receipt. A status that is neither delivered nor failed is ignored. Raises ReceiptError: 401 for a wrong
    signature, 404 for a message that is not known (yet), so that the gateway posts it again later."""
    route = NoticeRoute.objects.filter(receipt_id=receipt_id).first()
    secret = decrypt_secret(route.receipt_secret) if route else ""
    if route is None or not secret or not _is_signed(secret, headers, body):
        raise ReceiptError(401, "The signature is not valid")
    message_id = id_in(body, route.id_field or DEFAULT_ID_FIELD)
    if not message_id:
        raise ReceiptError(422, "The receipt names no message")
    status = _status_in(body)
    with transaction.atomic():
        notice = Notice.objects.select_for_update().filter(route=route, gateway_id=message_id).first()
        if notice is None:
            raise ReceiptError(404, "This message is not known")
        if notice.state != NoticeState.ACCEPTED.value or status not in _DELIVERED | _NOT_DELIVERED:
            return
        notice.receipt_at = timezone.now()
        notice.state = NoticeState.DELIVERED.value
        if status in _NOT_DELIVERED:
            notice.state, notice.failure = NoticeState.DEAD.value, NoticeFailure.NOT_DELIVERED.value
        notice.save(update_fields=["state", "failure", "receipt_at"])


def _is_signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    webhook_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 12):
        return False
    if abs(time.time() - int(timestamp)) > MAX_AGE_S:
        return False
    digest = hmac.new(secret.encode(), f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    expected = f"v1,{base64.b64encode(digest).decode()}".encode()
    # Several signatures are sent while a gateway changes its key.
    signatures = headers.get("webhook-signature", "").encode().split(b" ")
    return any(hmac.compare_digest(each, expected) for each in signatures)


def _status_in(body: bytes) -> str:
    status = from_json(body).get("status")  # `id_in` has found an object
    return status.lower() if isinstance(status, str) else ""
