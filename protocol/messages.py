"""The messages between kiosk and centre, outside the seal. JSON over HTTPS; bytes are base64url without padding.

The requests of one visit:

    parts first, by the hash of their sealed bytes, then the submission that names them:
    HEAD  /api/v1/parts/{sha256}     -> 200 `Upload-Offset: n` (n bytes held), `Upload-Complete: ?1` if whole; 404 none
    PATCH /api/v1/parts/{sha256}     <- bytes from `Upload-Offset: n` on, `Upload-Length: total` -> 204 `Upload-Offset`
    POST  /api/v1/submissions        <- Delivery, `Idempotency-Key: <submission id>` -> 200 Receipt, also on a replay
    POST  /api/v1/heartbeats         <- Heartbeat -> 204 `Centre-Keys: <sealing> <receipt>`: today's, by fingerprint;
                                        `Staff-Call: <call> <response>` while staff are called (protocol.staff_call),
                                        `Notice-Channels: sms` (protocol.notice_channels)
    GET   /api/v1/enrolments/{id}/keys -> 200 CentreKeys, when `Centre-Keys` names others than the kiosk uses
    GET   /api/v1/enrolments/{id}/commands -> 200 RemoteCommands, when `Remote-Commands` names any (remote_command)
    GET   /api/v1/enrolments/{id}/release -> 200 ReleaseRequest, when `Requested-Release` changes (release_request); 404
    PUT   /api/v1/enrolments/{id}/commands/{command}/bundle <- a support bundle (protocol.support_bundle) -> 204
    POST  /api/v1/enrolments/{id}/commands/{command}/result <- CommandResult -> 204, also on a repeat
    POST  /api/v1/enrolments         <- EnrolmentRequest (unsigned) -> 201 EnrolmentResponse
    GET   /api/v1/enrolments/{id}    (signed by the asking key) -> 200 EnrolmentResponse
    POST  /api/v1/track              <- TrackingRequest (unsigned) -> 200 TrackingResponse
    POST  /api/v1/track/rating       <- RatingRequest (unsigned) -> 200 TrackingResponse

Every request but the unsigned ones carries an RFC 9421 signature by the kiosk's Ed25519 key (see protocol.signing).
Errors are RFC 9457 problems.

Every text and list in a request has a limit far above what a kiosk writes: otherwise a small request could make the
centre load or store large amounts of data. Unknown fields are ignored, and unknown choices are read as the fallback
named at their field (docs/compatibility.md).
"""

from datetime import date
from enum import Enum
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from protocol.case_number import KIOSK_ID_PATTERN
from protocol.case_status import CaseStatus
from protocol.choices import MAX_PAGES, ClockQuality
from protocol.compatibility import FallBackTo
from protocol.rating import MAX_STARS
from protocol.release_request import VERSION_PATTERN
from protocol.remote_command import MAX_COMMANDS, CommandOutcome

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Base64 = Annotated[str, StringConstraints(max_length=4 * 1024 * 1024, pattern=r"^[A-Za-z0-9_-]*$")]  # a whole request
EncodedKey = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_-]*$")]  # raw: 43 characters
ShortText = Annotated[str, StringConstraints(max_length=64)]  # an id, a fingerprint, a number, a code
MediumText = Annotated[str, StringConstraints(max_length=200)]
StaffCallId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{0,64}$")]
MAX_DEVICES, MAX_FINDINGS = 64, 100  # of a heartbeat
MAX_RATED = 50  # agencies that one citizen rates


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class SealedPart(_Message):
    """One sealed page: its index in the letter, and hash and size of its sealed bytes."""

    index: int = Field(ge=0, lt=MAX_PAGES)
    sha256: Sha256
    size: int = Field(gt=0)


class ClockReading(_Message):
    """A reading of the kiosk's clocks: the centre reconstructs the time from all four fields."""

    wall: AwareDatetime
    quality: Annotated[ClockQuality, FallBackTo(ClockQuality.UNTRUSTED)]
    boot_id: ShortText
    monotonic_ms: int = Field(ge=0)


class Delivery(_Message):
    """A submission as sent: everything about the visit is inside `sealed`. No part is listed twice."""

    protocol_version: Literal[1] = 1
    submission_id: UUID
    kiosk_id: ShortText
    case_number: ShortText
    moment: ClockReading
    sent: ClockReading  # the same clocks at the time of sending, to measure the kiosk's clock
    sealing_key: ShortText  # fingerprint of the centre key it was sealed to
    sealed: Base64
    sealed_sha256: Sha256
    parts: tuple[SealedPart, ...] = Field(default=(), max_length=MAX_PAGES)
    receipt_confirmed: bool | None = None  # whether the citizen confirmed having code and number; None: not known

    @model_validator(mode="after")
    def _check_distinct_parts(self) -> Self:
        """Each page is sealed separately, so no kiosk sends two equal parts."""
        for values in ({part.index for part in self.parts}, {part.sha256 for part in self.parts}):
            if len(values) != len(self.parts):
                raise ValueError("A part is named twice")
        return self


