"""Deletes what the queue no longer needs."""

from datetime import datetime, timedelta

from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from central.background.leases import forget_former_workers

_SUCCESSFUL_RETENTION = timedelta(days=1)
_FAILED_RETENTION = timedelta(days=30)  # somebody has to look at them, also after a holiday


def delete_old_results(now: datetime) -> None:
    """Delete results of tasks that succeeded over a day ago or failed over a month ago, and rows of former workers."""
    succeeded = DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL)
    succeeded.filter(finished_at__lt=now - _SUCCESSFUL_RETENTION).delete()
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED)
    failed.filter(finished_at__lt=now - _FAILED_RETENTION).delete()
    forget_former_workers()
