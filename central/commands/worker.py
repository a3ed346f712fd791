"""`central worker`: runs queued tasks and recurring jobs. Several may run, on one machine or on many."""

import argparse

from django.conf import settings
from django_tasks import task_backends
from django_tasks_db import DatabaseBackend

from central import jobs, worker_processes
from central.background.scheduler_only import queue_jobs_until_stopped
from central.background.worker import run_worker
from central.commands import CommandError, print_message
from central.commands.preconditions import check_migrated


def run(arguments: argparse.Namespace) -> None:
    if arguments.processes < 1:
        raise CommandError("there must be at least one process")
    check_migrated()
    if arguments.end_with:
        worker_processes.end_with_parent(arguments.end_with)
    worker_processes.stop_on_sigterm()
    queues = [name.strip() for name in arguments.queues.split(",") if name.strip()] or ["*"]
    if arguments.processes == 1:
        run_tasks(queues)
    else:
        worker_processes.supervise([lambda: run_tasks(queues)] * arguments.processes)


def run_tasks(queues: list[str]) -> None:
    """Run the tasks of these queues until SIGTERM. With a queue outside the database, only queue the recurring jobs."""
    if isinstance(task_backends["default"], DatabaseBackend):
        run_worker(queues, jobs.tick, jobs.note_given_up)
        return
    print_message(
        f"CENTRAL_TASKS is {settings.TASKS['default']['BACKEND']}: start its own workers; this process queues the jobs."
    )
    queue_jobs_until_stopped(jobs.queue_due_jobs)
