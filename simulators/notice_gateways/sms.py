"""The service of an SMS gateway: takes JSON, honours an idempotency key, and posts signed receipts.

Receipts are signed as in the Standard Webhooks specification: HMAC-SHA256 over id, time and body."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass

from simulators.notice_gateways.server import ReceivedRequest, Reply

PATH = "/sms/send"


@dataclass(frozen=True)
class SentMessage:
    """A message that the gateway has sent to a phone."""

    message_id: str
    to: str
    text: str
    sender: str


class SmsService:
    """`messages` has one message for each key: a repeated key gets the first response again. The same key with another
    text is a conflict, as with real gateways."""

    def __init__(self, api_key: str) -> None:
        self._api_key = api_key
        self.messages: dict[str, SentMessage] = {}
        self.conflicts = 0

    def __call__(self, request: ReceivedRequest) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self._api_key}":
            return Reply(401, b'{"message": "unknown key"}')
        key, content = request.headers.get("idempotency-key", ""), json.loads(request.body)
        sent = self.messages.get(key)
        if sent is not None and sent.text != content["text"]:
            self.conflicts += 1
            return Reply(409, b'{"message": "this key was used with another text"}')
        if sent is None:
            if not content["to"].startswith("+66"):
                return Reply(400, b'{"message": "this country is not served"}')
            sent = SentMessage(f"m-{len(self.messages) + 1}", content["to"], content["text"], content["sender"])
            self.messages[key or sent.message_id] = sent
        return Reply(202, json.dumps({"message_id": sent.message_id}).encode())


def signed_receipt(secret: str, message_id: str, status: str, *, at: int | None = None) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a receipt: `status` is 'delivered', 'undelivered', or a word of the gateway's own."""
    body = json.dumps({"message_id": message_id, "status": status}).encode()
    return body, signature_headers(secret, body, at=at)


def signature_headers(secret: str, body: bytes, *, at: int | None = None) -> dict[str, str]:
    """The headers of a receipt with this body, signed at this Unix time."""
    webhook_id = f"r-{hashlib.sha256(body).hexdigest()[:12]}"
    timestamp = str(int(time.time()) if at is None else at)
    digest = hmac.new(secret.encode(), f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
