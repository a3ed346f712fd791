"""Reads one page of a stored file by `ocr`, in its confined children, as `kiosk ocr` does. Writes nothing."""

import logging
from dataclasses import dataclass, field, replace
from typing import Any

from central.cases.office_cleaning import EXCEL, WORD, office_lines
from central.documents.lines import joined_text, stored_lines, typed_lines
from central.documents.models import MAX_TEXT_CHARS, Document
from central.documents.page_pictures import small_jpeg
from central.documents.states import PageState, Refusal
from ocr.confined.child_process import run_in_child
from ocr.errors import OcrError, OcrErrorReason
from ocr.models import find_model_version
from ocr.prepared_page import MAX_PAGES, PreparedPage
from ocr.read_document import prepare_page, recognise_page
from ocr.recognise import Recognition

MAX_FILE_BYTES = 64 << 20  # two and a half times the largest upload
_OFFICE_DEADLINE_S, _OFFICE_MEMORY_MB = 60.0, 1024
# Reasons that lie in the file: reading it again gives the same.
_LASTING = {
    OcrErrorReason.TOO_LARGE: Refusal.TOO_LARGE,
    OcrErrorReason.TRUNCATED: Refusal.TRUNCATED,
    OcrErrorReason.NOT_AN_IMAGE: Refusal.NOT_AN_IMAGE,
}
# Reasons that lie in the file or in a machine that is busy: the page is read once more, and then refused.
_DOUBTFUL = {
    OcrErrorReason.TOO_LITTLE_MEMORY: Refusal.TOO_LITTLE_MEMORY,
    OcrErrorReason.TIMEOUT: Refusal.TIMEOUT,
    OcrErrorReason.FAILED: Refusal.FAILED,
}
log = logging.getLogger(__name__)


class PageFailedError(Exception):
    """The page could not be read this time. The message is the value of a Refusal."""


class RecognitionAwayError(Exception):
    """Nothing can be read on this machine: recognition is not installed, or a child cannot be confined."""


@dataclass(frozen=True)
class PageResult:
    """One page as it is stored. `page_count` is None when the file could not be opened."""

    state: PageState
    page_count: int | None = None
    refusal: Refusal | None = None
    lines: list[dict[str, Any]] = field(default_factory=list, repr=False)
    confidence: float | None = None
    is_complete: bool = True
    quarter_turns: int = 0
    size: tuple[int, int] = (0, 0)
    model: str = ""
    thumbnail: bytes = field(default=b"", repr=False)  # JPEG, of the first page

    @property
    def text(self) -> str:
        """The printed lines."""
        return joined_text(self.lines, MAX_TEXT_CHARS)


def recognise_document_page(document: Document, index: int, *, is_last_attempt: bool) -> PageResult:
    """Page `index` (from 0) of the file. A page that cannot be read is a result with its refusal.

    Raises PageFailedError unless it is the last attempt, RecognitionAwayError, and OSError when the store of files is
    away."""
    try:
        raw = _read_file(document)
    except FileNotFoundError:
        return PageResult(PageState.REFUSED, refusal=Refusal.NO_FILE)
    if len(raw) > MAX_FILE_BYTES:
        return PageResult(PageState.REFUSED, refusal=Refusal.TOO_LARGE)
    if document.attachment is not None and document.attachment.media_type in (WORD, EXCEL):
        return _office_text(raw, document.attachment.media_type)
    model, count = find_model_version() or "", document.page_count
    try:
        page, count = prepare_page(raw, index)
        count = min(count, MAX_PAGES)
        small = small_jpeg(page.preview) if index == 0 else b""
        if page.blank:
            return PageResult(PageState.NO_TEXT, count, size=(page.width, page.height), model=model, thumbnail=small)
        return replace(_result(page, count, recognise_page(page), model), thumbnail=small)
    except OcrError as error:
        if error.reason in _LASTING:
            return PageResult(PageState.REFUSED, count, _LASTING[error.reason], model=model)
        if error.reason in _DOUBTFUL:
            refusal = _DOUBTFUL[error.reason]
            if not is_last_attempt:
                raise PageFailedError(refusal.value) from None
            return PageResult(PageState.REFUSED, count, refusal, model=model)
        log.error("Documents cannot be read on this machine: %s", error.reason.value)
        raise RecognitionAwayError from None


def _office_text(raw: bytes, media_type: str) -> PageResult:
    """The text of a Word or Excel file: one page, and nothing in it is doubtful."""
    try:
        texts = run_in_child(office_lines, raw, media_type, deadline_s=_OFFICE_DEADLINE_S, memory_mb=_OFFICE_MEMORY_MB)
    except OcrError:
        return PageResult(PageState.REFUSED, 1, Refusal.FAILED)
    lines = typed_lines(texts)
    return PageResult(PageState.READ if lines else PageState.NO_TEXT, 1, lines=lines, confidence=100.0)


def _read_file(document: Document) -> bytes:
    letter_page, attachment = document.letter_page, document.attachment
    if letter_page is not None:
        stored = letter_page.picture
    elif attachment is not None:
        stored = attachment.file
    else:
        raise FileNotFoundError
    with stored.open("rb") as file:
        content: bytes = file.read(MAX_FILE_BYTES + 1)
    return content


def _result(page: PreparedPage, count: int, recognised: Recognition, model: str) -> PageResult:
    if not recognised.lines:
        state = PageState.NO_TEXT
    else:
        state = PageState.READ if recognised.is_readable else PageState.UNREADABLE
    # The lines of an unreadable page are noise that looks like text.
    lines = stored_lines(recognised.lines) if state is PageState.READ else []
    return PageResult(
        state,
        count,
        lines=lines,
        confidence=round(recognised.confidence, 1),
        is_complete=recognised.is_complete,
        quarter_turns=recognised.quarter_turns % 4,
        size=(page.width, page.height),
        model=model,
    )
