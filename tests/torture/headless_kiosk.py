"""A kiosk without its screens, on the product's own parts: save, note, paper, confirmation, delivery, deletion."""

import multiprocessing
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from journey.complaint.draft import Draft, LetterPage
from kiosk_app.forwarder import DeliveryResult, Forwarder
from kiosk_app.outbox import Enrolment, Outbox, StoredRow
from kiosk_app.outbox.receipt_note import ReceiptNote
from kiosk_app.outbox.state_directory import outbox_directory
from kiosk_app.runner.outbox_service import OutboxService
from protocol.choices import IdentitySource
from protocol.encoding import from_base64
from protocol.messages import Delivery
from protocol.topics import Topic
from tests.fake_centre import CONNECTION_CLOSED, FakeCentre, Reply, problem_reply
from tests.outbox_samples import CENTRE_KEYS, KIOSK_SIGNING_KEY

# Forked: centre and kiosks share the keys of the samples.
fork_context = multiprocessing.get_context("fork")

CANARY = "กบฏขาว"  # stands in everything secret of these visits, and nowhere else
PHONE = "0891234567"  # of everybody in these visits
PAGE_BYTES = CANARY.encode() * 1500  # 27 kB


def draft(tag: str, pages: int) -> Draft:
    """A complaint whose every personal field carries the canary. `tag` is its own and stands in the text."""
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
    """What a printed receipt says, and which complaint it is for."""

    tag: str
    submission_id: str
    number: str
    code: str = field(repr=False)


class HeadlessKiosk:
    """One kiosk. `state` holds its enrolment; `on_receipt` gets each receipt: from then on the promise counts."""

    def __init__(self, state: Path, runtime: Path, on_receipt: Callable[[PrintedReceipt], None]) -> None:
        self.state = state
        self.runtime = runtime
        self._on_receipt = on_receipt
        self._outbox_service = OutboxService(state, runtime)

    def visit(self, tag: str, pages: int = 0) -> PrintedReceipt:
        """As the runner does it: save, lay the note down, print, ask, wipe."""
        saved = self._outbox_service.save(draft(tag, pages), "th", (PAGE_BYTES,) * pages)
        self._outbox_service.save_receipt_note(ReceiptNote(saved, "th"))
        printed_receipt = PrintedReceipt(tag, saved.submission_id, saved.number, saved.code)
        self._on_receipt(printed_receipt)
        self._outbox_service.confirm_receipt(saved.submission_id, True)
        self._outbox_service.erase_receipt_note()
        return printed_receipt

    def forward(self, **other: Any) -> DeliveryResult:
        """One pass of the forwarder over everything that waits."""
        enrolment = Enrolment.load(self.state)
        assert enrolment is not None
        with Outbox.open(outbox_directory(self.state), enrolment) as outbox:
            return Forwarder(
                outbox, enrolment, KIOSK_SIGNING_KEY, enrolment.centre_url, state=self.state, version="torture", **other
            ).deliver_once()

    def close(self) -> None:
        self._outbox_service.close()


@dataclass(frozen=True)
class ArrivedDelivery:
    """What the centre has opened of one delivery."""

    submission_id: str
    case_number: str
    tag: str
    delivery_count: int  # how often it was handed over
    distinct_contents: int  # how many different contents came under this id


_PROXY_ERROR_PAGE = b"<html><h1>Not now</h1></html>"


