"""Encryption of a push message to one browser (RFC 8291, content coding aes128gcm of RFC 8188), and the signature by
which a push service knows the sender (VAPID, RFC 8292)."""

import json
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_RECORD_SIZE = 4096
_SIGNATURE_S = 12 * 3600  # RFC 8292: at most 24 hours


def encrypt_push(
    payload: bytes,
    browser_key: bytes,
    secret: bytes,
    *,
    own_key: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of the request. `browser_key` is the public point (65 bytes), `secret` the 16 bytes of the subscription.
    A key and a salt are made for each message; they are given only by the test with the vector of the RFC. Raises
    ValueError for a point that is not on the curve."""
    own_key, salt = own_key or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(16)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser_key)
    own_point = point_of(own_key.public_key())
    shared = own_key.exchange(ec.ECDH(), public)
    input_key = _derive(shared, secret, b"WebPush: info\0" + browser_key + own_point, 32)
    content_key = _derive(input_key, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(input_key, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + _RECORD_SIZE.to_bytes(4, "big") + bytes([len(own_point)]) + own_point
    return header + AESGCM(content_key).encrypt(nonce, payload + b"\x02", None)


def vapid_header(endpoint: str, contact: str, key: ec.EllipticCurvePrivateKey) -> str:
    """The value of `Authorization` for a request to this endpoint. `contact` is a mailto: or https: address."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(time.time()) + _SIGNATURE_S, "sub": contact}
    signed = ".".join(to_text(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = to_text(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={to_text(point_of(key.public_key()))}"


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """The public key as 65 bytes, which browsers and push services use."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def to_text(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """The bytes of base64url with or without padding. Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derive(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(key)
