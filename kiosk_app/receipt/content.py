"""What a receipt says."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class ReceiptContent:
    """One receipt. It names the case by code and number and says nothing else about person or complaint.

    `code` is the canonical tracking code, `url` its tracking address (the QR code), `saved_at` an aware datetime or
    None while the clock is not trusted, `page_count` that of the scanned pages, `copy_number` 1 for the first paper and
    more for a reprint, `language` the visit's: it comes first and large, the other one small beneath.
    """

    centre_name_th: str
    centre_name_en: str
    code: str = field(repr=False)
    number: str
    url: str = field(repr=False)
    page_count: int = 0
    saved_at: datetime | None = None
    language: str = "th"
    copy_number: int = 1
