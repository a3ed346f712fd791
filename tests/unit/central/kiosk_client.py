"""A kiosk as the centre meets it: real keys, real seals, real signatures, over Django's test client."""

import hashlib
import itertools
import json
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import requests
from django.test import Client
from uuid6 import uuid7

from central.centres.models import Centre, Officer
from central.fleet import enrolments
from central.fleet.models import Enrolment
from protocol import envelope, keys, signing, tracking_code
from protocol.case_number import CaseNumber
from protocol.choices import ClockQuality, IdentitySource, NameDisclosure
from protocol.encoding import from_base64, to_base64
from protocol.messages import (
    ClockReading,
    Delivery,
    EnrolmentResponse,
    Receipt,
    ReceiptStatement,
    SealedPart,
)
from protocol.submission import Contact, Identity, Page, Submission
from protocol.topics import Topic

JPEG = b"\xff\xd8\xff\xe0" + b"a picture of a letter" * 50 + b"\xff\xd9"
if TYPE_CHECKING:  # the type of what Django's test client returns exists in its stubs alone
    from django.test.client import _MonkeyPatchedWSGIResponse
else:
    _MonkeyPatchedWSGIResponse = object
ClientResponse = _MonkeyPatchedWSGIResponse

CITIZEN_ID = "9000012345001"  # invented


_millisecond_offsets = itertools.count(1)  # no two heartbeats of a kiosk in one millisecond


def kiosk_moment(**changes: Any) -> ClockReading:
    """This moment on a kiosk's clocks, later than every one before."""
    since_boot = time.monotonic_ns() // 1_000_000 + next(_millisecond_offsets)
    basis = ClockReading(
        wall=datetime.now(UTC), quality=ClockQuality.SYNCHRONISED, boot_id="boot-1", monotonic_ms=since_boot
    )
    return basis.model_copy(update=changes)


