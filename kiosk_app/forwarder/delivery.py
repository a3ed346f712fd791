"""Delivery of one row: its pages by hash, then the submission that names them; the result is a receipt."""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk_app.forwarder.centre_client import CentreClient
from kiosk_app.forwarder.centre_errors import RetryLaterError, UnreachableError, WrongOffsetError
from kiosk_app.outbox import Outbox, OutboxBrokenError, StoredRow, clock
from protocol.messages import Receipt, SealedPart

MAX_CHUNK_BYTES = 128 * 1024  # a weak connection transmits this in a few seconds
MIN_CHUNK_BYTES = 4 * 1024  # any connection that can send a request can send this; each request adds about 1 kB
_MAX_OFFSET_CORRECTIONS = 8


@dataclass(frozen=True)
class ChunkSizes:
    """Chunk sizes for a slow or shared connection: the first has `first_bytes`, each next one is twice as large up to
    `max_bytes`. The centre keeps what has arrived when the connection is interrupted."""

    first_bytes: int
    max_bytes: int

    @classmethod
    def for_attempt(cls, failures: int, bytes_per_s: int) -> "ChunkSizes | None":
        """Sizes after `failures` failed attempts at `bytes_per_s` (0: no limit); None: send each page in one
        request."""
        if not failures and not bytes_per_s:
            return None
        # On a shared connection a chunk takes at most one second.
        max_bytes = max(MIN_CHUNK_BYTES, min(MAX_CHUNK_BYTES, bytes_per_s or MAX_CHUNK_BYTES))
        return cls(max(MIN_CHUNK_BYTES, min(max_bytes, MAX_CHUNK_BYTES >> min(max(failures, 1) - 1, 8))), max_bytes)


def deliver_row(
    row: StoredRow,
    outbox: Outbox,
    centre: CentreClient,
    chunk_sizes: ChunkSizes | None = None,
    before_request: Callable[[], None] = lambda: None,
) -> Receipt:
    """Send the row; returns the receipt, not yet verified. Raises CentreError, OutboxError.

    `before_request` is called before each request, for urgent heartbeats: a letter takes minutes on a slow connection.
    Without `chunk_sizes` each page is sent in one request without a query of what the centre holds: for a first attempt
    that is nothing, and otherwise the centre answers with the offset."""
    for part in row.parts:
        _send_part(part, outbox.read_part(row.submission_id, part.index), centre, chunk_sizes, before_request)
    before_request()
    return centre.submit(row.delivery(clock.now()))


def _send_part(
    part: SealedPart,
    sealed: bytes,
    centre: CentreClient,
    chunk_sizes: ChunkSizes | None,
    before_request: Callable[[], None],
) -> None:
    if len(sealed) != part.size:  # otherwise the centre would wait for bytes that never arrive, and all rows with it
        raise OutboxBrokenError("A page does not have the size that the row states")
    stored_bytes = centre.fetch_part_offset(part.sha256) if chunk_sizes else 0
    size, max_bytes = (chunk_sizes.first_bytes, chunk_sizes.max_bytes) if chunk_sizes else (part.size, part.size)
    corrections = 0
    while stored_bytes < part.size:
        before_request()
        try:
            stored_now = centre.upload_chunk(
                part.sha256, stored_bytes, part.size, sealed[stored_bytes : stored_bytes + size]
            )
        except WrongOffsetError as error:
            corrections += 1
            if corrections > _MAX_OFFSET_CORRECTIONS or not 0 <= error.stored_bytes <= part.size:
                raise RetryLaterError(
                    "The centre states contradictory offsets", None, affects_all_requests=False
                ) from error
            stored_bytes = error.stored_bytes
        else:
            if stored_now <= stored_bytes:
                raise UnreachableError("The centre's response to a page is invalid")
            stored_bytes, size = stored_now, min(2 * size, max_bytes)
