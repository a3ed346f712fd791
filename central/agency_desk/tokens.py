"""The secrets of personal links and access codes, computed from a random nonce and a key of the installation.

The database has nonces and hashes only, and a queued task has only the id of a row: neither opens a case. The key is
derived from `keys/tracking.secret`."""

import base64
import hashlib
import hmac
import secrets

from central.keyring import keyring

_TOKEN_BYTES = 24  # 192 bits: 32 characters in a URL
CODE_DIGITS = 6


def new_nonce() -> str:
    """A nonce for a link or a code."""
    return secrets.token_hex(16)


def link_token(nonce: str) -> str:
    """The token of the link with this nonce: 32 characters that need no escaping in a URL."""
    return base64.urlsafe_b64encode(_keyed_digest(b"agency link", nonce)[:_TOKEN_BYTES]).decode()


def token_hash(token: str) -> str:
    """The hash by which a link is found. No key is needed: a token of 192 random bits cannot be tried out."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def access_code(nonce: str) -> str:
    """The six digits of the code with this nonce."""
    number = int.from_bytes(_keyed_digest(b"agency code", nonce)[:8], "big") % 10**CODE_DIGITS
    return f"{number:0{CODE_DIGITS}d}"


def _keyed_digest(purpose: bytes, nonce: str) -> bytes:
    return hmac.new(keyring().derived_key("tracking", purpose), nonce.encode(), hashlib.sha256).digest()
