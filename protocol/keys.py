"""Keys of kiosk and centre: Ed25519 to sign, X25519 to seal. Public keys are sent raw (32 bytes); private keys are
never sent."""

import hashlib
from collections.abc import Collection
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from machine.safe_files import create_file, read_file
from protocol import crockford

_FINGERPRINT_BYTES = 16
_COMPARE_SYMBOLS = 8
_MAX_KEY_FILE_BYTES = 64 * 1024  # bytes of a key file; a key has some hundred


class KeyFileError(Exception):
    """A key file is missing, unreadable or holds something else; the message is one sentence."""


def new_signing_key() -> Ed25519PrivateKey:
    """A key to sign with: a kiosk's requests, or a centre's receipts."""
    return Ed25519PrivateKey.generate()


def new_sealing_key() -> X25519PrivateKey:
    """A centre's key that envelopes are sealed to."""
    return X25519PrivateKey.generate()


def public_key_bytes(key: Ed25519PrivateKey | X25519PrivateKey) -> bytes:
    """The raw public half, 32 bytes."""
    return key.public_key().public_bytes_raw()


def save_private_key(key: Ed25519PrivateKey | X25519PrivateKey, path: Path) -> None:
    """Write a new PKCS #8 PEM file, 0600, durable before this returns. Never overwrites: raises FileExistsError."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    create_file(path, pem)


def _load(path: Path, owners: Collection[int] | None) -> object:
    try:
        # Group access is checked only when `owners` is given: systemd passes a credential to a unit under an ACL, which
        # appears as group access.
        content = read_file(path, _MAX_KEY_FILE_BYTES, owners=owners, private=owners is not None)
        return load_pem_private_key(content, password=None)
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise KeyFileError(f"The key file {path} is damaged or not a PEM file") from error


def load_signing_key(path: Path, owners: Collection[int] | None = None) -> Ed25519PrivateKey:
    """The Ed25519 key in `path`. `owners`: user ids that the file may belong to; with it the file must be readable by
    its owner only. Raises KeyFileError."""
    key = _load(path, owners)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"The key file {path} contains no Ed25519 key")
    return key


def load_sealing_key(path: Path) -> X25519PrivateKey:
    """The X25519 key in `path`. Raises KeyFileError."""
    key = _load(path, None)
    if not isinstance(key, X25519PrivateKey):
        raise KeyFileError(f"The key file {path} contains no X25519 key")
    return key


def fingerprint(public: bytes) -> str:
    """The name of a public key, and a signature's `keyid`: 128 bits of its SHA-256 as 32 hex characters."""
    return hashlib.sha256(public).digest()[:_FINGERPRINT_BYTES].hex()


def compare_code(kiosk_signing: bytes, centre_sealing: bytes, centre_receipt: bytes, enrolment_id: UUID | str) -> str:
    """'XXXX-XXXX', derived by each side from the public keys it has received. A person compares the two codes.

    With 40 bits, a man in the middle could try keys until the codes agree. scrypt takes about 0.1 s and 32 MiB per try,
    which makes that thousands of years instead of minutes."""
    salt = UUID(str(enrolment_id)).bytes
    key_material = b"damrongdham-kiosk compare 1" + kiosk_signing + centre_sealing + centre_receipt
    stretched = hashlib.scrypt(key_material, salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=5)
    symbols = crockford.encode(int.from_bytes(stretched, "big"), _COMPARE_SYMBOLS)
    return f"{symbols[:4]}-{symbols[4:]}"
