"""The only way to read recognised text. It follows the file: who may open a file may read its text, and the audit has
both as the same reading. A withheld name therefore covers the text of a letter until it is granted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from central.cases import reading
from central.cases.models import Attachment, Case, LetterPage
from central.centres.models import Officer
from central.documents.models import Document, DocumentPage


@dataclass(frozen=True)
class OpenedFile:
    """A file of a case with what was read in it. `document` is None when nobody has requested a reading."""

    file: LetterPage | Attachment
    document: Document | None
    pages: list[DocumentPage] = field(repr=False)


def open_letter_page(officer: Officer, case: Case, index: int) -> OpenedFile:
    """A page of the letter, counted from 0. Raises ReadingDeniedError, LetterPage.DoesNotExist."""
    letter_page = reading.open_page(officer, case, index)
    return _opened(letter_page, Document.objects.filter(letter_page=letter_page).first())


def open_attachment(officer: Officer, case: Case, attachment_id: int) -> OpenedFile:
    """An attached file. Raises ReadingDeniedError, Attachment.DoesNotExist, also for a file of another case."""
    attachment = reading.open_attachment(officer, case, attachment_id)
    return _opened(attachment, Document.objects.filter(attachment=attachment).first())


def texts_of_letter(pages: Iterable[LetterPage]) -> Mapping[int, OpenedFile]:
    """What was read on those pages of a letter that have no text of the kiosk, by key of the page. `pages` must come
    from `cases.reading.readable_pages`, which returns none while they are covered."""
    wordless = [page for page in pages if not page.text]
    if not wordless:
        return {}
    documents = Document.objects.filter(letter_page__in=wordless).prefetch_related("pages")
    by_page = {document.letter_page_id: document for document in documents}
    return {page.pk: _opened(page, by_page.get(page.pk)) for page in wordless}


def _opened(file: LetterPage | Attachment, document: Document | None) -> OpenedFile:
    return OpenedFile(file, document, list(document.pages.all()) if document is not None else [])
