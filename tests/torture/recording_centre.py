"""A fake centre in a separate process that records every delivery, and the check of the promises.

The promises: every printed receipt has its case, once and unchanged, and nothing arrived that no citizen confirmed.
"""

import multiprocessing
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from kiosk_app.outbox import StoredRow
from protocol.encoding import from_base64
from protocol.messages import Delivery
from tests.fake_centre import CONNECTION_CLOSED, FakeCentre, Reply, problem_reply
from tests.outbox_samples import CENTRE_KEYS
from tests.torture.headless_kiosk import PAGE_BYTES, PrintedReceipt, tag_of

# Forked, so that the centre and all kiosks share the keys of tests.outbox_samples.
fork_context = multiprocessing.get_context("fork")

_PROXY_ERROR_PAGE = b"<html><h1>Not now</h1></html>"
_ERROR_STATUSES = (500, 502, 503, 504, 429, 408)


@dataclass(frozen=True)
class ArrivedDelivery:
    """One delivery as the centre opened it."""

    submission_id: str
    case_number: str
    tag: str
    delivery_count: int  # how often it arrived
    distinct_contents: int  # how many different contents arrived under this submission id


class RecordingCentre(FakeCentre):
    """The fake centre with a record of every delivery. `failure_rate` is the share of requests that fail."""

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        super().__init__(host, tls)
        self.received_hashes: dict[str, list[str]] = {}  # submission id -> hashes of the sealed bytes
        self._tags: dict[str, str] = {}  # submission id -> tag of the submissions that were opened
        self.failure_rate = 0.0
        self._rng = Random(1)

    def reply(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """Fails a request before it is handled at `failure_rate`, and loses the reply afterwards at half that rate."""
        if self._rng.random() < self.failure_rate:
            status = self._rng.choice((*_ERROR_STATUSES, None))
            if status is None:
                return CONNECTION_CLOSED
            return self._rng.choice([problem_reply(status), Reply(status, _PROXY_ERROR_PAGE)])
        reply = super().reply(method, path, headers, body)
        return CONNECTION_CLOSED if self._rng.random() < self.failure_rate / 2 else reply

    def _submission(self, delivery: Delivery) -> Reply:
        self.received_hashes.setdefault(str(delivery.submission_id), []).append(delivery.sealed_sha256)
        return super()._submission(delivery)

    def arrived(self) -> list[ArrivedDelivery]:
        """Every delivery, opened with the centre's key. Raises an exception when a submission or page does not open."""
        return [
            self._arrived_delivery(str(submission_id), delivery) for submission_id, delivery in self.deliveries.items()
        ]

    def _arrived_delivery(self, submission_id: str, delivery: Delivery) -> ArrivedDelivery:
        if submission_id not in self._tags:
            self._tags[submission_id] = self._open(delivery)
        hashes = self.received_hashes[submission_id]
        return ArrivedDelivery(
            submission_id,
            delivery.case_number,
            self._tags[submission_id],
            delivery_count=len(hashes),
            distinct_contents=len(set(hashes)),
        )

    def _open(self, delivery: Delivery) -> str:
        """The tag of the opened submission, whose pages must be complete."""
        row = StoredRow(
            submission_id=str(delivery.submission_id),
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
        return tag_of(submission.text)

    def set_failure_rate(self, share: float) -> None:
        self.failure_rate = share

    def clear(self) -> None:
        """Forget everything that arrived."""
        records = (self.parts, self.deliveries, self.receipts, self.received_hashes, self.requests, self._tags)
        for record in records:
            record.clear()


def serve(pipe: Connection, centre: RecordingCentre) -> None:
    """Serve until "stop" arrives. Every other message is the name of a method and its arguments."""
    with centre:
        pipe.send(centre.url)
        while (request := pipe.recv()) != "stop":
            method, *arguments = request
            pipe.send(getattr(centre, method)(*arguments))


def _serve_local(pipe: Connection) -> None:
    serve(pipe, RecordingCentre())


@dataclass(frozen=True)
class CentreProcess:
    """A recording centre in a separate process."""

    url: str
    _pipe: Connection

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.partition("//")[2].rpartition(":")
        return host, int(port)

    def arrived(self) -> list[ArrivedDelivery]:
        deliveries: list[ArrivedDelivery] = self._call("arrived")
        return deliveries

    def clear(self) -> None:
        self._call("clear")

    def set_failure_rate(self, share: float) -> None:
        self._call("set_failure_rate", share)

    def _call(self, method: str, *arguments: object) -> Any:
        self._pipe.send((method, *arguments))
        return self._pipe.recv()


@contextmanager
def centre_process(run: Callable[[Connection], None] = _serve_local) -> Iterator[CentreProcess]:
    """A centre process while the block runs. `run` must end in `serve`."""
    pipe, child_pipe = multiprocessing.Pipe()
    process = fork_context.Process(target=run, args=(child_pipe,))
    process.start()
    try:
        yield CentreProcess(pipe.recv(), pipe)
    finally:
        pipe.send("stop")
        process.join()


def find_broken_promises(
    printed_receipts: list[PrintedReceipt], attempted: set[str], arrived: list[ArrivedDelivery]
) -> list[str]:
    """One sentence per promise that does not hold. `attempted` are the tags of all visits that began."""
    problems = []
    by_id = {delivery.submission_id: delivery for delivery in arrived}
    for receipt in printed_receipts:
        delivery = by_id.get(receipt.submission_id)
        if delivery is None:
            problems.append(f"{receipt.number} was printed and never arrived")
        elif (delivery.case_number, delivery.tag) != (receipt.number, receipt.tag):
            problems.append(f"{receipt.number} arrived as {delivery.case_number}")
    tags = Counter(delivery.tag for delivery in arrived)
    numbers = Counter(delivery.case_number for delivery in arrived)
    problems += [f"{tag} arrived {times} times" for tag, times in tags.items() if times > 1]
    problems += [f"{number} was issued {times} times" for number, times in numbers.items() if times > 1]
    problems += [f"{tag} arrived and was never confirmed" for tag in tags.keys() - attempted]
    problems += [
        f"{delivery.case_number} was sent with {delivery.distinct_contents} contents"
        for delivery in arrived
        if delivery.distinct_contents > 1
    ]
    return problems
