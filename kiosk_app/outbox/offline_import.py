"""Receipts carried back by hand: `central import DIR` lays `<case number>.receipt` beside each row it holds.

So a kiosk that never has a network gives its rows away by a stick and forgets them by the same stick. A receipt from
the stick counts as much as one from the network: it is verified, and it must be for exactly that row.
"""

import errno
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kiosk_app.outbox.errors import InvalidReceiptError, RowNotFoundError
from kiosk_app.outbox.outbox import Outbox
from machine.safe_files import read_file
from protocol.encoding import from_base64
from protocol.messages import Receipt, ReceiptStatement

RECEIPT_SUFFIX = ".receipt"
_MAX_RECEIPT_BYTES = 64 * 1024  # bytes; one that names twenty pages has 4 kB
MAX_RECEIPTS = 10_000  # receipts at once: as many as `central import` takes in


@dataclass(frozen=True)
class ImportResult:
    """`receipts` were found, `deleted` rows left the outbox; `rejected`: (file name, why)."""

    receipts: int
    deleted: int
    rejected: tuple[tuple[str, str], ...]


def import_receipts(directory: Path, outbox: Outbox) -> ImportResult:
    """Delete what the receipts in `directory` prove to be at the centre. Raises OSError, OutboxError."""
    files = sorted(islice((file for file in directory.iterdir() if file.suffix == RECEIPT_SUFFIX), MAX_RECEIPTS + 1))
    if len(files) > MAX_RECEIPTS:
        raise OSError(errno.E2BIG, f"it holds more than {MAX_RECEIPTS:,} receipts; carry them in parts", str(directory))
    good, rejected = [], []
    for file in files:
        try:
            receipt = Receipt.model_validate_json(read_file(file, _MAX_RECEIPT_BYTES))  # a stick may hold anything
            statement = ReceiptStatement.model_validate_json(from_base64(receipt.statement))
        except OSError as error:
            rejected.append((file.name, f"this is no receipt: {error.strerror}"))
            continue
        except ValueError:  # ValidationError among them
            rejected.append((file.name, "this is no receipt"))
            continue
        with suppress(RowNotFoundError):  # delivered meanwhile
            try:
                good.append(outbox.check_receipt(outbox.read(str(statement.submission_id)), receipt))
            except InvalidReceiptError as error:
                rejected.append((file.name, str(error)))
    deleted = outbox.delete(good)
    outbox.compact()
    return ImportResult(len(files), deleted, tuple(rejected))
