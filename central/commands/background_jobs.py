"""`central jobs`: shows recurring jobs, workers and failed tasks, and queues a failed task or a job again."""

import argparse
import sys
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from central import jobs
from central.background.attempts import StoredTask
from central.background.leases import living_workers
from central.background.models import JobSchedule
from central.commands import CommandError, print_message
from thai.dates import in_thailand


def run(arguments: argparse.Namespace) -> None:
    {"list": _list, "workers": _workers, "failed": _failed, "retry": _retry, "run": _run}[arguments.action](arguments)


def _print_row(*columns: object) -> None:
    sys.stdout.write("\t".join(str(column) for column in columns).rstrip() + "\n")


def _local(moment: datetime | None) -> str:
    return f"{in_thailand(moment):%Y-%m-%d %H:%M}" if moment else "never"


def _list(arguments: argparse.Namespace) -> None:
    schedules = {schedule.name: schedule for schedule in JobSchedule.objects.all()}
    for job in jobs.JOBS:
        schedule = schedules.get(job.name) or JobSchedule(name=job.name)
        state = "queued" if schedule.queued_at else f"failed {schedule.failures} times" if schedule.failures else "ok"
        _print_row(job.name, job.timing, f"completed {_local(schedule.finished_at)}", state, schedule.last_error)


def _workers(arguments: argparse.Namespace) -> None:
    workers = list(living_workers().order_by("started_at"))
    if not workers:
        print_message("No worker runs: start `central worker`.")
    for worker in workers:
        _print_row(worker, worker.queues, f"since {_local(worker.started_at)}")


def _failed_tasks() -> QuerySet[StoredTask]:
    return DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).order_by("-finished_at")


def _failed(arguments: argparse.Namespace) -> None:
    tasks = list(_failed_tasks()[:200])
    if not tasks:
        print_message("No task has failed.")
    for task in tasks:
        _print_row(task.pk, task.task_path, _local(task.finished_at), task.exception_class_path)


def _retry(arguments: argparse.Namespace) -> None:
    tasks = _failed_tasks()
    if arguments.id != "all":
        try:
            tasks = tasks.filter(pk=UUID(arguments.id))
        except ValueError:
            raise CommandError(f"{arguments.id} is not the id of a task, see `central jobs failed`") from None
    queued = tasks.order_by().update(
        status=TaskResultStatus.READY, run_after=get_date_max(), worker_ids=[], finished_at=None
    )
    if not queued and arguments.id != "all":
        raise CommandError("no failed task has this id")
    print_message(f"{queued} tasks are queued again")


def _run(arguments: argparse.Namespace) -> None:
    job = jobs.JOBS_BY_NAME.get(arguments.name)
    if job is None:
        raise CommandError(f"there is no job {arguments.name} (known: {', '.join(jobs.JOBS_BY_NAME)})")
    job.function(timezone.now())
    print_message(f"{job.name}: completed")
