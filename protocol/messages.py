"""The messages between kiosk and centre, outside the seal. JSON over HTTPS; bytes are base64url without padding.

The way of one visit:

    parts first, by the hash of their sealed bytes, then the submission that names them:
    HEAD  /api/v1/parts/{sha256}     -> 200 `Upload-Offset: n` (n bytes held), `Upload-Complete: ?1` if whole; 404 none
    PATCH /api/v1/parts/{sha256}     <- bytes from `Upload-Offset: n` on, `Upload-Length: total` -> 204 `Upload-Offset`
    POST  /api/v1/submissions        <- Delivery, `Idempotency-Key: <submission id>` -> 200 Receipt, also on a replay
    POST  /api/v1/heartbeats         <- Heartbeat -> 204 `Centre-Keys: <sealing> <receipt>`: today's, by fingerprint
    GET   /api/v1/enrolments/{id}/keys -> 200 CentreKeys, to be asked when `Centre-Keys` names others than the kiosk's
    POST  /api/v1/enrolments         <- EnrolmentRequest (unsigned) -> 201 EnrolmentAnswer
    GET   /api/v1/enrolments/{id}    (signed by the asking key) -> 200 EnrolmentAnswer
    POST  /api/v1/track              <- TrackQuestion (unsigned) -> 200 TrackAnswer

Every request but the unsigned ones carries an RFC 9421 signature by the kiosk's Ed25519 key (see protocol.signing).
Errors are RFC 9457 problems.
"""

from enum import Enum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from protocol.case_status import CaseStatus
from protocol.choices import ClockQuality

PROTOCOL_VERSION = 1

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Base64 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]*$")]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class SealedPart(_Message):
    """One sealed page: where it stands in the letter, and the hash and size of its sealed bytes."""

    index: int = Field(ge=0, lt=100)
    sha256: Sha256
    size: int = Field(gt=0)


class MomentOutside(_Message):
    """When the citizen confirmed, as the kiosk knew it: the centre reconstructs the time from all four."""

    wall: AwareDatetime
    quality: ClockQuality
    boot_id: str
    monotonic_ms: int = Field(ge=0)


class Delivery(_Message):
    """A submission as it travels: everything about the visit is inside `sealed`."""

    protocol_version: Literal[1] = 1
    submission_id: UUID
    kiosk_id: str
    case_number: str
    moment: MomentOutside
    sent: MomentOutside  # the same clocks at the moment of sending, to measure the kiosk's clock by
    sealing_key: str  # fingerprint of the centre key it was sealed to
    sealed: Base64
    sealed_sha256: Sha256
    parts: tuple[SealedPart, ...] = ()
    receipt_confirmed: bool | None = None  # did the citizen confirm having code and number? None: not known


class ReceiptStatement(_Message):
    """What the centre states when it holds a submission: exactly this is signed."""

    protocol_version: Literal[1] = 1
    submission_id: UUID
    case_number: str
    kiosk_id: str
    sealed_sha256: Sha256
    parts: tuple[Sha256, ...] = ()
    received_at: AwareDatetime


class Receipt(_Message):
    """The statement as canonical JSON bytes (base64url) and the centre's Ed25519 signature over those bytes."""

    statement: Base64
    signature: Base64
    key: str  # fingerprint of the receipt key


class EnrolmentStatus(Enum):
    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    REVOKED = "revoked"


class EnrolmentRequest(_Message):
    """A kiosk asks to belong to a centre. Its id is proposed from kiosk.toml; public keys are raw 32 bytes."""

    kiosk_id: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}[0-9]{2}$")]  # \d would take Thai digits too
    signing_key: Base64
    hall: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] = ""


class EnrolmentAnswer(_Message):
    """Centre's answer. `compare_code` is derived by both sides from all public keys (protocol.keys.compare_code)
    and is NOT sent: the officer compares what the kiosk shows with what the desk shows. The fields after `status`
    with defaults are filled once approved."""

    enrolment_id: UUID
    status: EnrolmentStatus
    sealing_key: Base64  # the centre's X25519 public key, raw
    receipt_key: Base64  # the centre's Ed25519 public key, raw
    kiosk_id: str = ""
    series: str = ""  # the letter of the case number series given at this enrolment
    public_url: str = ""
    centre_name_th: str = ""
    centre_name_en: str = ""


class CentreKeysStatement(_Message):
    """The keys a centre wants one kiosk to use from now on: exactly this is signed (protocol.signing.sign_keys).

    `since` is when the centre took them in use. A kiosk takes nothing older than what it took last."""

    protocol_version: Literal[1] = 1
    enrolment_id: UUID
    sealing_key: Base64  # X25519, raw
    receipt_key: Base64  # Ed25519, raw
    since: AwareDatetime


class CentreKeys(_Message):
    """The statement as canonical JSON bytes (base64url), signed by the receipt key this kiosk knows already: so trust
    goes on from the keys that people compared at the enrolment."""

    statement: Base64
    signature: Base64
    key: str  # fingerprint of the signing receipt key


class Heartbeat(_Message):
    """What a kiosk says of itself each minute. No personal data."""

    kiosk_id: str
    version: str
    moment: MomentOutside
    outbox_count: int = Field(ge=0)
    oldest_unsent: AwareDatetime | None = None
    devices: dict[str, str] = {}  # device name -> status value
    findings: tuple[str, ...] = ()  # codes of open health findings
    staff_called: bool = False
    disk_free: int | None = Field(default=None, ge=0)  # bytes for more complaints
    refused: int = Field(default=0, ge=0)  # complaints the centre does not take as they are
    versions: dict[str, str] = {}  # what else runs there: 'python', 'sqlite', 'openssl', 'linux'
    centre_keys: tuple[str, str] | None = None  # fingerprints of the centre's (sealing, receipt) keys this kiosk uses


class TrackQuestion(_Message):
    code: str = Field(max_length=64, repr=False)
    language: Literal["th", "en"] = "th"


class TrackStep(_Message):
    """One line of the history: `at` is when it was reached."""

    status: CaseStatus
    text: str
    at: AwareDatetime


class TrackAnswer(_Message):
    """Where a case is, without personal data. `found` False: not here (yet); `sentence` says what to do then."""

    found: bool
    sentence: str  # the one sentence at the top
    case_number: str = ""
    status: CaseStatus | None = None
    agency: str = ""
    officer: str = ""
    due: str = ""  # ISO date or ''
    outcome: str = ""  # what came of it, once closed
    steps: tuple[TrackStep, ...] = ()


class Problem(_Message):
    """RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
