"""A kiosk without screens, built from the product's own parts: save, receipt note, print, confirm, deliver, delete."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from journey.complaint.draft import Draft, LetterPage
from kiosk_app.forwarder import DeliveryResult, Forwarder
from kiosk_app.outbox import Enrolment, Outbox
from kiosk_app.outbox.receipt_note import ReceiptNote
from kiosk_app.outbox.state_directory import outbox_directory
from kiosk_app.runner.outbox_service import OutboxService
from protocol.choices import IdentitySource
from protocol.topics import Topic
from tests.outbox_samples import KIOSK_SIGNING_KEY

CANARY = "กบฏขาว"  # in every personal field of these visits and nowhere else, so that a search finds any leak
PHONE = "0891234567"  # of every citizen in these visits
PAGE_BYTES = CANARY.encode() * 1500  # one letter page, 27 kB


def draft(tag: str, pages: int) -> Draft:
    """A complaint whose every personal field contains the canary. `tag` identifies it and is part of the text."""
    return Draft(
        identity_source=IdentitySource.TYPED,
        typed_name=f"{CANARY} ใจดี",
        topic=Topic.UTILITIES,
        location_note=f"หน้าบ้าน{CANARY}",
        text=f"{CANARY} ไฟฟ้าดับทั้งหมู่บ้าน #{tag}#",
        pages=tuple(LetterPage(f"{tag}-{index}", 1240, 1754) for index in range(pages)),
        phone=PHONE,
        notice_version="1",
        notice_accepted_at_epoch_s=1_795_000_000.0,
    )


def tag_of(text: str) -> str:
    """The tag in the text of a submission."""
    return text.split("#")[1]


@dataclass(frozen=True)
class PrintedReceipt:
    """The receipt in the citizen's hand, and the complaint it belongs to. From here on the kiosk's promise counts."""

    tag: str
    submission_id: str
    number: str
    code: str = field(repr=False)


class HeadlessKiosk:
    """One kiosk. `state` holds its enrolment; `on_receipt` is called with each printed receipt."""

    def __init__(self, state: Path, runtime: Path, on_receipt: Callable[[PrintedReceipt], None]) -> None:
        self.state = state
        self.runtime = runtime
        self._on_receipt = on_receipt
        self._outbox_service = OutboxService(state, runtime)

    def visit(self, tag: str, pages: int = 0) -> PrintedReceipt:
        """One visit in the order of the effect runner: save, save the receipt note, print, confirm, erase the note."""
        saved = self._outbox_service.save(draft(tag, pages), "th", (PAGE_BYTES,) * pages)
        self._outbox_service.save_receipt_note(ReceiptNote(saved, "th"))
        printed_receipt = PrintedReceipt(tag, saved.submission_id, saved.number, saved.code)
        self._on_receipt(printed_receipt)
        self._outbox_service.confirm_receipt(saved.submission_id, True)
        self._outbox_service.erase_receipt_note()
        return printed_receipt

    def forward(self, **forwarder_options: Any) -> DeliveryResult:
        """One pass of the forwarder over all pending rows."""
        enrolment = Enrolment.load(self.state)
        assert enrolment is not None
        with Outbox.open(outbox_directory(self.state), enrolment) as outbox:
            forwarder = Forwarder(
                outbox,
                enrolment,
                KIOSK_SIGNING_KEY,
                enrolment.centre_url,
                state_dir=self.state,
                version="torture",
                **forwarder_options,
            )
            return forwarder.deliver_once()

    def close(self) -> None:
        self._outbox_service.close()
