"""Queued tasks, run in the process of a test. The test needs `django_db(transaction=True)`: between two tasks a worker
closes a connection that is inside a transaction, as PostgreSQL shows."""

from central import jobs
from central.background.worker import LeasedWorker


def run_queued_tasks(queue: str = "*") -> None:
    """Run what is due in this queue (`*`: in all), as a worker does, until nothing is left."""
    worker = LeasedWorker([queue], jobs.note_given_up)
    worker.batch = True
    worker.run()
