"""A push service (RFC 8030) with the browser behind it: checks the sender's signature, and decrypts the message."""

import base64
import json
import os
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from simulators.notice_gateways.server import ReceivedRequest, Reply

PATH = "/push/"


class PushService:
    """One browser with a subscription. `shown` has what the browser shows, by tag. `is_subscribed` False: 410."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = os.urandom(16)
        self.shown: dict[str, dict[str, str]] = {}
        self.is_subscribed = True
        self.topics: list[str] = []

    def subscription(self, url: str) -> str:
        """What the browser sends to the page, as JSON."""
        keys = {"p256dh": _to_text(_point(self._key.public_key())), "auth": _to_text(self._secret)}
        return json.dumps({"endpoint": f"{url}{PATH}phone-1", "expirationTime": None, "keys": keys})

    def __call__(self, request: ReceivedRequest) -> Reply:
        if not _is_signed(request):
            return Reply(403, b"invalid VAPID")
        if not self.is_subscribed:
            return Reply(410)
        if request.headers.get("content-encoding") != "aes128gcm" or not request.headers.get("ttl", "").isdecimal():
            return Reply(400)
        message = json.loads(self._decrypt(request.body))
        self.shown[message["tag"]] = message
        self.topics.append(request.headers.get("topic", ""))
        return Reply(201, b"", {"Location": f"{PATH}message/{len(self.topics)}"})

    def _decrypt(self, body: bytes) -> bytes:
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        info = b"WebPush: info\0" + _point(self._key.public_key()) + sender
        key = HKDF(hashes.SHA256(), 32, self._secret, info).derive(shared)
        content_key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(key)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(key)
        return AESGCM(content_key).decrypt(nonce, sealed, None).rstrip(b"\0").removesuffix(b"\x02")


def _is_signed(request: ReceivedRequest) -> bool:
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    fields = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
    try:
        signed, _, signature = fields["t"].rpartition(".")
        claims = json.loads(_from_text(signed.partition(".")[2]))
        raw = _from_text(signature)
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _from_text(fields["k"]))
        key.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    except (KeyError, ValueError, InvalidSignature):
        return False
    is_current = time.time() < claims["exp"] <= time.time() + 24 * 3600
    return scheme == "vapid" and is_current and claims["aud"] == f"http://{request.headers['host']}"


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _from_text(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
