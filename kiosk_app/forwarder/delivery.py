"""One row's way to the centre: its pages by hash, then the submission that names them, then the receipt."""

from kiosk_app.forwarder.centre import Centre
from kiosk_app.forwarder.trouble import RefusedError, UnreachableError, WrongOffsetError
from kiosk_app.outbox import Outbox, StoredRow, moment
from protocol.messages import Receipt, SealedPart

PIECE = 128 * 1024  # bytes; what a weak line carries in a few seconds
_MOST_CORRECTIONS = 8


def deliver(row: StoredRow, outbox: Outbox, centre: Centre, *, weak: bool, piece: int = PIECE) -> Receipt:
    """Hand the row over; the receipt is not verified here. Raises what kiosk_app.forwarder.trouble names.

    On a good line each page goes in one request, without asking what the centre holds: of a row that was never tried
    that is nothing, and if it is something the centre says so. `weak`: an attempt has failed, or the line is shared:
    ask, and send pieces of `piece` bytes that stay held when the line is cut again."""
    for part in row.parts:
        sealed = outbox.read_part(row.submission_id, part.index)
        _send_part(part, sealed, centre, weak=weak, most=piece if weak else part.size)
    return centre.submit(row.delivery(moment.now()))


def _send_part(part: SealedPart, sealed: bytes, centre: Centre, *, weak: bool, most: int) -> None:
    held = centre.held(part.sha256) if weak else 0
    corrections = 0
    while held < part.size:
        try:
            now_held = centre.send_bytes(part.sha256, held, part.size, sealed[held : held + most])
        except WrongOffsetError as error:
            corrections += 1
            if corrections > _MOST_CORRECTIONS or not 0 <= error.held <= part.size:
                raise RefusedError("The centre contradicts itself about the bytes it holds") from error
            held = error.held
        else:
            if now_held <= held:
                raise UnreachableError("The centre's answer to a page makes no sense")
            held = now_held
