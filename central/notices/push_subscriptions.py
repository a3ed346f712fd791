"""The subscription of a browser to Web Push: checks what the browser sends, and reads what is stored.

The endpoint is an address that a stranger may have written, and this service will send requests to it. So it must
belong to a known push service (`PUSH_SERVICES` of the settings): otherwise anybody could make this service call any
machine of the office's network."""

import json
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from central.notices.adapters.push_encryption import from_text, to_text

MAX_CHARS = 2000
_MAX_ENDPOINT_CHARS = 1000
_SECRET_BYTES = 16


@dataclass(frozen=True)
class PushSubscription:
    """Where and with which keys a browser receives."""

    endpoint: str
    browser_key: bytes
    secret: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """From the JSON of `PushSubscription.toJSON()` in a browser. Raises ValueError."""
        if len(text) > MAX_CHARS:
            raise ValueError("The subscription is too long")
        content = json.loads(text)
        try:
            endpoint, keys = content["endpoint"], content["keys"]
            browser_key, secret = from_text(keys["p256dh"]), from_text(keys["auth"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("The subscription has not the expected form") from error
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser_key)
        if len(secret) != _SECRET_BYTES or not isinstance(endpoint, str) or not _is_push_service(endpoint):
            raise ValueError("The subscription is of no known push service")
        return cls(endpoint, browser_key, secret)

    def to_json(self) -> str:
        """The text that is stored."""
        keys = {"p256dh": to_text(self.browser_key), "auth": to_text(self.secret)}
        return json.dumps({"endpoint": self.endpoint, "keys": keys})


def _is_push_service(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        is_standard_port = parts.port is None
    except ValueError:
        return False
    if len(endpoint) > _MAX_ENDPOINT_CHARS or parts.username or not endpoint.isascii():
        return False
    if host == "127.0.0.1" and parts.netloc in settings.PUSH_SERVICES:  # a simulated one
        return parts.scheme == "http"
    is_known = any(host == name or (name.startswith(".") and host.endswith(name)) for name in settings.PUSH_SERVICES)
    return is_known and is_standard_port and parts.scheme == "https"