class ReceiptStatement(_Message):
    """The signed content of a receipt: the centre holds this submission."""

    protocol_version: Literal[1] = 1
    submission_id: UUID
    case_number: ShortText
    kiosk_id: ShortText
    sealed_sha256: Sha256
    parts: tuple[Sha256, ...] = Field(default=(), max_length=MAX_PAGES)
    received_at: AwareDatetime


class Receipt(_Message):
    """The statement as canonical JSON bytes (base64url) and the centre's Ed25519 signature over those bytes."""

    statement: Base64
    signature: Base64
    key: ShortText  # fingerprint of the receipt key


class EnrolmentStatus(Enum):
    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    REVOKED = "revoked"


class EnrolmentRequest(_Message):
    """A kiosk requests its enrolment. It proposes the id in kiosk.toml; public keys are raw 32 bytes."""

    kiosk_id: Annotated[str, StringConstraints(pattern=f"^{KIOSK_ID_PATTERN}$")]
    signing_key: EncodedKey
    hall: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] = ""


class EnrolmentResponse(_Message):
    """The centre's response. `compare_code` is derived by both sides from all public keys (protocol.keys.compare_code)
    and is NOT sent: the officer types the code that the kiosk shows, and the centre compares it. The fields after
    `status` with defaults are filled once approved."""

    enrolment_id: UUID
    status: Annotated[EnrolmentStatus, FallBackTo(EnrolmentStatus.PENDING)]
    sealing_key: EncodedKey  # the centre's X25519 public key, raw
    receipt_key: EncodedKey  # the centre's Ed25519 public key, raw
    kiosk_id: ShortText = ""
    series: ShortText = ""  # the letter of the case number series given at this enrolment
    public_url: MediumText = ""
    centre_name_th: MediumText = ""
    centre_name_en: MediumText = ""


class CentreKeysStatement(_Message):
    """The keys that one kiosk must use from now on. This statement is what the centre signs
    (protocol.signing.sign_keys).

    `since` is when the centre began to use them. A kiosk accepts no statement that is older than its last one."""

    protocol_version: Literal[1] = 1
    enrolment_id: UUID
    sealing_key: EncodedKey  # X25519, raw
    receipt_key: EncodedKey  # Ed25519, raw
    since: AwareDatetime


class CentreKeys(_Message):
    """The statement as canonical JSON bytes (base64url), signed with the receipt key that this kiosk already has: trust
    in the new keys derives from the keys that people compared at the enrolment."""

    statement: Base64
    signature: Base64
    key: ShortText  # fingerprint of the signing receipt key


class RemoteCommandStatement(_Message):
    """One command to one kiosk. This statement is what the centre signs (protocol.signing.sign_command).

    `issued_at` orders the commands of a kiosk, which carries out none that was issued before its last one: a recorded
    statement has no effect. `kind`: a CommandKind, or one that only a newer centre knows."""

    protocol_version: Literal[1] = 1
    enrolment_id: UUID
    command_id: UUID
    kind: ShortText
    issued_at: AwareDatetime


class RemoteCommand(_Message):
    """The statement as canonical JSON bytes (base64url), signed with the receipt key that this kiosk has."""

    statement: Base64
    signature: Base64
    key: ShortText  # fingerprint of the signing receipt key


class RemoteCommands(_Message):
    """The commands of a kiosk without a result, the oldest first."""

    commands: tuple[RemoteCommand, ...] = Field(default=(), max_length=MAX_COMMANDS)


class CommandResult(_Message):
    """How a command ended; `detail` is a sentence for engineers, without personal data."""

    outcome: Annotated[CommandOutcome, FallBackTo(CommandOutcome.FAILED)]
    detail: MediumText = ""


class ReleaseRequestStatement(_Message):
    """The release that one kiosk should install. This statement is what the centre signs
    (protocol.signing.sign_release_request).

    `version`: of the package, or its part before `+deb12`, `+deb13`. The window is in hours of the kiosk's day, and may
    include midnight. `requested_at` orders the requests: a kiosk accepts none that is older than its last one."""

    protocol_version: Literal[1] = 1
    enrolment_id: UUID
    version: Annotated[str, StringConstraints(pattern=f"^{VERSION_PATTERN}$")]
    from_hour: int = Field(ge=0, le=23)
    until_hour: int = Field(ge=0, le=23)
    requested_at: AwareDatetime


class ReleaseRequest(_Message):
    """The statement as canonical JSON bytes (base64url), signed with the receipt key that this kiosk has."""

    statement: Base64
    signature: Base64
    key: ShortText  # fingerprint of the signing receipt key


class ReleaseReport(_Message):
    """The releases of a kiosk: versions of its package, '' where it has none. `failed` is the last that did not work,
    `reason` a code (provision/release_trial.py), `detail` a text for engineers."""

    running: MediumText = ""
    requested: MediumText = ""
    failed: MediumText = ""
    reason: ShortText = ""
    detail: MediumText = ""
    is_on_trial: bool = False


