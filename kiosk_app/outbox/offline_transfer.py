"""Transfer by USB stick: `kiosk outbox export` writes the waiting rows, `kiosk outbox import` reads the receipts.

For each row the directory holds

    <case number>.json      the Delivery of protocol.messages, UTF-8; its `sent` is the moment of the export
    <case number>.page-<n>  the sealed bytes of page n from 0, as the Delivery's `parts` name them by hash and size
    <case number>.receipt   the centre's receipt, written by `central import`

Pages are written before the JSON that names them, and each file is written atomically: a Delivery that exists is
complete. Everything stays sealed. Rows stay in the outbox until their receipt is imported, and a receipt from the stick
is verified like one from the network. If a row is delivered over the network too, the centre sends the same receipt.
"""

import errno
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kiosk_app.outbox import clock
from kiosk_app.outbox.errors import InvalidReceiptError, RowNotFoundError
from kiosk_app.outbox.outbox import Outbox
from kiosk_app.outbox.rows import StoredRow
from machine.safe_files import read_file, replace_file_atomically
from protocol import envelope
from protocol.encoding import from_base64
from protocol.messages import Receipt, ReceiptStatement

RECEIPT_SUFFIX = ".receipt"
MAX_RECEIPTS = 10_000  # per import: as many as `central import` accepts
_MAX_RECEIPT_BYTES = 64 * 1024  # a receipt that names twenty pages has 4 kB
_MODE = 0o644  # sealed: only the centre can read the content
_FILE_NAME = re.compile(r"[0-9A-Z-]{1,32}")


@dataclass(frozen=True)
class ImportResult:
    """`receipts` is the number of files, `deleted` that of deleted rows; `invalid`: (file name, reason)."""

    receipts: int
    deleted: int
    invalid: tuple[tuple[str, str], ...]


def export_rows(directory: Path, outbox: Outbox) -> int:
    """Write every waiting row into `directory`, which is created when missing; returns how many.

    Raises OSError when the directory cannot be written, OutboxBrokenError."""
    directory.mkdir(parents=True, exist_ok=True)
    written = 0
    for pending in outbox.pending():
        with suppress(RowNotFoundError):  # delivered meanwhile
            row = outbox.read(pending.submission_id)
            _write_row(directory, row, (outbox.read_part(row.submission_id, part.index) for part in row.parts))
            written += 1
    return written


def _write_row(directory: Path, row: StoredRow, pages: Iterable[bytes]) -> None:
    """Write one row; `pages` are the sealed bytes of its parts, in their order. Raises OSError."""
    # A tampered store must not choose the path that root writes to.
    name = row.case_number if _FILE_NAME.fullmatch(row.case_number) else row.submission_id
    for part, sealed in zip(row.parts, pages, strict=True):
        replace_file_atomically(directory / f"{name}.{envelope.page_part(part.index)}", sealed, _MODE)
    delivery = row.delivery(clock.now())
    replace_file_atomically(directory / f"{name}.json", delivery.model_dump_json(indent=2).encode(), _MODE)


def import_receipts(directory: Path, outbox: Outbox) -> ImportResult:
    """Delete the rows whose valid receipts are in `directory`. Raises OSError, OutboxError."""
    files = sorted(islice((file for file in directory.iterdir() if file.suffix == RECEIPT_SUFFIX), MAX_RECEIPTS + 1))
    if len(files) > MAX_RECEIPTS:
        raise OSError(
            errno.E2BIG, f"it holds more than {MAX_RECEIPTS:,} receipts; import them in parts", str(directory)
        )
    proofs, invalid = [], []
    for file in files:
        try:
            receipt = Receipt.model_validate_json(read_file(file, _MAX_RECEIPT_BYTES))  # a stick may hold anything
            statement = ReceiptStatement.model_validate_json(from_base64(receipt.statement))
        except OSError as error:
            invalid.append((file.name, f"it is not a receipt: {error.strerror}"))
            continue
        except ValueError:  # ValidationError among them
            invalid.append((file.name, "it is not a receipt"))
            continue
        with suppress(RowNotFoundError):  # delivered meanwhile
            try:
                proofs.append(outbox.check_receipt(outbox.read(str(statement.submission_id)), receipt))
            except InvalidReceiptError as error:
                invalid.append((file.name, str(error)))
    deleted = outbox.delete(proofs)
    outbox.compact()
    return ImportResult(len(files), deleted, tuple(invalid))
