"""Recurring jobs: queues each period once however many workers there are, and runs it once with effect.

The row of `JobSchedule` decides. Queuing locks it, skips it when another worker holds it, and commits the new period
together with the task. Running compares the period with the completed one, so a task delivered twice does nothing.
A missed period is not made up: each job looks at the state of the database, not at what changed since.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from central.background.models import JobSchedule
from central.background.periods import Timing

LOST_AFTER = timedelta(hours=2)  # a queued period without an end by then was lost by a queue outside the database


@dataclass(frozen=True)
class RecurringJob:
    """A function that runs once in each period, with the current time.

    `in_one_transaction`: its effects and the end of the period are committed together; for short jobs that speak to no
    other machine. Any other job must be harmless when it is repeated after an interruption.
    """

    name: str
    function: Callable[[datetime], object]
    timing: Timing
    in_one_transaction: bool = True


def queue_due_periods(jobs: Iterable[RecurringJob], now: datetime, enqueue: Callable[[str, str], object]) -> list[str]:
    """Queue the current period of each job that has not been queued, unless an earlier one still waits or runs. Returns
    the names of the queued jobs."""
    by_name = {job.name: job for job in jobs}
    schedules = {schedule.name: schedule for schedule in JobSchedule.objects.filter(name__in=by_name)}
    if missing := by_name.keys() - schedules.keys():
        JobSchedule.objects.bulk_create([JobSchedule(name=name) for name in missing], ignore_conflicts=True)
        schedules |= {schedule.name: schedule for schedule in JobSchedule.objects.filter(name__in=missing)}
    # Read without a lock first: on SQLite every transaction takes the write lock.
    due = [name for name in by_name if name in schedules and _is_due(schedules[name], by_name[name], now)]
    return [name for name in due if _queue_period(by_name[name], now, enqueue)]


def _is_due(schedule: JobSchedule, job: RecurringJob, now: datetime) -> bool:
    if schedule.queued_at is not None and schedule.queued_at > now - LOST_AFTER:
        return False
    return schedule.period is None or schedule.period < job.timing.period_at(now)


def _queue_period(job: RecurringJob, now: datetime, enqueue: Callable[[str, str], object]) -> bool:
    with transaction.atomic():
        schedule = JobSchedule.objects.select_for_update(skip_locked=True).filter(name=job.name).first()
        if schedule is None or not _is_due(schedule, job, now):
            return False
        schedule.period, schedule.queued_at = job.timing.period_at(now), now
        schedule.save(update_fields=["period", "queued_at"])
        enqueue(job.name, schedule.period.isoformat())
        return True


def run_period(jobs: Mapping[str, RecurringJob], name: str, period: datetime) -> str:
    """Run one period of a job. Returns 'completed', or why nothing was done."""
    job = jobs.get(name)
    if job is None:  # queued by a newer or an older version
        return "unknown job"
    if not job.in_one_transaction:
        if not JobSchedule.objects.filter(name=name, period=period, queued_at__isnull=False).exists():
            return "not due any more"
        job.function(timezone.now())
        _complete(name, period)
        return "completed"
    with transaction.atomic():
        # The lock keeps a second run of the period out until this one is committed or rolled back.
        schedule = JobSchedule.objects.select_for_update().filter(name=name, period=period).first()
        if schedule is None or schedule.queued_at is None:
            return "not due any more"
        job.function(timezone.now())
        _complete(name, period)
    return "completed"


def _complete(name: str, period: datetime) -> None:
    JobSchedule.objects.filter(name=name, period=period).update(
        completed_period=period, queued_at=None, finished_at=timezone.now(), failures=0, last_error=""
    )


def give_up_period(name: str, period: datetime, error: str) -> None:
    """Note that every attempt of a period has failed. The next period is queued as usual."""
    schedule = JobSchedule.objects.filter(name=name, period=period, queued_at__isnull=False).first()
    if schedule is not None:
        schedule.queued_at, schedule.failures, schedule.last_error = None, schedule.failures + 1, error[:200]
        schedule.save(update_fields=["queued_at", "failures", "last_error"])
