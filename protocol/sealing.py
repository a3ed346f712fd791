"""Sealing: HPKE (RFC 9180, base mode) to an X25519 key. Who seals cannot open what it has sealed.

The suite is DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305: the AEAD that is fast and constant-time also on
small boards without AES instructions. `info` names what the sealed piece is, so that one piece cannot be substituted
for another. A sealed piece is the encapsulated key (32 bytes), the ciphertext, and the tag (16 bytes).
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

OVERHEAD_BYTES = 32 + 16  # bytes a seal adds
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class SealError(ValueError):
    """Sealing or opening fails: an unusable or another key, another `info`, or changed bytes."""


def seal(plaintext: bytes, public_key: bytes, info: bytes) -> bytes:
    """Seal to a raw X25519 public key (32 bytes). Raises SealError for an unusable key."""
    try:
        return _SUITE.encrypt(plaintext, X25519PublicKey.from_public_bytes(public_key), info)
    except ValueError as error:
        raise SealError("The centre's sealing key is not a usable X25519 key") from error


def unseal(sealed: bytes, private_key: X25519PrivateKey, info: bytes) -> bytes:
    """The plaintext. Raises SealError when key or `info` differ from those at sealing, or a bit was changed."""
    try:
        return _SUITE.decrypt(sealed, private_key, info)
    except (InvalidTag, ValueError) as error:
        raise SealError("The seal does not open with this key for this purpose") from error
