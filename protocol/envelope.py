"""The seal: HPKE (RFC 9180, base mode) to the centre's X25519 key. The kiosk cannot open what it has sealed.

The suite is DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305: the AEAD that is fast and constant-time also on
small boards without AES instructions. `info` binds protocol version, kiosk, submission and part, so that one sealed
piece cannot be substituted for another. A sealed piece is the encapsulated key (32 bytes), the ciphertext, and the tag
(16 bytes).
"""

import re
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from protocol.case_number import is_kiosk_id
from protocol.compatibility import PROTOCOL_VERSION

SUBMISSION_PART = "submission"
OVERHEAD_BYTES = 32 + 16  # bytes a seal adds
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_PART_NAME = re.compile(r"submission|page-\d{1,2}", re.ASCII)


class EnvelopeError(ValueError):
    """Sealing or opening fails: another key, kiosk, submission or part, or changed bytes."""


def page_part(index: int) -> str:
    """The part name of a page: 'page-0' is the first."""
    return f"page-{index}"


def _info(kiosk_id: str, submission_id: UUID | str, part: str) -> bytes:
    # No field can contain a newline (checked), so the joined text is unambiguous.
    if not is_kiosk_id(kiosk_id) or not _PART_NAME.fullmatch(part):
        raise EnvelopeError("A sealed piece belongs to a kiosk such as KKN07 and is 'submission' or 'page-<n>'")
    try:
        submission = UUID(str(submission_id))
    except ValueError:
        raise EnvelopeError("A sealed piece belongs to a submission named by a UUID") from None
    return f"damrongdham-kiosk envelope {PROTOCOL_VERSION}\n{kiosk_id}\n{submission}\n{part}".encode("ascii")


def seal(plaintext: bytes, public_key: bytes, *, kiosk_id: str, submission_id: UUID | str, part: str) -> bytes:
    """Seal one piece to the centre's raw X25519 public key (32 bytes). Raises EnvelopeError for an unusable key."""
    info = _info(kiosk_id, submission_id, part)
    try:
        return _SUITE.encrypt(plaintext, X25519PublicKey.from_public_bytes(public_key), info)
    except ValueError as error:
        raise EnvelopeError("The centre's sealing key is not a usable X25519 key") from error


def unseal(
    sealed: bytes, private_key: X25519PrivateKey, *, kiosk_id: str, submission_id: UUID | str, part: str
) -> bytes:
    """The plaintext. Raises EnvelopeError when key, kiosk, submission or part differ from those at sealing, or a bit of
    `sealed` was changed."""
    info = _info(kiosk_id, submission_id, part)
    try:
        return _SUITE.decrypt(sealed, private_key, info)
    except (InvalidTag, ValueError) as error:
        raise EnvelopeError("The seal does not open with this key for this kiosk, submission and part") from error
