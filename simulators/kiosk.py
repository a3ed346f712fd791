"""A simulated kiosk: it composes, seals and signs like a real one, with invented people.

It uses `protocol` only and shares no code with the kiosk's outbox and forwarder, so it does not share their errors. A
transport sends its requests: HTTP (`simulators.http_transport`), or Django's test client in the tests of the centre.
"""

import hashlib
import itertools
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from requests import PreparedRequest
from uuid6 import uuid7

from protocol import envelope, keys, signing, tracking_code
from protocol.case_number import CaseNumber
from protocol.choices import ClockQuality, IdentitySource
from protocol.encoding import from_base64, to_base64
from protocol.messages import (
    ClockReading,
    Delivery,
    EnrolmentRequest,
    EnrolmentResponse,
    Heartbeat,
    Receipt,
    ReceiptStatement,
    SealedPart,
)
from protocol.submission import Contact, Identity, Page, Submission
from protocol.topics import Topic

API = "/api/v1"
JPEG = b"\xff\xd8\xff\xe0" + b"a picture of a letter" * 50 + b"\xff\xd9"  # each picture begins with it, noise follows
CITIZEN_ID = "9000012345001"  # invented: no real number begins with 9
COMPLAINT_TEXT = (
    "ไฟถนนหน้าวัดกลางดับมาสามสัปดาห์แล้ว กลางคืนมืดมาก มีผู้สูงอายุและเด็กนักเรียนเดินผ่านทุกวัน เกรงว่าจะเกิดอุบัติเหตุ ขอให้ช่วยซ่อมโดยเร็ว "
)
_IDENTITY = Identity(citizen_id=CITIZEN_ID, title="นาง", first_name="บุญมา", last_name="ใจดี", birth_date="24940305")
_LETTER_PAGE = Page(media_type="image/jpeg", width=1654, height=2339, text="เรียน ผู้ว่าราชการจังหวัด", confidence=91.5)
_FULL_LETTER_PAGE = _LETTER_PAGE.model_copy(update={"text": "เรียน ผู้ว่าราชการจังหวัด ข้าพเจ้าขอร้องเรียนเรื่องถนนชำรุด " * 20})
_JSON = {"Content-Type": "application/json"}

_millisecond_offsets = itertools.count(1)  # no two clock readings within one millisecond


class NotDeliveredError(Exception):
    """The centre's response was wrong."""


class Response(Protocol):
    """A response of the centre."""

    @property
    def status_code(self) -> int: ...
    @property
    def content(self) -> bytes: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


ResponseT = TypeVar("ResponseT", bound=Response)
ResponseT_co = TypeVar("ResponseT_co", bound=Response, covariant=True)


class SignedRequest(NamedTuple):
    """One request as sent, with the signature in its headers."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]


class Transport(Protocol[ResponseT_co]):
    """Sends requests to one central service. `url` is the address that is signed."""

    url: str

    def send(self, request: SignedRequest) -> ResponseT_co: ...


@dataclass(frozen=True)
class SealedVisit:
    """One visit, sealed: the delivery and the sealed pages it lists."""

    delivery: Delivery
    pages: tuple[bytes, ...]

    @property
    def size_bytes(self) -> int:
        """Bytes that are sent, headers aside."""
        return len(self.delivery.model_dump_json()) + sum(len(page) for page in self.pages)


def kiosk_moment(**changes: Any) -> ClockReading:
    """The present moment on a kiosk's clocks, later than every reading before it."""
    since_boot_ms = time.monotonic_ns() // 1_000_000 + next(_millisecond_offsets)
    reading = ClockReading(
        wall=datetime.now(UTC), quality=ClockQuality.SYNCHRONISED, boot_id="boot-1", monotonic_ms=since_boot_ms
    )
    return reading.model_copy(update=changes)


