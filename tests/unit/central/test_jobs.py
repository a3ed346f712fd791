"""Recurring jobs: queued once a period, run once with effect, repeated after a failure."""

import contextlib
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from django_tasks import task_backends
from django_tasks.backends.dummy import DummyBackend
from django_tasks_db.models import DBTaskResult
from hypothesis import given
from hypothesis import strategies as st

from central import jobs
from central.alarms.models import Alarm
from central.background.attempts import AttemptLostError, fail_attempt, finish_attempt
from central.background.models import JobSchedule
from central.background.periods import Daily, Every
from central.background.recurring import LOST_AFTER, RecurringJob, give_up_period, queue_due_periods, run_period
from central.background.retention import delete_old_results
from central.background.tasks import describe_error, enqueue
from central.centres.models import Centre
from central.cli import main
from central.commands.worker import run_tasks
from tests.unit.central.queued_tasks import run_queued_tasks
from tests.unit.central.sample_tasks import add_effect_once

NOW = datetime(2026, 12, 1, 3, 4, 5, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=2)), st.sampled_from([1, 7, 60, 1440]))
def test_a_period_begins_at_the_same_moment_for_every_machine(now: datetime, later: timedelta, minutes: int) -> None:
    for timing in (Every(timedelta(minutes=minutes)), Daily(time(1, 30))):
        start = timing.period_at(now)
        assert start <= now < start + timedelta(seconds=timing.seconds)
        assert timing.period_at(start) == start
        assert timing.period_at(now + later) >= start


def test_a_daily_job_runs_by_thai_time() -> None:
    assert Daily(time(1, 30)).period_at(datetime(2026, 12, 1, 18, 29, tzinfo=UTC)).day == 30
    assert Daily(time(1, 30)).period_at(datetime(2026, 12, 1, 18, 30, tzinfo=UTC)).isoformat() == (
        "2026-12-01T18:30:00+00:00"
    )
    assert [str(each) for each in (Daily(time(1, 30)), Every(timedelta(hours=2)), Every(timedelta(minutes=5)))] == [
        "daily at 01:30",
        "every 2 h",
        "every 5 min",
    ]


class RecordingJob:
    """A job of each minute, with its queue and the times of its runs."""

    def __init__(self, *, in_one_transaction: bool = True) -> None:
        self.queued: list[tuple[str, str]] = []
        self.runs: list[datetime] = []
        self.job = RecurringJob("sample", self.run, Every(timedelta(minutes=1)), in_one_transaction)

    def run(self, now: datetime) -> None:
        self.runs.append(now)

    def queue_due(self, now: datetime) -> list[str]:
        return queue_due_periods([self.job], now, lambda name, period: self.queued.append((name, period)))

    def run_latest(self) -> str:
        name, period = self.queued[-1]
        return run_period({name: self.job}, name, datetime.fromisoformat(period))


@pytest.mark.parametrize("in_one_transaction", [True, False])
def test_a_period_is_queued_once_and_run_once(in_one_transaction: bool) -> None:
    sample = RecordingJob(in_one_transaction=in_one_transaction)
    assert sample.queue_due(NOW) == ["sample"]
    assert sample.queue_due(NOW) == [], "the same period"
    assert sample.queue_due(NOW + timedelta(minutes=5)) == [], "the earlier period still waits"
    assert sample.run_latest() == "completed"
    assert sample.run_latest() == "not due any more", "a task that was delivered twice"
    assert len(sample.runs) == 1
    assert sample.queue_due(NOW + timedelta(minutes=5)) == ["sample"]
    assert [period for _, period in sample.queued] == ["2026-12-01T03:04:00+00:00", "2026-12-01T03:09:00+00:00"]


def test_a_period_lost_by_a_queue_is_replaced_by_a_later_one() -> None:
    sample = RecordingJob()
    sample.queue_due(NOW)
    lost = sample.queued[-1]
    assert sample.queue_due(NOW + LOST_AFTER + timedelta(seconds=1)) == ["sample"]
    assert run_period({"sample": sample.job}, lost[0], datetime.fromisoformat(lost[1])) == "not due any more"
    assert sample.run_latest() == "completed"


def test_a_failed_period_is_recorded_and_the_next_one_queued() -> None:
    sample = RecordingJob()
    sample.queue_due(NOW)
    give_up_period("sample", datetime.fromisoformat(sample.queued[-1][1]), "OSError at central.x:1")
    schedule = JobSchedule.objects.get()
    assert (schedule.failures, schedule.last_error) == (1, "OSError at central.x:1")
    assert sample.queue_due(NOW + timedelta(minutes=1)) == ["sample"]
    sample.run_latest()
    schedule.refresh_from_db()
    assert (schedule.failures, schedule.last_error) == (0, "")


def test_a_job_that_fails_leaves_nothing_and_stays_due() -> None:
    sample = RecordingJob()

    def fail_after_a_change(now: datetime) -> None:
        Centre.objects.create(slug="half-done", name_th="ครึ่งทาง", name_en="Half")
        raise ConnectionRefusedError("no mail server for boonma@example.org")

    failing = RecurringJob("sample", fail_after_a_change, sample.job.timing)
    sample.queue_due(NOW)
    with pytest.raises(ConnectionRefusedError) as failure:
        run_period({"sample": failing}, "sample", datetime.fromisoformat(sample.queued[-1][1]))
    assert not Centre.objects.filter(slug="half-done").exists()
    assert "boonma" not in describe_error(failure.value)
    assert describe_error(failure.value).startswith("ConnectionRefusedError at tests.unit.central.test_jobs:")
    assert sample.run_latest() == "completed"


