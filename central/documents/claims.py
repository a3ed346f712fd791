"""Who reads a document: one worker at a time, under the lease that it has as a worker (decision 0094).

A worker that is killed loses its lease, and the next attempt takes the document over. One that was only stopped finds
its claim replaced, and what it read is not stored.
"""

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from central.background.leases import current_worker_id, is_living
from central.documents.models import Document, DocumentPage
from central.documents.recognition import PageResult
from central.documents.states import UNFINISHED, DocumentState, PageState, Refusal, combine
from ocr.read_document import DEADLINE_S

MAX_PAGE_DURATION_S = 2 * DEADLINE_S + 60  # two children and a slow store of files; then the worker ends itself


class DocumentBusyError(Exception):
    """Another living worker reads this document."""


@dataclass(frozen=True)
class Claim:
    """The right to read the next page of a document."""

    document: Document
    token: str

    @property
    def index(self) -> int:
        """The page, from 0."""
        return self.document.pages_read


def take_claim(document_id: int, run: int) -> Claim | None:
    """Claim the next page. None when this run has nothing left to read, or the document was deleted. Raises
    DocumentBusyError."""
    worker = current_worker_id.get() or f"{socket.gethostname()}:{os.getpid()}"[:64]
    with transaction.atomic():
        document = Document.objects.select_for_update().filter(pk=document_id, run=run, state__in=UNFINISHED).first()
        if document is None:
            return None
        if document.reader not in ("", worker) and _is_valid(document):
            raise DocumentBusyError
        document.reader, document.claim = worker, secrets.token_hex(16)
        document.state = DocumentState.READING.value
        document.save(update_fields=["reader", "claim", "state"])
        Document.objects.filter(pk=document.pk).update(claimed_at=Now())
    return Claim(document, document.claim)


def _is_valid(document: Document) -> bool:
    """Whether the claim may be in use: its worker lives, and no task lasts as long as the claim is old. A worker that
    could not release its claim, because the database was away, keeps it no longer than that."""
    recent = Document.objects.filter(pk=document.pk, claimed_at__gt=Now() - timedelta(seconds=MAX_PAGE_DURATION_S))
    return is_living(document.reader) and recent.exists()


def release_claim(claim: Claim, *, failed: bool) -> None:
    """Let others read the page. `failed`: count one failure of it."""
    with transaction.atomic():
        document = _lock(claim)
        if document is not None:
            document.reader = document.claim = ""
            document.failures += failed
            document.save(update_fields=["reader", "claim", "failures"])


def store_page(claim: Claim, result: PageResult) -> Document | None:
    """Store what was read, in the caller's transaction, and finish the document after its last page. None when the
    claim was lost: another worker took the document over, or the document was deleted."""
    document = _lock(claim)
    if document is None:
        return None
    now, index = timezone.now(), claim.index
    if result.page_count is None:
        _finish(document, DocumentState.REFUSED, result)
        document.pages.all().delete()
        return document
    values = {
        "state": result.state.value,
        "refusal": result.refusal.value if result.refusal else "",
        "text": result.text,
        "lines": result.lines,
        "confidence": result.confidence,
        "is_complete": result.is_complete,
        "quarter_turns": result.quarter_turns,
        "width": result.size[0],
        "height": result.size[1],
        "model": result.model,
        "read_at": now,
    }
    DocumentPage.objects.update_or_create(document=document, index=index, defaults=values)
    document.thumbnail = result.thumbnail or document.thumbnail
    document.page_count, document.pages_read, document.failures = result.page_count, index + 1, 0
    document.reader = document.claim = ""
    if document.pages_read >= result.page_count:
        document.pages.filter(index__gte=result.page_count).delete()
        states = {PageState(state) for state in document.pages.values_list("state", flat=True)}
        _finish(document, combine(states), result)
    else:
        document.save()
    return document


def give_up(document_id: int, run: int) -> None:
    """Mark a document as refused whose every attempt has failed. The pages that were read stay."""
    with transaction.atomic():
        document = Document.objects.select_for_update().filter(pk=document_id, run=run, state__in=UNFINISHED).first()
        if document is not None:
            _finish(document, DocumentState.REFUSED, PageResult(PageState.REFUSED, refusal=Refusal.GIVEN_UP))


def _finish(document: Document, state: DocumentState, result: PageResult) -> None:
    document.state, document.finished_at, document.model = state.value, timezone.now(), result.model
    document.refusal = result.refusal.value if state is DocumentState.REFUSED and result.refusal else ""
    document.reader = document.claim = ""
    document.save()


def _lock(claim: Claim) -> Document | None:
    own = Document.objects.select_for_update().filter(pk=claim.document.pk, run=claim.document.run, claim=claim.token)
    return own.first()
