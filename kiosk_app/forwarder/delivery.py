"""One row's way to the centre: its pages by hash, then the submission that names them, then the receipt."""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk_app.forwarder.centre_client import CentreClient
from kiosk_app.forwarder.centre_errors import RetryLaterError, UnreachableError, WrongOffsetError
from kiosk_app.outbox import Outbox, OutboxBrokenError, StoredRow, clock
from protocol.messages import Receipt, SealedPart

MAX_CHUNK_BYTES = 128 * 1024  # bytes; what a weak line carries in a few seconds
MIN_CHUNK_BYTES = 4 * 1024  # what any line carries that carries a request at all: each costs about 1 kB beside it
_MAX_OFFSET_CORRECTIONS = 8


@dataclass(frozen=True)
class ChunkSizes:
    """How a page goes over a line that is weak or shared: in pieces, the first of so many bytes, each that arrives
    followed by one twice as large, up to `max_bytes`. What arrived stays held when the line is cut again."""

    first_bytes: int
    max_bytes: int

    @classmethod
    def for_attempt(cls, failures: int, bytes_per_s: int) -> "ChunkSizes | None":
        """After so many failed attempts, on a line that may carry `bytes_per_s` (0: any): None is a page at once."""
        if not failures and not bytes_per_s:
            return None
        # Of a shared line a second's worth at a time.
        max_bytes = max(MIN_CHUNK_BYTES, min(MAX_CHUNK_BYTES, bytes_per_s or MAX_CHUNK_BYTES))
        return cls(max(MIN_CHUNK_BYTES, min(max_bytes, MAX_CHUNK_BYTES >> min(max(failures, 1) - 1, 8))), max_bytes)


def deliver_row(
    row: StoredRow,
    outbox: Outbox,
    centre: CentreClient,
    chunk_sizes: ChunkSizes | None = None,
    before_request: Callable[[], None] = lambda: None,
) -> Receipt:
    """Hand the row over; the receipt is not verified here. Raises what kiosk_app.forwarder.centre_errors names, and
    OutboxError.

    `before_request` is called before each request: a letter takes minutes on a weak line, and what is urgent goes
    first. Without `chunk_sizes` each page goes in one request, without asking what the centre holds: of a row that was
    never tried that is nothing, and if it is something the centre says so."""
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
    if len(sealed) != part.size:  # else the centre waits for bytes that never come, and everything with it
        raise OutboxBrokenError("A page of it has not the size that the row states")
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
                    "The centre contradicts itself about what it holds", None, affects_all_requests=False
                ) from error
            stored_bytes = error.stored_bytes
        else:
            if stored_now <= stored_bytes:
                raise UnreachableError("The centre's answer to a page makes no sense")
            stored_bytes, size = stored_now, min(2 * size, max_bytes)
