"""Queues recurring jobs where another queue than the database has workers of its own."""

import logging
import time
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections

from central.background.tasks import describe_error

log = logging.getLogger(__name__)
_INTERVAL_S = 5.0


def queue_jobs_until_stopped(queue_due_jobs: Callable[[], object]) -> None:
    """Call `queue_due_jobs` every five seconds until SIGTERM raises SystemExit."""
    while True:
        try:
            queue_due_jobs()
        except (DatabaseError, OSError) as error:
            log.error("Queuing the jobs failed: %s", describe_error(error))
        close_old_connections()
        time.sleep(_INTERVAL_S)
