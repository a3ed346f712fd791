"""Recognised text as pages of the desk show it: state, progress, lines with their doubtful words."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from central.cases.models import Attachment, LetterPage
from central.documents.lines import ShownLine, shown_lines
from central.documents.models import Document, DocumentPage
from central.documents.offers import ShownOffer, offers_in_lines, offers_in_text
from central.documents.reading import OpenedFile, texts_of_letter
from central.documents.states import (
    DOCUMENT_STATES,
    PAGE_STATES,
    REFUSALS,
    DocumentState,
    PageState,
    Refusal,
)
from ocr.models import find_model_version
from protocol.bilingual_text import BilingualText

_NOT_REQUESTED = BilingualText("ยังไม่ได้ให้เครื่องอ่าน", "Not read by machine")
_PROGRESS = BilingualText("{} จาก {} หน้า", "{} of {} pages")


@dataclass(frozen=True)
class ShownState:
    """How far a file is read. `refusal` says why it is not."""

    code: str  # a DocumentState, '' when nobody has requested a reading
    text: str
    refusal: str
    is_finished: bool
    pages_read: int
    page_count: int  # 0 until the file was opened
    progress: str  # '' for a single page


@dataclass(frozen=True)
class LetterText:
    """The text of a letter page: what the citizen has checked, otherwise what was read here."""

    index: int
    checked: str = field(repr=False)
    lines: list[ShownLine] = field(repr=False)
    is_complete: bool
    offers: list[ShownOffer] = field(repr=False)
    reading: ShownState

    @property
    def has_unsure(self) -> bool:
        """Whether a word is marked."""
        return _has_unsure(self.lines)

    @property
    def plain_text(self) -> str:
        """The text without marks and handwriting."""
        return self.checked or _printed(self.lines)


@dataclass(frozen=True)
class ShownDocument:
    """A file beside its text, one page of it."""

    name: str  # of an attached file, '' for a letter page
    index: int
    page_count: int
    reading: ShownState
    checked: str = field(repr=False)
    lines: list[ShownLine] = field(repr=False)
    is_complete: bool
    offers: list[ShownOffer] = field(repr=False)
    page_note: str  # why this page has no text
    quarter_turns: int
    width: int
    height: int
    is_reading_useful: bool  # it was never read, was refused, or was read by another model
    is_repeated_request: bool

    @property
    def has_unsure(self) -> bool:
        """Whether a word is marked."""
        return _has_unsure(self.lines)

    @property
    def plain_text(self) -> str:
        """The text as an officer takes it over: what the citizen has checked, otherwise what was read, without
        handwriting."""
        return self.checked or _printed(self.lines)

    @property
    def lines_to_check(self) -> list[ShownLine]:
        """Unsure and handwritten lines, to mark on the picture; of a page that is stored upright only."""
        if self.quarter_turns:
            return []
        return [line for line in self.lines if line.box and (line.is_unsure or line.is_handwritten)]

    @property
    def page_indexes(self) -> range:
        """Of all pages."""
        return range(self.page_count)


def shown_state(document: Document | None, language: str) -> ShownState:
    """The state with its sentence and the progress by page."""
    if document is None:
        return ShownState("", _NOT_REQUESTED.in_language(language), "", True, 0, 0, "")
    state, count = document.current_state, document.page_count or 0
    is_partial = state is DocumentState.READING or document.pages_read < count
    progress = _PROGRESS.in_language(language).format(document.pages_read, count) if count > 1 and is_partial else ""
    refusal = REFUSALS[Refusal(document.refusal)].in_language(language) if document.refusal else ""
    return ShownState(
        state.value,
        DOCUMENT_STATES[state].in_language(language),
        refusal,
        document.is_finished,
        document.pages_read,
        count,
        progress,
    )


def letter_texts(pages: Sequence[LetterPage], language: str) -> list[LetterText]:
    """The text of each page of an opened letter."""
    read_here = texts_of_letter(pages)
    texts = []
    for page in pages:
        opened = read_here.get(page.pk)
        stored = opened.pages[0].lines if opened and opened.pages else []
        lines = shown_lines(stored)
        offers = offers_in_text(page.text, language) if page.text else offers_in_lines(stored, language)
        state = shown_state(opened.document if opened else None, language)
        is_complete = opened.pages[0].is_complete if lines and opened else page.is_text_complete
        texts.append(LetterText(page.index, page.text, lines, is_complete, offers, state))
    return texts


def shown_document(opened: OpenedFile, index: int, language: str) -> ShownDocument:
    """Page `index` of an opened file, from 0. Raises IndexError for a page that the file does not have."""
    file, document = opened.file, opened.document
    reading = shown_state(document, language)
    page_count = max(reading.page_count, 1)
    if not 0 <= index < page_count:
        raise IndexError
    page = next((each for each in opened.pages if each.index == index), None)
    checked, lines = file.text if isinstance(file, LetterPage) else "", page.lines if page else []
    is_outdated = document is not None and document.model != (find_model_version() or "")
    return ShownDocument(
        name=file.name if isinstance(file, Attachment) else "",
        index=index,
        page_count=page_count,
        reading=reading,
        checked=checked,
        lines=shown_lines(lines),
        is_complete=page.is_complete if page else not isinstance(file, LetterPage) or file.is_text_complete,
        offers=offers_in_lines(lines, language) if lines else offers_in_text(checked, language),
        page_note=_page_note(page, language),
        quarter_turns=page.quarter_turns if page else 0,
        width=page.width if page else 0,
        height=page.height if page else 0,
        is_reading_useful=document is None or (document.is_finished and (bool(document.refusal) or is_outdated)),
        is_repeated_request=document is not None,
    )


def _page_note(page: DocumentPage | None, language: str) -> str:
    if page is None or page.current_state is PageState.READ:
        return ""
    if (refusal := page.current_refusal) is not None:
        return REFUSALS[refusal].in_language(language)
    return PAGE_STATES[page.current_state].in_language(language)


def _printed(lines: Sequence[ShownLine]) -> str:
    return "\n".join("".join(segment.text for segment in line.segments) for line in lines if not line.is_handwritten)


def _has_unsure(lines: Sequence[ShownLine]) -> bool:
    return any(line.is_unsure for line in lines)
