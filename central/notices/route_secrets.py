"""Encryption of the secrets of routes (keys of gateways) and of conversations on LINE, under a key of the installation:
a copy of the database alone sends nothing, and does not lead to a tracking code."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from central.keyring import KeyringError, keyring

_NONCE_BYTES = 12


def encrypt_secret(secret: str) -> bytes:
    """The nonce, followed by the AES-256-GCM ciphertext; b'' for no secret."""
    if not secret:
        return b""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, secret.encode(), None)


def decrypt_secret(encrypted: bytes | memoryview) -> str:
    """The secret; '' for b''. Raises KeyringError for another key or changed bytes."""
    content = bytes(encrypted)
    if not content:
        return ""
    try:
        return _cipher().decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], None).decode()
    except InvalidTag as error:
        raise KeyringError("The key of this installation does not decrypt the secret of a notice route") from error


def _cipher() -> AESGCM:
    return AESGCM(keyring().derived_key("identity", b"notice routes"))
