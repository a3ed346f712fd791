"""One row's way to the centre: its pages by hash, then the submission that names them, then the receipt."""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk_app.forwarder.centre_client import Centre
from kiosk_app.forwarder.centre_errors import LaterError, UnreachableError, WrongOffsetError
from kiosk_app.outbox import Outbox, OutboxBroken, StoredRow, clock
from protocol.messages import Receipt, SealedPart

PIECE = 128 * 1024  # bytes; what a weak line carries in a few seconds
LEAST = 4 * 1024  # what any line carries that carries a request at all: each costs about 1 kB beside it
_MOST_CORRECTIONS = 8


@dataclass(frozen=True)
class Pieces:
    """How a page goes over a line that is weak or shared: in pieces, the first of so many bytes, each that arrives
    followed by one twice as large, up to `most`. What arrived stays held when the line is cut again."""

    first: int
    most: int

    @classmethod
    def of(cls, failures: int, bytes_s: int) -> "Pieces | None":
        """After so many failed attempts, on a line that may carry `bytes_s` (0: any): None is a page at once."""
        if not failures and not bytes_s:
            return None
        most = max(LEAST, min(PIECE, bytes_s or PIECE))  # of a shared line a second's worth at a time
        return cls(max(LEAST, min(most, PIECE >> min(max(failures, 1) - 1, 8))), most)


def deliver(
    row: StoredRow,
    outbox: Outbox,
    centre: Centre,
    pieces: Pieces | None = None,
    before_each: Callable[[], None] = lambda: None,
) -> Receipt:
    """Hand the row over; the receipt is not verified here. Raises what kiosk_app.forwarder.centre_errors names, and
    OutboxError.

    `before_each` is called before each request: a letter takes minutes on a weak line, and what is urgent goes first.
    Without `pieces` each page goes in one request, without asking what the centre holds: of a row that was never tried
    that is nothing, and if it is something the centre says so."""
    for part in row.parts:
        _send_part(part, outbox.read_part(row.submission_id, part.index), centre, pieces, before_each)
    before_each()
    return centre.submit(row.delivery(clock.now()))


def _send_part(
    part: SealedPart, sealed: bytes, centre: Centre, pieces: Pieces | None, before_each: Callable[[], None]
) -> None:
    if len(sealed) != part.size:  # else the centre waits for bytes that never come, and everything with it
        raise OutboxBroken("A page of it has not the size that the row states")
    held = centre.held(part.sha256) if pieces else 0
    size, most = (pieces.first, pieces.most) if pieces else (part.size, part.size)
    corrections = 0
    while held < part.size:
        before_each()
        try:
            now_held = centre.send_bytes(part.sha256, held, part.size, sealed[held : held + size])
        except WrongOffsetError as error:
            corrections += 1
            if corrections > _MOST_CORRECTIONS or not 0 <= error.held <= part.size:
                raise LaterError("The centre contradicts itself about what it holds", None, everything=False) from error
            held = error.held
        else:
            if now_held <= held:
                raise UnreachableError("The centre's answer to a page makes no sense")
            held, size = now_held, min(2 * size, most)
