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

from central.simulation.connection import Answer, Line
from protocol import envelope, keys, signing, tracking_code
from protocol.case_number import CaseNumber
from protocol.choices import ClockQuality, IdentitySource
from protocol.encoding import to_base64
from protocol.messages import Delivery, Heartbeat, MomentOutside, Receipt, SealedPart
from protocol.submission import Contact, Identity, Page, Submission
from protocol.topics import Topic

_JSON = {"Content-Type": "application/json"}
_TEXT = "ไฟถนนหน้าวัดกลางดับมาสามสัปดาห์แล้ว กลางคืนมืดมาก มีผู้สูงอายุและเด็กนักเรียนเดินผ่านทุกวัน เกรงว่าจะเกิดอุบัติเหตุ ขอให้ช่วยซ่อมโดยเร็ว "
_READ = "เรียน ผู้ว่าราชการจังหวัด ข้าพเจ้าขอร้องเรียนเรื่องถนนชำรุด " * 20  # what recognition made of a page


class NotDeliveredError(Exception):
    """The centre did not give the receipt that was due."""


@dataclass(frozen=True)
class CentreSide:
    """What a kiosk knows of its centre: raw public keys."""

    sealing: bytes
    receipts: bytes


@dataclass(frozen=True)
class Sealed:
    """One visit, sealed: the delivery and the sealed pages it names."""

    delivery: Delivery
    pages: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """Bytes that cross the line, headers aside."""
        return len(self.delivery.model_dump_json()) + sum(len(page) for page in self.pages)


def moment(**changes: object) -> MomentOutside:
    """This moment on a kiosk's clocks."""
    basis = MomentOutside(
        wall=datetime.now(UTC), quality=ClockQuality.SYNCHRONISED, boot_id="simulated", monotonic_ms=60_000
    )
    return basis.model_copy(update=changes)


