"""Rows of the outbox as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, TypeAdapter

from protocol.choices import MAX_PAGES
from protocol.encoding import to_base64
from protocol.messages import ClockReading, Delivery, SealedPart, Sha256, ShortText

_PARTS = TypeAdapter(Annotated[tuple[SealedPart, ...], Field(max_length=MAX_PAGES)])
_TEXT_COLUMNS = TypeAdapter(tuple[ShortText, ShortText, ShortText, Sha256])
_MAX_SEALED_BYTES = 3 * 1024 * 1024  # 4 MB in base64, the limit of a delivery
# Errors of decoding a damaged value; pydantic's ValidationError is a ValueError.
DECODE_ERRORS = (ValueError, TypeError, KeyError, AttributeError, OverflowError)


def to_optional_bool(value: int | None) -> bool | None:
    """A truth value of SQLite; None stays None (unknown)."""
    return None if value is None else bool(value)


@dataclass(frozen=True)
class SavedRow:
    """The final result of a save. `code` is the canonical tracking code, 13 symbols."""

    submission_id: str
    code: str = field(repr=False)
    number: str = ""


@dataclass(frozen=True)
class PendingRow:
    """A waiting row as listed; `size` in bytes, including pages."""

    submission_id: str
    case_number: str
    saved: datetime  # by the kiosk's clock
    size: int
    receipt_confirmed: bool | None
    refused: str  # why the centre refuses it, '' if it does not


@dataclass(frozen=True)
class UnconfirmedCase:
    """A case whose citizen did not confirm having code and number."""

    case_number: str
    saved: datetime


@dataclass(frozen=True)
class ReceiptProof:
    """A submission with a verified receipt. Created by `Outbox.check_receipt` only."""

    submission_id: str


@dataclass(frozen=True)
class StoredRow:
    """A sealed submission without its sealed pages, which are read one by one."""

    submission_id: str
    case_number: str
    kiosk_id: str
    moment: ClockReading
    sealing_key: str
    sealed: bytes = field(repr=False)
    sealed_sha256: str = ""
    parts: tuple[SealedPart, ...] = ()
    receipt_confirmed: bool | None = None

    def to_columns(self) -> dict[str, Any]:
        """The columns of a new row of the table `submissions` (see kiosk_app.outbox.schema)."""
        return {
            "submission_id": self.submission_id,
            "case_number": self.case_number,
            "kiosk_id": self.kiosk_id,
            "moment": self.moment.model_dump_json(),
            "saved": self.moment.wall.timestamp(),
            "sealing_key": self.sealing_key,
            "sealed_sha256": self.sealed_sha256,
            "parts": _PARTS.dump_json(self.parts).decode(),
            "size": len(self.sealed) + sum(part.size for part in self.parts),
            "sealed": self.sealed,
        }

    @classmethod
    def from_columns(cls, columns: Mapping[str, Any]) -> Self:
        """The row of these columns. Raises DECODE_ERRORS for one that cannot be sent."""
        case_number, kiosk_id, sealing_key, sealed_sha256 = _TEXT_COLUMNS.validate_python(
            tuple(columns[name] for name in ("case_number", "kiosk_id", "sealing_key", "sealed_sha256")), strict=True
        )
        sealed, parts = bytes(columns["sealed"]), _PARTS.validate_json(columns["parts"])
        if len(sealed) > _MAX_SEALED_BYTES or any(
            len(values) != len(parts) for values in ({part.index for part in parts}, {part.sha256 for part in parts})
        ):
            raise ValueError("The row is not a valid delivery")
        return cls(
            submission_id=str(UUID(columns["submission_id"])),
            case_number=case_number,
            kiosk_id=kiosk_id,
            moment=ClockReading.model_validate_json(columns["moment"]),
            sealing_key=sealing_key,
            sealed=sealed,
            sealed_sha256=sealed_sha256,
            parts=parts,
            receipt_confirmed=to_optional_bool(columns["receipt_confirmed"]),
        )

    def delivery(self, sent: ClockReading) -> Delivery:
        """The message to the centre, with `sent` as the time of sending."""
        return Delivery(
            submission_id=UUID(self.submission_id),
            kiosk_id=self.kiosk_id,
            case_number=self.case_number,
            moment=self.moment,
            sent=sent,
            sealing_key=self.sealing_key,
            sealed=to_base64(self.sealed),
            sealed_sha256=self.sealed_sha256,
            parts=self.parts,
            receipt_confirmed=self.receipt_confirmed,
        )
