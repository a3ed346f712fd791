"""Tables of the background work: one row per recurring job, one row per living worker process."""

from django.db import models


class JobSchedule(models.Model):
    """How far a recurring job has come. A period is identified by its start."""

    name = models.CharField(max_length=64, primary_key=True)
    period = models.DateTimeField(null=True)  # the latest period that was queued
    completed_period = models.DateTimeField(null=True)  # the latest period that was run to its end
    queued_at = models.DateTimeField(null=True)  # while a period waits or runs; null in between
    finished_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, db_default=0)  # periods in a row that were given up
    last_error = models.CharField(max_length=200, blank=True, default="", db_default="")  # kind of error, no message

    def __str__(self) -> str:
        return self.name


class WorkerHeartbeat(models.Model):
    """A worker process that lives. Its tasks are taken again when `seen_at` is older than the lease."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    host = models.CharField(max_length=128)
    process_id = models.PositiveIntegerField()
    queues = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)  # by the clock of the database: machines may differ

    def __str__(self) -> str:
        return f"{self.host}:{self.process_id}"
