"""Sends the notices of the outbox: claims some, sends them on threads, records how it ended; until none is due.

A claim is a lease in the database, so two workers never send one notice at the same time. A worker that is killed
between the gateway's acceptance and the record leaves the claim; the notice is sent again with the same idempotency
key. So it arrives once at a gateway that honours the key, and at least once at any other (decision 0096)."""

import logging
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime

from django.db import connection
from django.utils import timezone

from central.background.tasks import TaskPolicy, background_task, describe_error, enqueue
from central.notices.adapters.result import SendResult
from central.notices.adapters.sending import ReadyNotice, send
from central.notices.claims import claim_notices
from central.notices.codes import NoticeFailure
from central.notices.records import record_results

log = logging.getLogger(__name__)
_THREADS = 16
_RUN_S = 20.0  # then the task ends and queues itself again, so that other tasks get their turn
_CLAIMED_AT_ONCE = 4  # claims and records of several notices share a transaction
_WAIT_S = 0.25


@background_task(TaskPolicy(max_attempts=2), priority=50)
def deliver_notices() -> str:
    """Send what is due. Queued with each notice; `deliver_waiting_notices` catches up each minute."""
    sent = deliver_due()
    return f"{sent} attempts"


def deliver_waiting_notices(now: datetime) -> None:
    """The recurring job: notices after quiet hours, after a pause, of a killed worker."""
    deliver_due()


def deliver_due(run_s: float = _RUN_S) -> int:
    """Send until nothing is due or `run_s` has passed; then the rest is queued. Returns the number of attempts."""
    deadline, attempts = time.monotonic() + run_s, 0
    running: dict[Future[SendResult], ReadyNotice] = {}
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="notice") as pool:
        while True:
            is_over = time.monotonic() > deadline
            free, round_started = 0 if is_over else _THREADS - len(running), time.monotonic()
            if free >= _CLAIMED_AT_ONCE:
                busy_routes = [each.route_id for each in running.values()]
                for notice in claim_notices(free, busy_routes, timezone.now()):
                    running[pool.submit(_send_safely, notice)] = notice
            if not running:
                break
            _leave_room(time.monotonic() - round_started)
            done, _ = wait(running, timeout=None if is_over else _WAIT_S, return_when=FIRST_COMPLETED)
            round_started = time.monotonic()
            if done:
                record_results([(running.pop(future), future.result()) for future in done], timezone.now())
            _leave_room(time.monotonic() - round_started)
            attempts += len(done)
    if is_over:
        enqueue(deliver_notices)
    return attempts


def _leave_room(busy_s: float) -> None:
    """On SQLite, pause as long as the last transaction took. It has one write lock and no queue for it: an officer's
    step would wait for as long as transaction follows transaction here."""
    if connection.vendor == "sqlite":
        time.sleep(min(busy_s, 1.0))


def _send_safely(notice: ReadyNotice) -> SendResult:
    """Whatever an adapter raises costs this notice an attempt, and no other."""
    try:
        return send(notice)
    except Exception as error:
        log.error("Sending a notice by %s failed: %s", notice.channel, describe_error(error))
        return SendResult(NoticeFailure.INTERNAL)
