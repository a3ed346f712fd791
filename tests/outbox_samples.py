"""A centre's keys, a kiosk enrolled there, and sample submissions. Everything is invented."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from uuid6 import uuid7

from kiosk_app.outbox import Enrolment, Outbox, StoredRow
from kiosk_app.outbox.clock import now
from protocol import envelope, keys, signing
from protocol.choices import ClockQuality, IdentitySource
from protocol.encoding import to_base64
from protocol.messages import Receipt, ReceiptStatement
from protocol.submission import Identity, Page, Submission
from protocol.topics import Topic

STORY = "ไฟฟ้าดับทั้งหมู่บ้านตั้งแต่วันจันทร์ " * 20


@dataclass(frozen=True)
class CentreSecretKeys:
    """The centre's private keys: open submissions and sign receipts."""

    sealing: X25519PrivateKey
    receipts: Ed25519PrivateKey

    def open_submission(self, row: StoredRow) -> Submission:
        plain = envelope.unseal(
            row.sealed, self.sealing, kiosk_id=row.kiosk_id, submission_id=row.submission_id, part="submission"
        )
        return Submission.model_validate_json(plain)

    def open_page(self, row: StoredRow, index: int, sealed: bytes) -> bytes:
        return envelope.unseal(
            sealed, self.sealing, kiosk_id=row.kiosk_id, submission_id=row.submission_id, part=f"page-{index}"
        )

    def sign_receipt(self, row: StoredRow, **other: object) -> Receipt:
        statement = ReceiptStatement(
            submission_id=UUID(row.submission_id),
            case_number=row.case_number,
            kiosk_id=row.kiosk_id,
            sealed_sha256=row.sealed_sha256,
            parts=tuple(part.sha256 for part in row.parts),
            received_at=datetime.now(UTC),
        )
        return signing.sign_receipt(statement.model_copy(update=other), self.receipts)


CENTRE_KEYS = CentreSecretKeys(keys.new_sealing_key(), keys.new_signing_key())
KIOSK_SIGNING_KEY = keys.new_signing_key()


def enrolment(url: str = "http://centre.invalid", series: str = "A") -> Enrolment:
    return Enrolment(
        enrolment_id=uuid7(),
        kiosk_id="KKN07",
        series=series,
        centre_url=url,
        public_url="https://track.example",
        sealing_key=to_base64(keys.public_key_bytes(CENTRE_KEYS.sealing)),
        receipt_key=to_base64(keys.public_key_bytes(CENTRE_KEYS.receipts)),
        signing_key=keys.fingerprint(keys.public_key_bytes(KIOSK_SIGNING_KEY)),
    )


def submission_composer(pages: int = 0, text: str = STORY) -> Callable[[UUID, str, str], Submission]:
    def compose(submission_id: UUID, tracking_code: str, case_number: str) -> Submission:
        return Submission(
            submission_id=submission_id,
            tracking_code=tracking_code,
            case_number=case_number,
            topic=Topic.UTILITIES,
            text=text,
            pages=tuple(Page(media_type="image/jpeg", width=1240, height=1754) for _ in range(pages)),
            identity=Identity(first_name="บุญมา", last_name="ใจดี"),
            identity_source=IdentitySource.TYPED,
            notice_version="1",
            notice_accepted_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
            clock_quality=ClockQuality.SYNCHRONISED,
        )

    return compose


def save_submission(outbox: Outbox, pages: tuple[bytes, ...] = ()) -> str:
    """Save one visit. Returns its submission id."""
    return outbox.save(submission_composer(len(pages)), pages, now()).submission_id


def delete_receipted(outbox: Outbox, *submission_ids: str) -> int:
    """Delete these rows with valid receipts. Returns the number of deleted rows."""
    rows = [outbox.read(submission_id) for submission_id in submission_ids]
    return outbox.delete([outbox.check_receipt(row, CENTRE_KEYS.sign_receipt(row)) for row in rows])
