"""Rows carried by hand, from a dead or never-connected kiosk to `central import DIR`.

For each row the directory gets

    <case number>.json      the Delivery of protocol.messages, UTF-8; its `sent` is the moment of the export
    <case number>.page-<n>  the sealed bytes of page n from 0, as the Delivery's `parts` name them by hash and size

Pages are written before the JSON that names them, and each file whole or not at all: a Delivery that is there is
complete. Everything is as sealed as it was. Rows stay in the outbox, because only a receipt of the centre deletes:
the centre answers a later delivery of the same submission over the network with the same receipt.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from kiosk_app.outbox import clock
from kiosk_app.outbox.rows import StoredRow
from machine.safe_files import replace_file_atomically
from protocol import envelope

_MODE = 0o644  # sealed: readable by the centre only
_FILE_NAME = re.compile(r"[0-9A-Z-]{1,32}")


def write_row(directory: Path, row: StoredRow, pages: Iterable[bytes]) -> None:
    """Write one row; `pages` are the sealed bytes of its parts, in their order. Raises OSError."""
    # A store that somebody has tampered with must not choose where root writes.
    name = row.case_number if _FILE_NAME.fullmatch(row.case_number) else row.submission_id
    for part, sealed in zip(row.parts, pages, strict=True):
        replace_file_atomically(directory / f"{name}.{envelope.page_part(part.index)}", sealed, _MODE)
    delivery = row.delivery(clock.now())
    replace_file_atomically(directory / f"{name}.json", delivery.model_dump_json(indent=2).encode(), _MODE)