class SimulatedKiosk(Generic[ResponseT]):
    """One kiosk with its own key. `enrolment_response` is what the centre last sent about its enrolment;
    `running_number` is the last case number it has issued."""

    enrolment_response: EnrolmentResponse

    def __init__(
        self,
        kiosk_id: str,
        transport: Transport[ResponseT],
        *,
        key: Ed25519PrivateKey | None = None,
        running_number: int = 0,
    ) -> None:
        self.kiosk_id = kiosk_id
        self.transport = transport
        self.key = key or keys.new_signing_key()
        self.running_number = running_number

    def __str__(self) -> str:
        return f"{self.kiosk_id}{self.enrolment_response.series}"

    # --- enrolment ---

    @property
    def public_key(self) -> bytes:
        """Raw Ed25519 public key."""
        return keys.public_key_bytes(self.key)

    @property
    def key_id(self) -> str:
        """Fingerprint of the public key."""
        return keys.fingerprint(self.public_key)

    @property
    def sealing_key(self) -> bytes:
        """The centre's raw X25519 public key."""
        return from_base64(self.enrolment_response.sealing_key)

    @property
    def receipt_key(self) -> bytes:
        """The centre's raw Ed25519 public key."""
        return from_base64(self.enrolment_response.receipt_key)

    @property
    def compare_code(self) -> str:
        """The code the kiosk shows, derived from the keys it knows."""
        return keys.compare_code(
            self.public_key, self.sealing_key, self.receipt_key, self.enrolment_response.enrolment_id
        )

    def request_enrolment(self, hall: str = "ศาลากลาง") -> ResponseT:
        """Ask the centre for an enrolment; the response is stored when it is 201."""
        request = EnrolmentRequest(kiosk_id=self.kiosk_id, signing_key=to_base64(self.public_key), hall=hall)
        response = self.transport.send(
            SignedRequest("POST", f"{API}/enrolments", request.model_dump_json().encode(), dict(_JSON))
        )
        if response.status_code == 201:
            self.enrolment_response = EnrolmentResponse.model_validate_json(response.content)
        return response

    def fetch_enrolment(self) -> None:
        """Store what the centre now says about the enrolment."""
        response = self.send_signed_request("GET", f"{API}/enrolments/{self.enrolment_response.enrolment_id}")
        self.enrolment_response = EnrolmentResponse.model_validate_json(response.content)

    # --- requests ---

    def sign_request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> SignedRequest:
        """The request with this kiosk's signature. A body is JSON unless `headers` say otherwise."""
        all_headers = {**(_JSON if body else {}), **(headers or {})}
        prepared = PreparedRequest()
        prepared.prepare(method, f"{self.transport.url}{path}", headers=all_headers, data=body or None)
        signing.sign_request(prepared, self.key, self.key_id)
        signed_headers = {name: str(value) for name, value in prepared.headers.items()}
        return SignedRequest(method, path, body, signed_headers)

    def send_signed_request(self, method: str, path: str, body: bytes = b"", **headers: str) -> ResponseT:
        """A signed request; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.transport.send(self.sign_request(method, path, body, named))

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> ResponseT:
        """A request sent unchanged and, unless `headers` hold a signature, unsigned."""
        return self.transport.send(SignedRequest(method, path, body, headers))

    # --- composing and sealing ---

    def submission(self, **changes: Any) -> Submission:
        """A typed complaint under the next case number."""
        self.running_number += 1
        now = datetime.now(UTC)
        submission = Submission(
            submission_id=UUID(str(uuid7())),
            tracking_code=tracking_code.generate(),
            case_number=str(CaseNumber(self.kiosk_id, self.enrolment_response.series or "A", self.running_number)),
            topic=Topic.UTILITIES,
            area="400107",
            spot="หน้าวัดกลาง",
            text="ไฟถนนหน้าวัดดับมาสามสัปดาห์",
            contact=Contact(phone="0812345678"),
            identity=_IDENTITY,
            identity_source=IdentitySource.CHIP,
            notice_version="2569-01",
            notice_accepted_at=now - timedelta(minutes=3),
            clock_quality=ClockQuality.SYNCHRONISED,
        )
        return submission.model_copy(update=changes)

    def letter_submission(self, pages: int, **changes: Any) -> Submission:
        """A complaint with a scanned letter of `pages` pages."""
        return self.submission(pages=(_LETTER_PAGE,) * pages, **changes)

    def seal(self, submission: Submission, part: str, plaintext: bytes) -> bytes:
        """`plaintext` sealed to the centre as one part of the submission."""
        return envelope.seal(
            plaintext,
            self.sealing_key,
            kiosk_id=self.kiosk_id,
            submission_id=submission.submission_id,
            part=part,
        )

    def sealed_pages(self, submission: Submission, page_bytes: int = len(JPEG) + 8) -> list[bytes]:
        """One sealed picture for each page: noise, because a photograph cannot be compressed either."""
        return [
            self.seal(submission, envelope.page_part(index), JPEG + secrets.token_bytes(page_bytes - len(JPEG)))
            for index in range(len(submission.pages))
        ]

    def delivery(self, submission: Submission, pages: Sequence[bytes] = (), **changes: Any) -> Delivery:
        """The delivery of a submission with these sealed pages. `changes` replace fields outside the seal."""
        sealed = self.seal(submission, envelope.SUBMISSION_PART, submission.model_dump_json().encode())
        delivery = Delivery(
            submission_id=submission.submission_id,
            kiosk_id=self.kiosk_id,
            case_number=submission.case_number,
            moment=kiosk_moment(monotonic_ms=1_000_000),
            sent=kiosk_moment(monotonic_ms=1_060_000),
            sealing_key=keys.fingerprint(self.sealing_key),
            sealed=to_base64(sealed),
            sealed_sha256=hashlib.sha256(sealed).hexdigest(),
            parts=tuple(
                SealedPart(index=index, sha256=hashlib.sha256(page).hexdigest(), size=len(page))
                for index, page in enumerate(pages)
            ),
            receipt_confirmed=True,
        )
        return delivery.model_copy(update=changes)

    def create_visit(self, pages: int = 0, page_bytes: int = 300_000, **changes: Any) -> SealedVisit:
        """A whole visit of a new citizen: typed text, or a letter of `pages` pages. `changes` replace fields outside
        the seal."""
        citizen = _IDENTITY.model_copy(update={"citizen_id": f"9{self.running_number + 1:012}"})
        if pages:
            submission = self.submission(identity=citizen, text="", pages=(_FULL_LETTER_PAGE,) * pages)
        else:
            submission = self.submission(identity=citizen, text=COMPLAINT_TEXT * 3)
        sealed_pages = self.sealed_pages(submission, page_bytes)
        return SealedVisit(self.delivery(submission, sealed_pages, **changes), tuple(sealed_pages))

    # --- delivering ---

    def part_request(self, sealed_page: bytes, offset: int = 0, end_offset: int | None = None) -> SignedRequest:
        """The request that uploads the bytes from `offset` to `end_offset` of a sealed page."""
        headers = {
            "Upload-Offset": str(offset),
            "Upload-Length": str(len(sealed_page)),
            "Content-Type": "application/octet-stream",
        }
        return self.sign_request("PATCH", _part_path(sealed_page), sealed_page[offset:end_offset], headers)

    def upload(self, sealed_page: bytes, offset: int = 0, end_offset: int | None = None) -> ResponseT:
        """Upload the bytes from `offset` to `end_offset` of a sealed page."""
        return self.transport.send(self.part_request(sealed_page, offset, end_offset))

    def get_part_offset(self, sealed_page: bytes) -> int:
        """How many bytes of a sealed page the centre holds."""
        response = self.send_signed_request("HEAD", _part_path(sealed_page))
        return int(response.headers.get("Upload-Offset") or 0)

    def deliver(self, delivery: Delivery, key: str | None = None) -> ResponseT:
        """Send a delivery whose parts are uploaded. `key` is the idempotency key, as a rule the submission id."""
        return self.send_signed_request(
            "POST",
            f"{API}/submissions",
            delivery.model_dump_json().encode(),
            Idempotency_Key=f'"{key or delivery.submission_id}"',
        )

    def deliver_visit(self, visit: SealedVisit) -> None:
        """Deliver pages and submission and check the receipt. Raises NotDeliveredError."""
        for page in visit.pages:
            response = self.upload(page)
            if response.status_code != 204:
                raise NotDeliveredError(f"The response to a page is {response.status_code}")
        self.check_receipt(visit, self.deliver(visit.delivery))

    def verify_receipt(self, response: Response) -> ReceiptStatement:
        """The statement of a signed receipt. Raises NotDeliveredError when the response is not the centre's receipt."""
        if response.status_code != 200:
            raise NotDeliveredError(f"The response to a submission is {response.status_code}: {response.content!r}")
        try:
            return signing.verify_receipt(Receipt.model_validate_json(response.content), self.receipt_key)
        except (signing.ReceiptError, ValueError) as error:
            raise NotDeliveredError(f"Not a receipt of the centre: {error}") from error

    def check_receipt(self, visit: SealedVisit, response: Response) -> None:
        """Raises NotDeliveredError unless the response is the centre's receipt for exactly this visit."""
        statement = self.verify_receipt(response)
        delivery = visit.delivery
        if (statement.submission_id, statement.sealed_sha256, statement.parts) != (
            delivery.submission_id,
            delivery.sealed_sha256,
            tuple(part.sha256 for part in delivery.parts),
        ):
            raise NotDeliveredError("The receipt is for another delivery")

    def send_heartbeat(self, devices: dict[str, str], findings: Sequence[str] = (), pending_count: int = 0) -> None:
        """Send one heartbeat. Raises NotDeliveredError."""
        heartbeat = Heartbeat(
            kiosk_id=self.kiosk_id,
            version="simulated",
            moment=kiosk_moment(),
            outbox_count=pending_count,
            oldest_unsent=datetime.now(UTC) - timedelta(hours=pending_count) if pending_count else None,
            devices=devices,
            findings=tuple(findings),
        )
        response = self.send_signed_request("POST", f"{API}/heartbeats", heartbeat.model_dump_json().encode())
        if response.status_code != 204:
            raise NotDeliveredError(f"The response to a heartbeat is {response.status_code}")


def _part_path(sealed_page: bytes) -> str:
    return f"{API}/parts/{hashlib.sha256(sealed_page).hexdigest()}"
