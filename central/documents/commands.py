"""Requests the reading of documents. Each function runs in one transaction, with the task that it queues."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from central.cases.audio_cleaning import AUDIO
from central.cases.models import Attachment, LetterPage
from central.documents.models import Document
from central.documents.states import UNFINISHED, DocumentState, Refusal
from central.documents.tasks import queue_next_page


def read_letter_page(letter_page: LetterPage, *, is_backlog: bool = False) -> Document:
    """Read a page of a letter. Does nothing while it waits or is read."""
    return _request(letter_page.case_id, is_backlog, letter_page=letter_page)


def read_attachment(attachment: Attachment, *, is_backlog: bool = False) -> Document:
    """Read an attached file. Does nothing while it waits or is read."""
    return _request(attachment.case_id, is_backlog, attachment=attachment)


def read_again(document: Document) -> None:
    """Read a document once more, after all others. What was read stays until it is replaced, page by page."""
    with transaction.atomic():
        locked = Document.objects.select_for_update().filter(pk=document.pk).first()
        if locked is not None and locked.is_finished:
            _restart(locked, is_backlog=True)


def documents_to_repeat(model: str) -> QuerySet[Document]:
    """Finished documents that another model has read, or that were given up."""
    finished = Document.objects.exclude(state__in=UNFINISHED).filter(typed_by=None)
    outdated = Q(refusal=Refusal.GIVEN_UP.value) | (~Q(model=model) & ~Q(refusal=Refusal.NO_FILE.value))
    return finished.filter(outdated).order_by("pk")


def never_read_pages() -> QuerySet[LetterPage]:
    """Letter pages without text of the kiosk that were stored before this app read them."""
    return LetterPage.objects.filter(document=None, text="").order_by("pk")


def never_read_attachments() -> QuerySet[Attachment]:
    """Attached files that were stored before this app read them."""
    return Attachment.objects.filter(document=None).exclude(media_type=AUDIO).order_by("pk")


def _request(case_id: int, is_backlog: bool, **file: LetterPage | Attachment) -> Document:
    with transaction.atomic():
        new_values = {"case_id": case_id, "requested_at": timezone.now(), "is_backlog": is_backlog}
        document, is_new = Document.objects.select_for_update().get_or_create(**file, defaults=new_values)
        if is_new:
            queue_next_page(document)
        elif document.is_finished:
            _restart(document, is_backlog=is_backlog)
        return document


def _restart(document: Document, *, is_backlog: bool) -> None:
    document.run += 1
    document.state, document.refusal, document.is_backlog = DocumentState.WAITING.value, "", is_backlog
    document.pages_read = document.failures = 0
    document.requested_at, document.finished_at = timezone.now(), None
    document.save()
    queue_next_page(document)
