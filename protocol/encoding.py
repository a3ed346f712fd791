"""Bytes in JSON messages: base64url without padding (RFC 4648 §5)."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode


def to_base64(raw: bytes) -> str:
    """`raw` as base64url text without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_base64(text: str) -> bytes:
    """The bytes encoded in `text`. Raises ValueError when no encoding has this length."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
