"""The durable sealed queue: `Outbox`, what it raises, and the small files beside it."""

from kiosk_app.outbox.enrolment import Enrolment
from kiosk_app.outbox.errors import NoSuchRow, NotReceipted, OutboxBroken, OutboxError, OutboxFull, OutboxTooNew
from kiosk_app.outbox.outbox import Outbox
from kiosk_app.outbox.rows import Pending, Receipted, SavedRow, StoredRow, Unconfirmed

__all__ = [
    "Enrolment",
    "NoSuchRow",
    "NotReceipted",
    "Outbox",
    "OutboxBroken",
    "OutboxError",
    "OutboxFull",
    "OutboxTooNew",
    "Pending",
    "Receipted",
    "SavedRow",
    "StoredRow",
    "Unconfirmed",
]
