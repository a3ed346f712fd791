"""A stick with signed settings: the answers of the set-up for kiosks by the serial numbers of their machines.

The centre signs it with its receipt key. A kiosk that is not enrolled does not know that key yet: it takes the one in
the file, and the set-up ends only if the enrolment, which two people compare, gives the same key. An enrolled kiosk
accepts its own centre's key only.
"""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from protocol import keys
from protocol.encoding import from_base64, to_base64
from protocol.messages import Base64

FILE_NAME = "damrongdham-setup.signed"  # in the first directory of a stick
MAX_BYTES = 512 * 1024  # 400 kiosks take 300 KB
MAX_KIOSKS = 400
MAX_DAYS = 60
_CONTEXT = b"damrongdham-kiosk setup stick 1\n"  # no permit and no receipt is valid as settings
PIN_HASH = "pin.hash"  # the hash that `kiosk pin` prints; a PIN itself is never on a stick
# Answers that a stick may give: the pages of the set-up that are typed or chosen without looking at the machine.
ANSWER_NAMES = (
    "network.kind",
    "network.address",
    "network.gateway",
    "network.dns",
    "network.login",
    "network.identity",
    "network.password",
    "network.ssid",
    "network.wifi_password",
    "network.apn",
    "network.proxy",
    "clock.kind",
    "clock.server",
    "centre.url",
    "hall.kiosk_id",
    "hall.name_th",
    "hall.name_en",
    "hall.area",
    "hall.phone",
    "screen.width",
    "screen.rotation",
    "printer.width",
    PIN_HASH,
)

MachineSerial = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/ -]{1,64}$")]
Answer = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class SetupStickError(Exception):
    """The stick does not set this kiosk up. `reason` is one of: unreadable, signature, foreign, replay, expired,
    other_centre."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SetupStatement(BaseModel):
    """The signed content: answers by the serial number of the machine, and the number of this issue."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    protocol_version: Literal[1] = 1
    number: int = Field(ge=1, lt=1 << 53)
    issued: AwareDatetime
    expires: AwareDatetime
    receipt_key: Base64
    machines: dict[MachineSerial, dict[str, Answer]] = Field(min_length=1, max_length=MAX_KIOSKS)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.issued < self.expires <= self.issued + timedelta(days=MAX_DAYS):
            raise ValueError(f"A stick is valid for at most {MAX_DAYS} days")
        unknown = {name for answers in self.machines.values() for name in answers} - set(ANSWER_NAMES)
        if unknown:
            raise ValueError(f"There is no answer {min(unknown)}")
        return self


class SetupStick(BaseModel):
    """The statement as JSON bytes (base64url) and the centre's Ed25519 signature."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    statement: Base64
    signature: Base64

    def to_bytes(self) -> bytes:
        """The file."""
        return self.model_dump_json(indent=1).encode() + b"\n"


def sign_stick(statement: SetupStatement, key: Ed25519PrivateKey) -> SetupStick:
    """The stick's content, signed with the receipt key that the statement names."""
    raw = statement.model_dump_json().encode()
    return SetupStick(statement=to_base64(raw), signature=to_base64(key.sign(_CONTEXT + raw)))


def read_stick(content: bytes, *, known_key: bytes | None) -> SetupStatement:
    """The statement, after verifying its signature. `known_key`: the receipt key of the centre that this kiosk is
    enrolled at, None before the enrolment. Raises SetupStickError."""
    try:
        if len(content) > MAX_BYTES:
            raise SetupStickError("unreadable")
        stick = SetupStick.model_validate_json(content)
        raw = from_base64(stick.statement)
        statement = SetupStatement.model_validate_json(raw)
        key = from_base64(statement.receipt_key)
        if known_key is not None and key != known_key:
            raise SetupStickError("other_centre")
        Ed25519PublicKey.from_public_bytes(key).verify(from_base64(stick.signature), _CONTEXT + raw)
    except InvalidSignature:
        raise SetupStickError("signature") from None
    except (ValidationError, ValueError):
        raise SetupStickError("unreadable") from None
    return statement


def answers_for(
    statement: SetupStatement, machine_serial: str, *, last_number: int, is_finished: bool, now: datetime
) -> dict[str, str]:
    """The answers for the machine with this serial number. `last_number` is the highest number that this kiosk has
    used; the same stick continues a set-up, but does not begin another one after it `is_finished`. Raises
    SetupStickError."""
    if machine_serial not in statement.machines:
        raise SetupStickError("foreign")
    if statement.number < last_number or (is_finished and statement.number == last_number):
        raise SetupStickError("replay")
    if now > statement.expires:
        raise SetupStickError("expired")
    return dict(statement.machines[machine_serial])


def receipt_key_of(key: Ed25519PrivateKey) -> str:
    """The public key for `SetupStatement.receipt_key`."""
    return to_base64(keys.public_key_bytes(key))