def claimed_task() -> "DBTaskResult":  # type: ignore[type-arg]
    add_effect_once.enqueue("once")
    task = DBTaskResult.objects.get()
    task.claim("worker-1")
    return task


def test_pauses_between_attempts_grow_until_the_task_has_failed() -> None:
    task = claimed_task()
    pauses = []
    while not fail_attempt(task, "OSError"):
        task.refresh_from_db()
        pauses.append(task.run_after - timezone.now())
        task.claim("worker-1")
    assert len(pauses) == 4
    assert all(later > 3 * earlier for earlier, later in pairwise(pauses))
    task.refresh_from_db()
    assert (task.status, task.exception_class_path) == ("FAILED", "OSError")


def test_an_attempt_that_was_given_to_another_worker_ends_without_effect() -> None:
    task = claimed_task()
    lost = DBTaskResult.objects.get()
    task.claim("worker-2")
    with pytest.raises(AttemptLostError):
        finish_attempt(lost, None)
    assert not fail_attempt(lost, "OSError")
    task.refresh_from_db()
    assert (task.status, task.worker_ids) == ("RUNNING", ["worker-1", "worker-2"])


def test_a_failed_task_raises_one_alarm_at_the_topmost_centre(khonkaen: Centre, ministry: Centre) -> None:
    jobs.queue_due_jobs()
    task = DBTaskResult.objects.filter(args_kwargs__args__0="check-silence").get()
    task.claim("worker-1")
    for _ in range(2):
        jobs.note_given_up(task)
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.centre, alarm.case_number) == ("task_failed", ministry, "check-silence")
    assert JobSchedule.objects.get(name="check-silence").queued_at is None


@pytest.mark.django_db(transaction=True)
def test_a_worker_runs_every_registered_job(capsys: pytest.CaptureFixture[str]) -> None:
    jobs.tick()
    run_queued_tasks()
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"SUCCESSFUL"}
    assert main(["jobs", "list"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split("\t")[0] for row in rows] == [job.name for job in jobs.JOBS]
    assert all(row.split("\t")[3] == "ok" for row in rows)


def test_names_of_jobs_fit_their_column_and_are_unique() -> None:
    assert len(jobs.JOBS_BY_NAME) == len(jobs.JOBS)
    assert all(len(name) <= 64 for name in jobs.JOBS_BY_NAME)


def test_old_results_are_deleted_failed_ones_later() -> None:
    for days, status in ((2, "SUCCESSFUL"), (0, "SUCCESSFUL"), (2, "FAILED"), (31, "FAILED")):
        add_effect_once.enqueue("x")
        newest = DBTaskResult.objects.filter(status="READY")
        newest.update(status=status, finished_at=NOW - timedelta(days=days))
    delete_old_results(NOW)
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["FAILED", "SUCCESSFUL"]


@pytest.mark.parametrize(
    ("arguments", "expected_message"),
    [
        (["jobs", "run", "nothing"], "known: check-silence"),
        (["jobs", "retry", "x"], "x is not the id of a task"),
        (["jobs", "retry", "0190163d-0000-7000-8000-000000000000"], "no failed task has this id"),
        (["worker", "--processes", "0"], "at least one process"),
    ],
)
def test_a_wrong_command_is_one_sentence(
    arguments: list[str], expected_message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    message = capsys.readouterr().err
    assert expected_message in message
    assert message.count("\n") == 1


def test_a_job_runs_from_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "run", "mail-alarms"]) == 0
    assert capsys.readouterr().err == "mail-alarms: completed\n"
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_another_queue_only_gets_the_recurring_jobs(
    settings: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": []}}  # type: ignore[attr-defined]

    def end_first_pause(seconds: float) -> None:
        raise SystemExit(0)

    monkeypatch.setattr("time.sleep", end_first_pause)
    with pytest.raises(SystemExit):
        run_tasks(["*"])
    assert "DummyBackend: start its own workers" in capsys.readouterr().err
    assert JobSchedule.objects.exclude(queued_at=None).count() == len(jobs.JOBS)


@pytest.mark.django_db(transaction=True)
def test_another_queue_gets_a_task_after_the_change_that_needs_it(settings: object) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": []}}  # type: ignore[attr-defined]
    queue = task_backends["default"]
    assert isinstance(queue, DummyBackend)
    with transaction.atomic():
        enqueue(jobs.run_recurring_job, "mail-alarms", "2026-07-17T02:00:00+00:00")
        assert queue.results == []
    assert [result.args[0] for result in queue.results] == ["mail-alarms"]
    with contextlib.suppress(KeyError), transaction.atomic():
        enqueue(jobs.run_recurring_job, "mail-alarms", "2026-07-17T02:01:00+00:00")
        raise KeyError
    assert len(queue.results) == 1, "a change that is rolled back needs no task"
