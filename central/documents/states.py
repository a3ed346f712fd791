"""How far the reading of a document is, and why one is refused, with the sentence that officers read."""

from collections.abc import Mapping
from enum import StrEnum

from protocol.bilingual_text import BilingualText


class DocumentState(StrEnum):
    """The state of a whole document. The reading goes on while it is waiting or reading."""

    WAITING = "waiting"
    READING = "reading"
    READ = "read"  # at least one page has text
    UNREADABLE = "unreadable"  # handwriting, or a picture that is too poor
    NO_TEXT = "no_text"  # empty pages, or photos without text
    REFUSED = "refused"  # see Refusal


UNFINISHED = (DocumentState.WAITING, DocumentState.READING)


class PageState(StrEnum):
    """What the reading of one page gave."""

    READ = "read"
    UNREADABLE = "unreadable"
    NO_TEXT = "no_text"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why a page or a whole document is not read. The first six are values of `ocr.errors.OcrErrorReason`."""

    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    NOT_AN_IMAGE = "not_an_image"
    TOO_LITTLE_MEMORY = "too_little_memory"
    TIMEOUT = "timeout"
    FAILED = "failed"
    NO_FILE = "no_file"
    GIVEN_UP = "given_up"


REFUSALS: Mapping[Refusal, BilingualText] = {
    Refusal.TOO_LARGE: BilingualText(
        "ภาพใหญ่เกิน 60 ล้านพิกเซล หรือมีเกิน 200 หน้า", "It has more than 60 megapixels, or more than 200 pages"
    ),
    Refusal.TRUNCATED: BilingualText("ไฟล์ไม่ครบหรือเสียหาย", "The file is incomplete or damaged"),
    Refusal.NOT_AN_IMAGE: BilingualText("เครื่องอ่านไฟล์ชนิดนี้ไม่ได้", "Files of this type cannot be read"),
    Refusal.TOO_LITTLE_MEMORY: BilingualText("ต้องใช้หน่วยความจำเกินกำหนด", "Reading it needs too much memory"),
    Refusal.TIMEOUT: BilingualText("ใช้เวลาอ่านนานเกินกำหนด", "Reading it takes too long"),
    Refusal.FAILED: BilingualText("เครื่องอ่านไม่สำเร็จ", "Reading it failed"),
    Refusal.NO_FILE: BilingualText("ไม่พบไฟล์ในที่เก็บ", "The file is not in the store"),
    Refusal.GIVEN_UP: BilingualText(
        "ระบบอ่านข้อความไม่ทำงาน และแจ้งผู้ดูแลระบบแล้ว", "The text recognition does not work; the administrators are informed"
    ),
}

DOCUMENT_STATES: Mapping[DocumentState, BilingualText] = {
    DocumentState.WAITING: BilingualText("รอเครื่องอ่าน", "Waiting to be read"),
    DocumentState.READING: BilingualText("เครื่องกำลังอ่าน", "Being read"),
    DocumentState.READ: BilingualText("เครื่องอ่านแล้ว", "Read by machine"),
    DocumentState.UNREADABLE: BilingualText(
        "ลายมือหรือภาพไม่ชัด โปรดอ่านจากภาพ", "Handwriting or unclear: read the picture"
    ),
    DocumentState.NO_TEXT: BilingualText("ไม่มีข้อความ", "No text"),
    DocumentState.REFUSED: BilingualText("เครื่องอ่านไม่ได้", "Cannot be read by machine"),
}

PAGE_STATES: Mapping[PageState, BilingualText] = {
    PageState.READ: BilingualText("เครื่องอ่านแล้ว", "Read by machine"),
    PageState.UNREADABLE: BilingualText(
        "หน้านี้เป็นลายมือหรือภาพไม่ชัด โปรดอ่านจากภาพ", "This page is handwritten or unclear: read the picture"
    ),
    PageState.NO_TEXT: BilingualText("หน้านี้ไม่มีข้อความ", "This page has no text"),
    PageState.REFUSED: BilingualText("เครื่องอ่านหน้านี้ไม่ได้", "This page cannot be read by machine"),
}


def combine(pages: set[PageState]) -> DocumentState:
    """The state of a document whose pages have these states."""
    for page, document in (
        (PageState.READ, DocumentState.READ),
        (PageState.UNREADABLE, DocumentState.UNREADABLE),
        (PageState.REFUSED, DocumentState.REFUSED),
    ):
        if page in pages:
            return document
    return DocumentState.NO_TEXT
