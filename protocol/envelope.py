"""The envelope: a submission or one of its pages, sealed to the centre's key (`protocol.sealing`).

The seal binds protocol version, kiosk, submission and part, so that one sealed piece cannot be substituted for another.
"""

import re
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from protocol import sealing
from protocol.case_number import is_kiosk_id
from protocol.compatibility import PROTOCOL_VERSION

SUBMISSION_PART = "submission"
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
    try:
        return sealing.seal(plaintext, public_key, _info(kiosk_id, submission_id, part))
    except sealing.SealError as error:
        raise EnvelopeError(str(error)) from error


def unseal(
    sealed: bytes, private_key: X25519PrivateKey, *, kiosk_id: str, submission_id: UUID | str, part: str
) -> bytes:
    """The plaintext. Raises EnvelopeError when key, kiosk, submission or part differ from those at sealing, or a bit of
    `sealed` was changed."""
    info = _info(kiosk_id, submission_id, part)
    try:
        return sealing.unseal(sealed, private_key, info)
    except sealing.SealError as error:
        raise EnvelopeError("The seal does not open with this key for this kiosk, submission and part") from error
