"""The background jobs of the service, once a minute.

Every worker of `central serve` runs them in a thread of its own. Locks and constraints of the database make sure that
an alarm is opened once and mailed once.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from central.alarms.mailing import mail_new_alarms
from central.fleet.monitor import check_silence
from central.people.retention import delete_expired

log = logging.getLogger(__name__)
INTERVAL_S = 60.0
JOBS: tuple[Callable[[datetime], None], ...] = (check_silence, mail_new_alarms, delete_expired)


def start_job_thread() -> None:
    """Run all jobs each minute, in a thread that ends with the process."""
    threading.Thread(target=_run_forever, name="jobs", daemon=True).start()


def _run_forever() -> None:
    pause = threading.Event()
    while not pause.wait(INTERVAL_S):
        for job in JOBS:
            run_job(job)
        close_old_connections()


def run_job(job: Callable[[datetime], None]) -> None:
    """Run one job. A failure is logged: the job runs again with the next round, and the other jobs are not affected."""
    try:
        job(timezone.now())
    except (DatabaseError, OSError) as error:  # OSError: the mail server
        log.error("The job %s failed: %s", job.__name__, error)
        close_old_connections()