@dataclass
class SimulatedKiosk:
    """One kiosk that is enrolled under `series`; `running` is the last case number taken."""

    kiosk_id: str
    series: str
    centre: CentreSide
    key: Ed25519PrivateKey = field(default_factory=keys.new_signing_key, repr=False)
    running: int = 0
    revoked: bool = False

    def __str__(self) -> str:
        return f"{self.kiosk_id}{self.series}"

    def visit(self, pages: int = 0, page_bytes: int = 300_000, **outside: object) -> Sealed:
        """A citizen has been here, with a letter of so many pages (pictures of noise, which like a photograph cannot
        be compressed). `outside` changes what stands outside the seal."""
        self.running += 1
        submission = self._submission(pages)
        pictures = tuple(
            self._seal(submission, envelope.page(index), b"\xff\xd8\xff\xe0" + secrets.token_bytes(page_bytes - 4))
            for index in range(pages)
        )
        sealed = self._seal(submission, envelope.SUBMISSION, submission.model_dump_json().encode())
        delivery = Delivery(
            submission_id=submission.submission_id,
            kiosk_id=self.kiosk_id,
            case_number=submission.case_number,
            moment=moment(monotonic_ms=1),
            sent=moment(),
            sealing_key=keys.fingerprint(self.centre.sealing),
            sealed=to_base64(sealed),
            sealed_sha256=hashlib.sha256(sealed).hexdigest(),
            parts=tuple(
                SealedPart(index=index, sha256=hashlib.sha256(page).hexdigest(), size=len(page))
                for index, page in enumerate(pictures)
            ),
            receipt_confirmed=True,
        )
        return Sealed(delivery.model_copy(update=outside), pictures)

    def deliver(self, line: Line, visit: Sealed) -> int:
        """Pages, submission, receipt, as on a good line; how many requests it took. Raises NotDeliveredError."""
        for page in visit.pages:
            if (answer := self.send_page(line, page)) is None or answer.status != 204:
                raise NotDeliveredError(f"A page was answered with {answer and answer.status}")
        self.receipted(visit, self.submit(line, visit.delivery))
        return len(visit.pages) + 1

    def send_page(
        self, line: Line, page: bytes, offset: int = 0, until: int | None = None, *, cut: int | None = None
    ) -> Answer | None:
        """The bytes of a sealed page from `offset` `until` some other; `cut`: the line breaks after so many of them."""
        headers = {
            "Upload-Offset": str(offset),
            "Upload-Length": str(len(page)),
            "Content-Type": "application/octet-stream",
        }
        path = f"/parts/{hashlib.sha256(page).hexdigest()}"
        return line.ask(self.key, "PATCH", path, page[offset:until], headers, cut=cut)

    def held(self, line: Line, page: bytes) -> int:
        """How many bytes of a sealed page the centre holds."""
        answer = line.ask(self.key, "HEAD", f"/parts/{hashlib.sha256(page).hexdigest()}")
        return answer.offset() if answer else 0

    def submit(self, line: Line, delivery: Delivery) -> Answer:
        """Hand over a submission whose pages are there."""
        headers = {**_JSON, "Idempotency-Key": f'"{delivery.submission_id}"'}
        answer = line.ask(self.key, "POST", "/submissions", delivery.model_dump_json().encode(), headers)
        if answer is None:
            raise NotDeliveredError("No answer")
        return answer

    def receipted(self, visit: Sealed, answer: Answer) -> None:
        """Is this the centre's receipt for exactly this visit? Raises NotDeliveredError when not: it must be kept."""
        if answer.status != 200:
            raise NotDeliveredError(f"A submission was answered with {answer.status}")
        try:
            stated = signing.verify_receipt(Receipt.model_validate_json(answer.body), self.centre.receipts)
        except (signing.ReceiptError, ValueError) as error:
            raise NotDeliveredError(f"No receipt: {error}") from error
        sent = visit.delivery
        if (stated.submission_id, stated.sealed_sha256, stated.parts) != (
            sent.submission_id,
            sent.sealed_sha256,
            tuple(part.sha256 for part in sent.parts),
        ):
            raise NotDeliveredError("The receipt is for something else")

    def beat(self, line: Line, devices: dict[str, str], findings: Sequence[str] = (), waiting: int = 0) -> None:
        """A heartbeat. Raises NotDeliveredError."""
        said = Heartbeat(
            kiosk_id=self.kiosk_id,
            version="simulated",
            moment=moment(monotonic_ms=time.monotonic_ns() // 1_000_000),
            outbox_count=waiting,
            oldest_unsent=datetime.now(UTC) - timedelta(hours=waiting) if waiting else None,
            devices=devices,
            findings=tuple(findings),
        )
        answer = line.ask(self.key, "POST", "/heartbeats", said.model_dump_json().encode(), _JSON)
        if answer is None or answer.status != 204:
            raise NotDeliveredError(f"A heartbeat was answered with {answer and answer.status}")

    def _submission(self, pages: int) -> Submission:
        now = datetime.now(UTC)
        read = Page(media_type="image/jpeg", width=1654, height=2339, text=_READ, confidence=91.5)
        return Submission(
            submission_id=UUID(str(uuid7())),
            tracking_code=tracking_code.mint(),
            case_number=str(CaseNumber(self.kiosk_id, self.series, self.running)),
            topic=Topic.UTILITIES,
            area="400107",
            spot="หน้าวัดกลาง",
            text="" if pages else _TEXT * 3,
            pages=(read,) * pages,
            contact=Contact(phone="0812345678"),
            identity=Identity(
                citizen_id=f"9{self.running:012}",
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
            self.centre.sealing,
            kiosk_id=self.kiosk_id,
            submission_id=submission.submission_id,
            part=part,
        )


def other_content(visit: Sealed) -> Delivery:
    """The same submission id with another content."""
    sealed = to_base64(secrets.token_bytes(200))
    return visit.delivery.model_copy(update={"sealed": sealed})