class Consumables(_Message):
    """What of a kiosk wears out or runs out; None where the kiosk does not know it."""

    paper_left_mm: int | None = Field(default=None, ge=0, le=10**6)
    paper_days: int | None = Field(default=None, ge=0, le=999)  # until the roll ends, at the rate of this roll
    printed_m: int | None = Field(default=None, ge=0, le=10**7)  # since the installation
    cutter_percent: int | None = Field(default=None, ge=0, le=999)  # of the cuts that its maker promises
    disk_percent: int | None = Field(default=None, ge=0, le=255)  # worn, as the disk itself reports
    is_disk_failing: bool = False


class Heartbeat(_Message):
    """A kiosk's state, sent each minute. No personal data. `moment` orders the heartbeats of one kiosk: within a boot
    `monotonic_ms` grows, so that a replayed heartbeat is detected."""

    kiosk_id: ShortText
    version: MediumText
    moment: ClockReading
    outbox_count: int = Field(ge=0)
    oldest_unsent: AwareDatetime | None = None
    devices: dict[ShortText, MediumText] = Field(default={}, max_length=MAX_DEVICES)  # device name -> status value
    findings: tuple[ShortText, ...] = Field(default=(), max_length=MAX_FINDINGS)  # codes of open health findings
    consumables: Consumables = Consumables()
    release: ReleaseReport = ReleaseReport()
    staff_called: bool = False
    staff_call: StaffCallId = ""  # names the open call
    disk_free: int | None = Field(default=None, ge=0)  # bytes for more complaints
    refused: int = Field(default=0, ge=0)  # complaints that the centre refuses
    # Versions of other software by name: 'python', 'sqlite', 'linux'.
    versions: dict[ShortText, MediumText] = Field(default={}, max_length=32)
    # Fingerprints of the centre's (sealing, receipt) keys this kiosk uses; a later version may add more.
    centre_keys: tuple[ShortText, ...] | None = Field(default=None, max_length=8)


class TrackingRequest(_Message):
    code: str = Field(max_length=64, repr=False)
    language: Annotated[Literal["th", "en"], FallBackTo("en")] = "th"


class TrackingStep(_Message):
    """One line of the history: `at` is when it was reached.

    `status` is the code of a CaseStatus, or a code that only a newer centre knows; `text` is its sentence."""

    status: str
    text: str
    at: AwareDatetime


class BodyToRate(_Message):
    """An agency that the citizen can rate, the centre itself, or a question of the survey. `key` names it in a
    RatingRequest."""

    key: str
    name: str


class TrackingResponse(_Message):
    """The status of a case, without personal data. `found` is False when the centre has no such case (yet); `sentence`
    then says what to do.

    `status`: as in TrackingStep. Every text for the citizen is in the message: an unknown status needs no table."""

    found: bool
    sentence: str  # the one sentence at the top
    case_number: str = ""
    status: str | None = None
    agency: str = ""
    officer: str = ""
    due: str = ""  # ISO date or ''
    outcome: str = ""  # result of the case, once closed
    steps: tuple[TrackingStep, ...] = ()
    closed: bool | None = None  # whether nothing more will happen; None: a centre that does not send the field
    deadline: str = ""  # one sentence: the due date and its reason, or why there is none
    message: str = ""  # the latest text of centre or agency for the citizen
    is_question: bool = False  # the case waits for the citizen's answer to `message`
    accepts_details: bool = False  # the tracking page takes text, photos and PDFs for this case now
    to_rate: tuple[BodyToRate, ...] = ()  # who can be rated now; () when nobody can
    has_rated: bool = False  # the citizen has rated since the case was closed
    # Questions of the yearly survey, answered from 1 to 5 in a RatingRequest; () when there is none to answer now.
    survey: tuple[BodyToRate, ...] = ()

    @property
    def rows_to_rate(self) -> tuple[BodyToRate, ...]:
        """What gets 1 to 5 next: who worked on the case, then the questions of the survey."""
        return self.to_rate or self.survey

    @property
    def is_closed(self) -> bool:
        """Whether nothing more will happen, also under a status that this version does not know."""
        return self.status == CaseStatus.CLOSED if self.closed is None else self.closed

    @property
    def due_date(self) -> date | None:
        """`due`, None when it is '' or no date."""
        try:
            return date.fromisoformat(self.due)
        except ValueError:
            return None


class GivenStars(_Message):
    """One to five stars for a BodyToRate."""

    key: ShortText
    stars: int = Field(ge=1, le=MAX_STARS)


class RatingRequest(TrackingRequest):
    """Stars for everybody in `TrackingResponse.to_rate`, or 1 to 5 for every question in `survey`. A case is rated once
    after each closing, and its survey answered once a year: a repeated request changes nothing, and its response is the
    case as it is."""

    ratings: tuple[GivenStars, ...] = Field(min_length=1, max_length=MAX_RATED)


class Problem(_Message):
    """RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
