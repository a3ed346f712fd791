"""A simulated kiosk: what it seals, and each step of delivering it."""

import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from uuid6 import uuid7

from central.simulation.connection import CentreConnection, Response
from protocol import envelope, keys, signing, tracking_code
from protocol.case_number import CaseNumber
from protocol.choices import ClockQuality, IdentitySource
from protocol.encoding import to_base64
from protocol.messages import ClockReading, Delivery, Heartbeat, Receipt, SealedPart
from protocol.submission import Contact, Identity, Page, Submission
from protocol.topics import Topic

_JSON = {"Content-Type": "application/json"}
_COMPLAINT_TEXT = (
    "ไฟถนนหน้าวัดกลางดับมาสามสัปดาห์แล้ว กลางคืนมืดมาก มีผู้สูงอายุและเด็กนักเรียนเดินผ่านทุกวัน เกรงว่าจะเกิดอุบัติเหตุ ขอให้ช่วยซ่อมโดยเร็ว "
)
_RECOGNISED_TEXT = "เรียน ผู้ว่าราชการจังหวัด ข้าพเจ้าขอร้องเรียนเรื่องถนนชำรุด " * 20  # what recognition made of a page


class NotDeliveredError(Exception):
    """The centre did not give the receipt that was due."""


@dataclass(frozen=True)
class CentrePublicKeys:
    """What a kiosk knows of its centre: raw public keys."""

    sealing_key: bytes
    receipt_key: bytes


@dataclass(frozen=True)
class SealedVisit:
    """One visit, sealed: the delivery and the sealed pages it names."""

    delivery: Delivery
    pages: tuple[bytes, ...]

    @property
    def size_bytes(self) -> int:
        """Bytes that cross the line, headers aside."""
        return len(self.delivery.model_dump_json()) + sum(len(page) for page in self.pages)


def kiosk_moment(**changes: object) -> ClockReading:
    """This moment on a kiosk's clocks."""
    basis = ClockReading(
        wall=datetime.now(UTC), quality=ClockQuality.SYNCHRONISED, boot_id="simulated", monotonic_ms=60_000
    )
    return basis.model_copy(update=changes)


