"""Hashes of tracking codes and citizen ids, and the encryption of citizen ids, under secrets of the keyring."""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from central.keyring import KeyringError, keyring

_NONCE_BYTES = 12


def tracking_hash(code: str) -> str:
    """The hash under which a canonical tracking code is stored: 64 hex digits. The code cannot be derived from it."""
    return _keyed_hash("tracking", code)


def citizen_id_hash(citizen_id: str) -> str:
    """Equal for equal citizen ids: 64 hex digits. The hash is keyed because all 10**12 ids could be tried otherwise."""
    return _keyed_hash("identity", citizen_id)


def phone_hash(number: str) -> str:
    """Equal for equal phone numbers: 64 hex digits. Keyed, as that of a citizen id."""
    return _keyed_hash("identity", f"phone {number}")


def person_hash(address: str) -> str:
    """Equal for equal addresses of notices: 64 hex digits. Keyed, as that of a citizen id."""
    return _keyed_hash("identity", f"notice {address}")


def one_time_code(purpose: str, nonce: str, digits: int) -> str:
    """The digits of a one-time code with this nonce: the database alone does not tell them."""
    return f"{int(_keyed_hash('tracking', f'{purpose} {nonce}')[:16], 16) % 10**digits:0{digits}d}"


def encrypt_citizen_id(citizen_id: str) -> bytes:
    """The nonce, followed by the AES-256-GCM ciphertext."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _citizen_id_cipher().encrypt(nonce, citizen_id.encode(), None)


def decrypt_citizen_id(encrypted: bytes) -> str:
    """The citizen id from `encrypt_citizen_id`. Raises KeyringError for another key or changed bytes."""
    nonce, ciphertext = encrypted[:_NONCE_BYTES], encrypted[_NONCE_BYTES:]
    try:
        return _citizen_id_cipher().decrypt(nonce, ciphertext, None).decode()
    except InvalidTag as error:
        raise KeyringError("The identity key of this installation does not decrypt this citizen id") from error


def _citizen_id_cipher() -> AESGCM:
    return AESGCM(keyring().derived_key("identity", b"encrypt"))


def _keyed_hash(name: str, text: str) -> str:
    return hmac.new(keyring().derived_key(name, b"hash"), text.encode(), hashlib.sha256).hexdigest()
