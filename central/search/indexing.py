"""Keeps the index up to date: marked cases are indexed in small transactions, one worker at a time."""

from collections.abc import Sequence

from django.db import connection, transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from central.background.tasks import TaskPolicy, background_task, enqueue
from central.cases.models import Case
from central.events import case_texts_indexed
from central.search.models import CaseMark, IndexedCase
from central.search.sources import index_entries
from central.search.word_index import open_index

BATCH = 50  # cases of one transaction: about 0.1 s, during which SQLite has no other writer
_MARKS_OF_BATCH = 500
_LOCK_KEY = 0x5EA2C4  # of PostgreSQL's advisory locks


def index_marked(limit: int | None = None) -> int:
    """Index the marked cases, at most `limit`; returns their number. A case marked meanwhile is indexed too."""
    count = 0
    while limit is None or count < limit:
        done = _index_batch()
        if done == 0:
            break
        count += done
    return count


def index_cases(case_ids: Sequence[int]) -> None:
    """Index these cases in the caller's transaction: an erasure leaves nothing in the index when it is committed."""
    with transaction.atomic():
        _take_lock()
        _write(case_ids)


def mark_all() -> int:
    """Mark every case, in batches; returns their number. The index stays in use meanwhile."""
    last_pk = count = 0
    while keys := list(Case.objects.filter(pk__gt=last_pk).order_by("pk").values_list("pk", flat=True)[:1000]):
        CaseMark.objects.bulk_create([CaseMark(case_id=key) for key in keys])
        last_pk, count = keys[-1], count + len(keys)
    return count


@background_task(TaskPolicy(max_duration_s=1800), priority=-5)
def index_marked_cases() -> str:
    """Index what is marked. Returns how many cases."""
    return f"{index_marked()} cases"


def queue_indexing() -> None:
    """Queue the indexing when a case is marked and no such task waits or runs."""
    if not CaseMark.objects.exists():
        return
    unfinished = DBTaskResult.objects.filter(status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING))
    if not unfinished.filter(task_path=index_marked_cases.module_path).exists():
        enqueue(index_marked_cases)


def _index_batch() -> int:
    """One transaction: take marks, index their cases. Marks are read before the texts, so a change committed after
    the texts were read has a mark that is not in this batch."""
    with transaction.atomic():
        _take_lock()
        marks = list(CaseMark.objects.order_by("pk").values_list("pk", "case_id")[:_MARKS_OF_BATCH])
        case_ids = list(dict.fromkeys(case_id for _, case_id in marks))[:BATCH]
        if not case_ids:
            return 0
        chosen = set(case_ids)
        CaseMark.objects.filter(pk__in=[key for key, case_id in marks if case_id in chosen]).delete()
        _write(case_ids)
        case_texts_indexed.send(sender=IndexedCase, case_ids=case_ids)
    return len(case_ids)


def _write(case_ids: Sequence[int]) -> None:
    entries = index_entries(case_ids)
    open_index().write(entries)
    gone = set(case_ids) - {entry.case_id for entry in entries}
    if gone:
        IndexedCase.objects.filter(pk__in=gone).delete()


def _take_lock() -> None:
    """One indexer at a time: two that read and wrote one case in different orders would leave the older text."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_KEY])
