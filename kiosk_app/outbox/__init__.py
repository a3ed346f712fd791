"""The durable sealed queue: `Outbox`, what it raises, and the small files beside it."""

from kiosk_app.outbox.enrolment import Enrolment
from kiosk_app.outbox.errors import (
    InvalidReceiptError,
    OutboxBrokenError,
    OutboxError,
    OutboxFullError,
    OutboxTooNewError,
    RowNotFoundError,
)
from kiosk_app.outbox.outbox import Outbox
from kiosk_app.outbox.rows import PendingRow, ReceiptProof, SavedRow, StoredRow, UnconfirmedCase

__all__ = [
    "Enrolment",
    "InvalidReceiptError",
    "Outbox",
    "OutboxBrokenError",
    "OutboxError",
    "OutboxFullError",
    "OutboxTooNewError",
    "PendingRow",
    "ReceiptProof",
    "RowNotFoundError",
    "SavedRow",
    "StoredRow",
    "UnconfirmedCase",
]
