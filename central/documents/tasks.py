"""The background task that reads documents, one page in each run.

One page is one task, so that a document of a hundred pages delays no other: the next page waits behind the documents
that came meanwhile. Letters and attachments are read after mail and alarms (`priority`), and an installation can give
the queue `documents` workers of its own.
"""

import logging
import time

from django.db import transaction

from central.background.tasks import TaskPolicy, background_task, enqueue
from central.documents import claims
from central.documents.models import Document
from central.documents.recognition import PageFailedError, recognise_document_page

QUEUE = "documents"
_PRIORITY, _BACKLOG_PRIORITY = -10, -20  # other tasks have 0
_MAX_FAILURES = 2  # of one page, for reasons that may lie in a busy machine
log = logging.getLogger(__name__)


@background_task(TaskPolicy(max_duration_s=claims.MAX_PAGE_DURATION_S), queue_name=QUEUE, priority=_PRIORITY)
def read_next_page(document_id: int, run: int) -> str:
    """Read the next page of a document and queue the one after it, in one transaction. Returns what was done."""
    claim = claims.take_claim(document_id, run)
    if claim is None:
        return "nothing to read"
    started_s, is_last_attempt = time.monotonic(), claim.document.failures + 1 >= _MAX_FAILURES
    try:
        result = recognise_document_page(claim.document, claim.index, is_last_attempt=is_last_attempt)
    except BaseException as error:
        claims.release_claim(claim, failed=isinstance(error, PageFailedError))
        raise
    with transaction.atomic():
        document = claims.store_page(claim, result)
        if document is not None and not document.is_finished:
            queue_next_page(document)
    if document is None:
        return "taken over or deleted meanwhile"
    duration_ms = (time.monotonic() - started_s) * 1000
    outcome = result.refusal.value if result.refusal else result.state.value
    log.info(
        "Document %d: page %d of %s %s in %d ms",
        document_id,
        claim.index + 1,
        document.page_count,
        outcome,
        duration_ms,
    )
    return outcome


def queue_next_page(document: Document) -> None:
    """Queue the next page in the caller's transaction."""
    task = read_next_page.using(priority=_BACKLOG_PRIORITY) if document.is_backlog else read_next_page
    enqueue(task, document.pk, document.run)