class KioskClient:
    """One kiosk with its own key. `client` speaks to the service; `enrolment_answer` is its enrolment."""

    def __init__(self, kiosk_id: str) -> None:
        self.kiosk_id = kiosk_id
        self.key = keys.new_signing_key()
        self.client: Any = Client()
        self.url = "http://testserver"
        self.running_number = 0
        self.enrolment_answer: EnrolmentResponse

    @property
    def key_id(self) -> str:
        return keys.fingerprint(keys.public_key_bytes(self.key))

    @property
    def compare_code(self) -> str:
        """What its screen shows, derived from the keys it knows."""
        return keys.compare_code(
            keys.public_key_bytes(self.key),
            from_base64(self.enrolment_answer.sealing_key),
            from_base64(self.enrolment_answer.receipt_key),
            self.enrolment_answer.enrolment_id,
        )

    def enrol(self, address: str = "127.0.0.1") -> ClientResponse:
        request_body = {
            "kiosk_id": self.kiosk_id,
            "signing_key": to_base64(keys.public_key_bytes(self.key)),
            "hall": "ศาลากลาง",
        }
        answer: ClientResponse = self.client.post(
            "/api/v1/enrolments", json.dumps(request_body), content_type="application/json", REMOTE_ADDR=address
        )
        if answer.status_code == 201:
            self.enrolment_answer = EnrolmentResponse.model_validate_json(answer.content)
        return answer

    def enrolment(self) -> Enrolment:
        return Enrolment.objects.get(fingerprint=self.key_id)

    def approved_by(self, officer: Officer, centre: Centre) -> None:
        enrolments.approve(self.enrolment_answer.enrolment_id, officer, centre)
        request_body = self.send_signed_request("GET", f"/api/v1/enrolments/{self.enrolment_answer.enrolment_id}")
        self.enrolment_answer = EnrolmentResponse.model_validate_json(request_body.content)

    def send_signed_request(self, method: str, path: str, body: bytes = b"", **headers: str) -> ClientResponse:
        """A signed request; header names with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body:
            named.setdefault("Content-Type", "application/json")
        prepared = requests.Request(method, f"{self.url}{path}", headers=named, data=body or None).prepare()
        signing.sign_request(prepared, self.key, self.key_id)
        return self.send(method, path, body, dict(prepared.headers))

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> ClientResponse:
        """What is on the wire, as it is."""
        kind = headers.get("Content-Type", "application/octet-stream")
        answer: ClientResponse = self.client.generic(method, path, body, content_type=kind, headers=headers)
        return answer

    def submission(self, **changes: Any) -> Submission:
        self.running_number += 1
        now = datetime.now(UTC)
        basis = Submission(
            submission_id=UUID(str(uuid7())),
            tracking_code=tracking_code.generate(),
            case_number=str(CaseNumber(self.kiosk_id, self.enrolment_answer.series or "A", self.running_number)),
            topic=Topic.UTILITIES,
            area="400107",
            spot="หน้าวัดกลาง",
            text="ไฟถนนหน้าวัดดับมาสามสัปดาห์",
            contact=Contact(phone="0812345678"),
            identity=Identity(
                citizen_id=CITIZEN_ID, title="นาง", first_name="บุญมา", last_name="ใจดี", birth_date="24940305"
            ),
            identity_source=IdentitySource.CHIP,
            naming=NameDisclosure.NAMED,
            notice_version="2569-01",
            notice_accepted_at=now - timedelta(minutes=3),
            clock_quality=ClockQuality.SYNCHRONISED,
        )
        return basis.model_copy(update=changes)

    def letter_submission(self, pages: int, **changes: Any) -> Submission:
        page = Page(media_type="image/jpeg", width=1240, height=1754, text="เรียน ผู้ว่าราชการจังหวัด", confidence=91.5)
        return self.submission(pages=(page,) * pages, **changes)

    def seal(self, submission: Submission, part: str, plaintext: bytes) -> bytes:
        return envelope.seal(
            plaintext,
            from_base64(self.enrolment_answer.sealing_key),
            kiosk_id=self.kiosk_id,
            submission_id=submission.submission_id,
            part=part,
        )

    def delivery(self, submission: Submission, pages: Sequence[bytes] = (), **changes: Any) -> Delivery:
        """The delivery of a submission with these sealed pages."""
        sealed = self.seal(submission, envelope.SUBMISSION_PART, submission.model_dump_json().encode())
        basis = Delivery(
            submission_id=submission.submission_id,
            kiosk_id=self.kiosk_id,
            case_number=submission.case_number,
            moment=kiosk_moment(monotonic_ms=1_000_000),
            sent=kiosk_moment(monotonic_ms=1_060_000),
            sealing_key=keys.fingerprint(from_base64(self.enrolment_answer.sealing_key)),
            sealed=to_base64(sealed),
            sealed_sha256=hashlib.sha256(sealed).hexdigest(),
            parts=tuple(
                SealedPart(index=index, sha256=hashlib.sha256(page).hexdigest(), size=len(page))
                for index, page in enumerate(pages)
            ),
            receipt_confirmed=True,
        )
        return basis.model_copy(update=changes)

    def sealed_pages(self, submission: Submission) -> list[bytes]:
        return [
            self.seal(submission, envelope.page_part(index), JPEG + secrets.token_bytes(8))
            for index in range(len(submission.pages))
        ]

    def upload(self, sealed: bytes, offset: int = 0, until: int | None = None) -> ClientResponse:
        """Send the bytes of a part from `offset` to `until`."""
        return self.send_signed_request(
            "PATCH",
            f"/api/v1/parts/{hashlib.sha256(sealed).hexdigest()}",
            sealed[offset:until],
            Content_Type="application/octet-stream",
            Upload_Offset=str(offset),
            Upload_Length=str(len(sealed)),
        )

    def deliver(self, delivery: Delivery, key: str | None = None) -> ClientResponse:
        return self.send_signed_request(
            "POST",
            "/api/v1/submissions",
            delivery.model_dump_json().encode(),
            Idempotency_Key=key or str(delivery.submission_id),
        )

    def verify_receipt(self, answer: ClientResponse) -> ReceiptStatement:
        """What the receipt states, once its signature fits the centre's key. Fails when there is no receipt."""
        assert answer.status_code == 200, answer.content
        return signing.verify_receipt(
            Receipt.model_validate_json(answer.content), from_base64(self.enrolment_answer.receipt_key)
        )
