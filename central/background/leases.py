"""Which workers live, and what happens to the tasks of those that do not.

Times are compared by the clock of the database: with the clocks of two machines a minute apart, one would take the
other's tasks while they run.
"""

import os
import socket
from contextvars import ContextVar
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now
from django_tasks_db.models import DBTaskResult

from central.background.attempts import StoredTask, fail_attempt
from central.background.models import WorkerHeartbeat

_FORGOTTEN_AFTER = timedelta(days=1)
current_worker_id: ContextVar[str] = ContextVar("current_worker_id", default="")  # '' outside a task


def register_worker(worker_id: str, queues: str) -> None:
    """Record a worker before it takes its first task."""
    WorkerHeartbeat.objects.create(
        worker_id=worker_id,
        host=socket.gethostname()[:128],
        process_id=os.getpid(),
        queues=queues[:200],
        started_at=Now(),
        seen_at=Now(),
    )


def renew_lease(worker_id: str) -> None:
    """Record that the worker lives."""
    WorkerHeartbeat.objects.filter(worker_id=worker_id).update(seen_at=Now())


def end_lease(worker_id: str) -> None:
    """Record that the worker has ended. A task that it still had is taken at once by another."""
    WorkerHeartbeat.objects.filter(worker_id=worker_id).delete()


def living_workers() -> QuerySet[WorkerHeartbeat]:
    """The workers whose lease has not expired."""
    return WorkerHeartbeat.objects.filter(seen_at__gt=Now() - timedelta(seconds=settings.WORKER_LEASE_S))


def is_living(worker_id: str) -> bool:
    """Whether this worker has a lease that has not expired."""
    return living_workers().filter(worker_id=worker_id).exists()


def requeue_abandoned_tasks(backend_name: str) -> list[StoredTask]:
    """Queue the running tasks of workers that are gone again. Returns those that have failed for good instead."""
    # The tasks first: a worker is registered before it claims a task, so every living owner is in the second query.
    running = list(DBTaskResult.objects.running().filter(backend_name=backend_name).order_by())
    if not running:
        return []
    living = set(living_workers().values_list("worker_id", flat=True))
    abandoned = [task for task in running if not task.worker_ids or task.worker_ids[-1] not in living]
    reason = "its worker ended during the run"
    return [task for task in abandoned if fail_attempt(task, reason, at_once=len(task.worker_ids) == 1)]


def forget_former_workers() -> None:
    """Delete the rows of workers that were killed more than a day ago."""
    WorkerHeartbeat.objects.filter(seen_at__lt=Now() - _FORGOTTEN_AFTER).delete()
