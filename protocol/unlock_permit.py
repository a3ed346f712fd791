"""The permit that opens a kiosk's lock: for a time, a technician's USB keyboard and stick work at that kiosk.

The centre signs it with its receipt key, which the kiosk knows since the enrolment. It is a file on a technician's
stick, for the kiosks it names. A kiosk that reaches the centre needs none: see CommandKind.OPEN_USB_PORTS.

A stick that is lost: `expires` ends it, and so does any permit with a higher `serial` that the kiosk accepts first.
"""

from datetime import datetime, timedelta
from typing import Literal, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from protocol import keys
from protocol.encoding import from_base64, to_base64
from protocol.messages import Base64, ShortText

FILE_NAME = "damrongdham-unlock.permit"  # in the first directory of a technician's stick
MAX_BYTES = 16 * 1024  # of the file: 400 kiosks take 7,000
MAX_KIOSKS = 400
MAX_DAYS = 7
MAX_MINUTES = 120
_CONTEXT = b"damrongdham-kiosk unlock permit 1\n"  # no receipt and no keys statement is valid as a permit


class PermitError(Exception):
    """The permit does not open this kiosk; the message is one sentence for a technician."""


class UnlockStatement(BaseModel):
    """The signed content: which kiosks, from when until when, and for how long at a time."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    protocol_version: Literal[1] = 1
    kiosks: tuple[ShortText, ...] = Field(min_length=1, max_length=MAX_KIOSKS)
    serial: int = Field(ge=1, lt=1 << 53)
    issued: AwareDatetime
    expires: AwareDatetime
    minutes: int = Field(ge=1, le=MAX_MINUTES)

    @model_validator(mode="after")
    def _check_period(self) -> Self:
        if not self.issued < self.expires <= self.issued + timedelta(days=MAX_DAYS):
            raise ValueError(f"A permit is valid for at most {MAX_DAYS} days")
        return self


class UnlockPermit(BaseModel):
    """The statement as JSON bytes (base64url) and the centre's Ed25519 signature."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    statement: Base64
    signature: Base64
    key: ShortText  # fingerprint of the receipt key

    def to_bytes(self) -> bytes:
        """The file."""
        return self.model_dump_json(indent=1).encode() + b"\n"


def sign_permit(statement: UnlockStatement, key: Ed25519PrivateKey) -> UnlockPermit:
    """The permit, signed with a receipt key of the centre."""
    raw = statement.model_dump_json().encode()
    return UnlockPermit(
        statement=to_base64(raw),
        signature=to_base64(key.sign(_CONTEXT + raw)),
        key=keys.fingerprint(keys.public_key_bytes(key)),
    )


def parse_permit(content: bytes) -> UnlockPermit:
    """The permit in a file. Raises PermitError."""
    if len(content) > MAX_BYTES:
        raise PermitError("This file is too large for a permit.")
    try:
        return UnlockPermit.model_validate_json(content)
    except ValidationError:
        raise PermitError("This file is no permit.") from None


def verify_permit(permit: UnlockPermit, public_key: bytes) -> UnlockStatement:
    """The statement, after verifying the signature with this raw Ed25519 public key. Raises PermitError."""
    try:
        raw = from_base64(permit.statement)
        Ed25519PublicKey.from_public_bytes(public_key).verify(from_base64(permit.signature), _CONTEXT + raw)
        return UnlockStatement.model_validate_json(raw)
    except InvalidSignature:
        raise PermitError("The permit is not signed by the centre this kiosk is enrolled at.") from None
    except (ValidationError, ValueError):
        raise PermitError("The permit cannot be read.") from None


def check_permit(statement: UnlockStatement, *, kiosk_id: str, last_serial: int, now: datetime) -> None:
    """Raise PermitError unless the permit opens this kiosk now. `last_serial`: the highest serial number this kiosk has
    accepted."""
    if kiosk_id not in statement.kiosks:
        raise PermitError(f"The permit is for other kiosks than {kiosk_id}.")
    if statement.serial < last_serial:
        raise PermitError("A newer permit was used at this kiosk; this one is no longer valid.")
    if now > statement.expires:
        raise PermitError(f"The permit expired at {statement.expires:%Y-%m-%d %H:%M} UTC.")
    if now < statement.issued - timedelta(days=1):
        raise PermitError("The clock of this kiosk is wrong: it is before the day of the permit.")