class RecordingCentre(FakeCentre):
    """The fake centre, keeping every delivery that ever came. `failure_rate`: of how many requests only 5xx comes."""

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        super().__init__(host, tls)
        self.received_hashes: dict[str, list[str]] = {}  # submission id -> hashes of the sealed bytes
        self._tags: dict[str, str] = {}  # of what was opened already
        self.failure_rate = 0.0
        self._rng = Random(1)

    def reply(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        if self._rng.random() < self.failure_rate:
            kind = self._rng.choice([500, 502, 503, 504, 429, 408, 0])
            if not kind:
                return CONNECTION_CLOSED
            return self._rng.choice([problem_reply(kind), Reply(kind, _PROXY_ERROR_PAGE)])
        answered = super().reply(method, path, headers, body)
        return CONNECTION_CLOSED if self._rng.random() < self.failure_rate / 2 else answered

    def _submission(self, delivery: Delivery) -> Reply:
        self.received_hashes.setdefault(str(delivery.submission_id), []).append(delivery.sealed_sha256)
        return super()._submission(delivery)

    def arrived(self) -> list[ArrivedDelivery]:
        """Opened with the centre's key, pages too: raises when one does not open."""
        for submission_id, delivery in self.deliveries.items():
            if str(submission_id) in self._tags:
                continue
            row = StoredRow(
                submission_id=str(submission_id),
                case_number=delivery.case_number,
                kiosk_id=delivery.kiosk_id,
                moment=delivery.moment,
                sealing_key=delivery.sealing_key,
                sealed=from_base64(delivery.sealed),
                sealed_sha256=delivery.sealed_sha256,
                parts=delivery.parts,
            )
            submission = CENTRE_KEYS.open_submission(row)
            for part in delivery.parts:
                assert CENTRE_KEYS.open_page(row, part.index, self.parts[part.sha256]) == PAGE_BYTES
            self._tags[row.submission_id] = tag_of(submission.text)
        return [
            ArrivedDelivery(
                str(one), delivery.case_number, self._tags[str(one)], len(received_hashes), len(set(received_hashes))
            )
            for one, delivery in self.deliveries.items()
            for received_hashes in [self.received_hashes[str(one)]]
        ]

    def set_failure_rate(self, share: float) -> None:
        self.failure_rate = share

    def clear(self) -> None:
        for kept in (self.parts, self.deliveries, self.receipts, self.received_hashes, self.requests, self._tags):
            kept.clear()


def serve(pipe: Connection, centre: RecordingCentre) -> None:
    """Serve until told to stop; each message names a method and its arguments."""
    with centre:
        pipe.send(centre.url)
        while (request := pipe.recv()) != "stop":
            name, *words = request
            pipe.send(getattr(centre, name)(*words))


def _serve_local(pipe: Connection) -> None:
    serve(pipe, RecordingCentre())


@dataclass(frozen=True)
class CentreProcess:
    """A counting centre in a process of its own."""

    url: str
    _pipe: Connection

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.partition("//")[2].rpartition(":")
        return host, int(port)

    def arrived(self) -> list[ArrivedDelivery]:
        found: list[ArrivedDelivery] = self._call("arrived")
        return found

    def clear(self) -> None:
        self._call("clear")

    def set_failure_rate(self, share: float) -> None:
        self._call("set_failure_rate", share)

    def _call(self, *words: object) -> Any:
        self._pipe.send(words)
        return self._pipe.recv()


@contextmanager
def centre_process(run: Callable[[Connection], None] = _serve_local) -> Iterator[CentreProcess]:
    """Start one, and end it."""
    ours, theirs = multiprocessing.Pipe()
    process = fork_context.Process(target=run, args=(theirs,))
    process.start()
    try:
        yield CentreProcess(ours.recv(), ours)
    finally:
        ours.send("stop")
        process.join()


def find_broken_promises(
    printed_receipts: list[PrintedReceipt], attempted: set[str], arrived: list[ArrivedDelivery]
) -> list[str]:
    """What is wrong between the receipts in citizens' hands, what they confirmed, and what the centre has."""
    wrong = []
    by_id = {one.submission_id: one for one in arrived}
    for printed_receipt in printed_receipts:
        here = by_id.get(printed_receipt.submission_id)
        if here is None:
            wrong.append(f"{printed_receipt.number} was printed and never arrived")
        elif (here.case_number, here.tag) != (printed_receipt.number, printed_receipt.tag):
            wrong.append(f"{printed_receipt.number} arrived as {here.case_number}")
    tags = Counter(one.tag for one in arrived)
    numbers = Counter(one.case_number for one in arrived)
    wrong += [f"{tag} arrived {delivery_count} times" for tag, delivery_count in tags.items() if delivery_count > 1]
    wrong += [
        f"{number} was given {delivery_count} times" for number, delivery_count in numbers.items() if delivery_count > 1
    ]
    wrong += [f"{tag} arrived and was never confirmed" for tag in tags.keys() - attempted]
    wrong += [
        f"{one.case_number} was sent with {one.distinct_contents} contents"
        for one in arrived
        if one.distinct_contents > 1
    ]
    return wrong
