"""A worker process: runs queued tasks one after the other, and in a second thread renews its lease, takes back the
tasks of dead workers and queues the periods of recurring jobs.

The loop that claims tasks is that of django-tasks-db; running and ending a task are this module's (decision 0051).
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from types import FrameType

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections, transaction
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from central.background import leases
from central.background.attempts import AttemptLostError, StoredTask, fail_attempt, finish_attempt
from central.background.tasks import describe_error, policy_of
from central.logs import current_request_id

log = logging.getLogger(__name__)
_POLL_INTERVAL_S = 1.0  # an idle worker looks for tasks this often
_EXIT_HANGING_TASK = 70


class LeasedWorker(Worker):
    """Runs each task under a lease, with the policy that the task declares.

    `on_given_up(task)` is called for a task whose last attempt has failed."""

    def __init__(self, queues: list[str], on_given_up: Callable[[StoredTask], None]) -> None:
        super().__init__(
            queue_names=queues,
            interval=_POLL_INTERVAL_S,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        self._on_given_up = on_given_up
        self.task_deadline_s: tuple[str, float] | None = None  # task and monotonic time, for the second thread

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """End after the current task. The loop notices within a second."""
        self.running = False

    def run_task(self, db_task_result: StoredTask) -> None:
        """Run one claimed task and record its end."""
        policy = policy_of(db_task_result.task_path)
        started_at_s = time.monotonic()
        self.task_deadline_s = (db_task_result.task_path, started_at_s + policy.max_duration_s)
        failed: Exception | None = None
        token = current_request_id.set(f"task-{db_task_result.pk}")
        worker_token = leases.current_worker_id.set(self.worker_id)
        try:
            task, queued = db_task_result.task, db_task_result.task_result
            with transaction.atomic() if policy.in_one_transaction else nullcontext():
                return_value = task.call(*queued.args, **queued.kwargs)
                finish_attempt(db_task_result, return_value)
        except AttemptLostError:
            log.warning("Task %s was given to another worker meanwhile", db_task_result.task_path)
        except Exception as error:
            failed = error
        else:
            log.info("Task %s succeeded in %d ms", db_task_result.task_path, (time.monotonic() - started_at_s) * 1000)
        finally:
            self.task_deadline_s = None
            leases.current_worker_id.reset(worker_token)
            current_request_id.reset(token)
        if failed is not None:
            self._record_failure(db_task_result, failed)

    def _record_failure(self, db_task_result: StoredTask, failed: Exception) -> None:
        log.error("Task %s (%s) failed: %s", db_task_result.task_path, db_task_result.pk, describe_error(failed))
        close_old_connections()
        if fail_attempt(db_task_result, describe_error(failed)):
            self._on_given_up(db_task_result)


class UpkeepThread(threading.Thread):
    """Renews the lease of a worker and calls `on_tick` in each round, until `stop`."""

    def __init__(self, worker: LeasedWorker, on_tick: Callable[[], None]) -> None:
        super().__init__(name="upkeep", daemon=True)
        self._worker, self._on_tick = worker, on_tick
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(min(settings.WORKER_LEASE_S / 6, 5.0)):
            self._end_process_with_hanging_task()
            try:
                leases.renew_lease(self._worker.worker_id)
                self._on_tick()
            except (DatabaseError, OSError) as error:
                log.error("The round of a worker failed: %s", describe_error(error))
            close_old_connections()
        connections.close_all()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopped.set()
        self.join()

    def _end_process_with_hanging_task(self) -> None:
        """A thread cannot be stopped, so the process ends: its supervisor starts a new one, and the task is taken
        again."""
        deadline = self._worker.task_deadline_s
        if deadline is not None and time.monotonic() > deadline[1]:
            log.error("Task %s takes too long: this worker ends", deadline[0])
            os._exit(_EXIT_HANGING_TASK)


def run_worker(queues: list[str], on_tick: Callable[[str], None], on_given_up: Callable[[StoredTask], None]) -> None:
    """Run tasks of these queues ('*' for all) until SIGTERM or SIGINT, then finish the current one."""
    worker = LeasedWorker(queues, on_given_up)
    worker.configure_signals()
    leases.register_worker(worker.worker_id, ",".join(queues))
    upkeep = UpkeepThread(worker, lambda: on_tick(worker.backend_name))
    upkeep.start()
    try:
        worker.run()
    finally:
        upkeep.stop()
        leases.end_lease(worker.worker_id)
