"""The end of an attempt to run a task: success, another attempt later, or failure.

An attempt is identified by the task and the time it was claimed. Every end is a conditional update: a worker whose task
was given to another one meanwhile changes nothing.
"""

import logging
from datetime import datetime
from typing import Any, TypeAlias

from django.db.models import QuerySet
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from central.background.tasks import policy_of

StoredTask: TypeAlias = "DBTaskResult[..., Any]"
log = logging.getLogger(__name__)


class AttemptLostError(Exception):
    """Another worker has this task now."""


def finish_attempt(attempt: StoredTask, return_value: object) -> None:
    """Mark the task as successful. Raises AttemptLostError, which rolls back the transaction of the task."""
    changed = _own(attempt).update(
        status=TaskResultStatus.SUCCESSFUL,
        finished_at=timezone.now(),
        return_value=return_value,
        exception_class_path="",
        traceback="",
    )
    if not changed:
        raise AttemptLostError


def fail_attempt(attempt: StoredTask, reason: str, *, at_once: bool = False) -> bool:
    """Queue the task again after a pause (`at_once`: without), or mark it as failed after its last attempt. Returns
    whether it has failed for good. Does nothing for an attempt that is not the current one."""
    attempts, policy = len(attempt.worker_ids), policy_of(attempt.task_path)
    if attempts >= policy.max_attempts:
        changed = _own(attempt).update(
            status=TaskResultStatus.FAILED, finished_at=timezone.now(), exception_class_path=reason, traceback=reason
        )
        if changed:
            log.error("Task %s (%s) failed after %d attempts: %s", attempt.task_path, attempt.pk, attempts, reason)
        return bool(changed)
    run_after: datetime = get_date_max() if at_once else timezone.now() + policy.retry_delay(attempts)
    changed = _own(attempt).update(
        status=TaskResultStatus.READY, run_after=run_after, exception_class_path=reason, traceback=reason
    )
    if changed:
        log.warning("Task %s (%s) is queued again: %s", attempt.task_path, attempt.pk, reason)
    return False


def _own(attempt: StoredTask) -> QuerySet[StoredTask]:
    return DBTaskResult.objects.filter(pk=attempt.pk, status=TaskResultStatus.RUNNING, started_at=attempt.started_at)