@dataclass
class SimulatedKiosk:
    """One kiosk that is enrolled under `series`; `running_number` is the last case number taken."""

    kiosk_id: str
    series: str
    centre: CentrePublicKeys
    key: Ed25519PrivateKey = field(default_factory=keys.new_signing_key, repr=False)
    running_number: int = 0
    revoked: bool = False

    def __str__(self) -> str:
        return f"{self.kiosk_id}{self.series}"

    def create_visit(self, pages: int = 0, page_bytes: int = 300_000, **outside: object) -> SealedVisit:
        """A citizen has been here, with a letter of so many pages (pictures of noise, which like a photograph cannot
        be compressed). `outside` changes what stands outside the seal."""
        self.running_number += 1
        submission = self._submission(pages)
        pictures = tuple(
            self._seal(submission, envelope.page_part(index), b"\xff\xd8\xff\xe0" + secrets.token_bytes(page_bytes - 4))
            for index in range(pages)
        )
        sealed = self._seal(submission, envelope.SUBMISSION_PART, submission.model_dump_json().encode())
        delivery = Delivery(
            submission_id=submission.submission_id,
            kiosk_id=self.kiosk_id,
            case_number=submission.case_number,
            moment=kiosk_moment(monotonic_ms=1),
            sent=kiosk_moment(),
            sealing_key=keys.fingerprint(self.centre.sealing_key),
            sealed=to_base64(sealed),
            sealed_sha256=hashlib.sha256(sealed).hexdigest(),
            parts=tuple(
                SealedPart(index=index, sha256=hashlib.sha256(page).hexdigest(), size=len(page))
                for index, page in enumerate(pictures)
            ),
            receipt_confirmed=True,
        )
        return SealedVisit(delivery.model_copy(update=outside), pictures)

    def deliver(self, connection: CentreConnection, visit: SealedVisit) -> int:
        """Pages, submission, receipt, as on a good line; how many requests it took. Raises NotDeliveredError."""
        for page in visit.pages:
            if (response := self.send_page(connection, page)) is None or response.status != 204:
                raise NotDeliveredError(f"A page was answered with {response and response.status}")
        self.check_receipt(visit, self.submit(connection, visit.delivery))
        return len(visit.pages) + 1

    def send_page(
        self,
        connection: CentreConnection,
        page: bytes,
        offset: int = 0,
        end_offset: int | None = None,
        *,
        cut_after_bytes: int | None = None,
    ) -> Response | None:
        """The bytes of a sealed page from `offset` to `end_offset`; `cut_after_bytes`: the line breaks after so many of
        them."""
        headers = {
            "Upload-Offset": str(offset),
            "Upload-Length": str(len(page)),
            "Content-Type": "application/octet-stream",
        }
        path = f"/parts/{hashlib.sha256(page).hexdigest()}"
        return connection.send_request(
            self.key, "PATCH", path, page[offset:end_offset], headers, cut_after_bytes=cut_after_bytes
        )

    def get_part_offset(self, connection: CentreConnection, page: bytes) -> int:
        """How many bytes of a sealed page the centre holds."""
        response = connection.send_request(self.key, "HEAD", f"/parts/{hashlib.sha256(page).hexdigest()}")
        return response.upload_offset() if response else 0

    def submit(self, connection: CentreConnection, delivery: Delivery) -> Response:
        """Hand over a submission whose pages are there."""
        headers = {**_JSON, "Idempotency-Key": f'"{delivery.submission_id}"'}
        response = connection.send_request(
            self.key, "POST", "/submissions", delivery.model_dump_json().encode(), headers
        )
        if response is None:
            raise NotDeliveredError("No answer")
        return response

    def check_receipt(self, visit: SealedVisit, response: Response) -> None:
        """Is this the centre's receipt for exactly this visit? Raises NotDeliveredError when not: it must be kept."""
        if response.status != 200:
            raise NotDeliveredError(f"A submission was answered with {response.status}")
        try:
            stated = signing.verify_receipt(Receipt.model_validate_json(response.body), self.centre.receipt_key)
        except (signing.ReceiptError, ValueError) as error:
            raise NotDeliveredError(f"No receipt: {error}") from error
        sent = visit.delivery
        if (stated.submission_id, stated.sealed_sha256, stated.parts) != (
            sent.submission_id,
            sent.sealed_sha256,
            tuple(part.sha256 for part in sent.parts),
        ):
            raise NotDeliveredError("The receipt is for something else")

    def send_heartbeat(
        self,
        connection: CentreConnection,
        devices: dict[str, str],
        findings: Sequence[str] = (),
        pending_count: int = 0,
    ) -> None:
        """A heartbeat. Raises NotDeliveredError."""
        heartbeat = Heartbeat(
            kiosk_id=self.kiosk_id,
            version="simulated",
            moment=kiosk_moment(monotonic_ms=time.monotonic_ns() // 1_000_000),
            outbox_count=pending_count,
            oldest_unsent=datetime.now(UTC) - timedelta(hours=pending_count) if pending_count else None,
            devices=devices,
            findings=tuple(findings),
        )
        body = heartbeat.model_dump_json().encode()
        response = connection.send_request(self.key, "POST", "/heartbeats", body, _JSON)
        if response is None or response.status != 204:
            raise NotDeliveredError(f"A heartbeat was answered with {response and response.status}")

    def _submission(self, pages: int) -> Submission:
        now = datetime.now(UTC)
        read = Page(media_type="image/jpeg", width=1654, height=2339, text=_RECOGNISED_TEXT, confidence=91.5)
        return Submission(
            submission_id=UUID(str(uuid7())),
            tracking_code=tracking_code.generate(),
            case_number=str(CaseNumber(self.kiosk_id, self.series, self.running_number)),
            topic=Topic.UTILITIES,
            area="400107",
            spot="หน้าวัดกลาง",
            text="" if pages else _COMPLAINT_TEXT * 3,
            pages=(read,) * pages,
            contact=Contact(phone="0812345678"),
            identity=Identity(
                citizen_id=f"9{self.running_number:012}",
                title="นาง",
                first_name="บุญมา",
                last_name="ใจดี",
                birth_date="24940305",
            ),
            identity_source=IdentitySource.CHIP,
            notice_version="2569-01",
            notice_accepted_at=now - timedelta(minutes=3),
            clock_quality=ClockQuality.SYNCHRONISED,
        )

    def _seal(self, submission: Submission, part: str, plaintext: bytes) -> bytes:
        return envelope.seal(
            plaintext,
            self.centre.sealing_key,
            kiosk_id=self.kiosk_id,
            submission_id=submission.submission_id,
            part=part,
        )


def with_other_content(visit: SealedVisit) -> Delivery:
    """The same submission id with another content."""
    sealed = to_base64(secrets.token_bytes(200))
    return visit.delivery.model_copy(update={"sealed": sealed})
