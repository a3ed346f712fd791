"""A worker: makes blocking calls to one device or service, one at a time, and abandons a call at its deadline.

A thread that hangs in a driver or a system call cannot be ended, only abandoned. A worker past its deadline posts the
time-out results of the call, abandons the thread, and continues with a new one; what the abandoned thread returns later
is dropped. A device that hangs on every call would accumulate threads: with more than `max_hung_threads` abandoned
threads the worker refuses calls until one of them has returned.

Invariant: `_thread` is the one thread that may take jobs and post results. Abandoning a thread means that `_thread`
names another one, or None.
"""

import logging
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True)
class FollowUp(Generic[Result]):
    """Returned by a call instead of a result: the rest of the work, for another worker."""

    worker: "Worker[Result]"
    job: "Job[Result]"


@dataclass(frozen=True, eq=False)
class Job(Generic[Result]):
    """One blocking call, and the results that replace its own when it fails.

    `call` returns a result, None for no result, or a FollowUp. `failure_result` is posted when it raises or was
    cancelled before its turn, `timeout_results` when its deadline passes or the worker refuses it. Exactly one of the
    three is posted.
    """

    name: str
    call: Callable[[], "Result | FollowUp[Result] | None"]
    deadline_s: float
    failure_result: Result | None = None
    timeout_results: tuple[Result, ...] = ()
    visit_id: int | None = None  # the visit it belongs to; None for a call that outlives visits, such as a status poll
    page_id: str = ""
    cancel: threading.Event = field(default_factory=threading.Event)


class Worker(Generic[Result]):
    """See the module. `post` is called with every result, from any thread, and must return at once."""

    def __init__(self, name: str, post: Callable[[Result], None], *, max_hung_threads: int = 3) -> None:
        self.name = name
        self._post = post
        self._max_hung_threads = max_hung_threads
        self._changed = threading.Condition()
        self._queue: deque[Job[Result]] = deque()
        self._running: Job[Result] | None = None
        self._deadline = 0.0
        self._hung_count = 0
        self._stopped = False
        self._thread: threading.Thread | None = None  # None: not started yet, or too many threads hang

    @property
    def is_idle(self) -> bool:
        """Whether no call runs and none is queued."""
        with self._changed:
            return self._running is None and not self._queue

    @property
    def is_stuck(self) -> bool:
        """Whether more threads hang in calls past their deadline than this worker may abandon."""
        with self._changed:
            return self._hung_count > self._max_hung_threads

    def submit(self, job: Job[Result]) -> None:
        """Queue a call. A stuck worker posts its time-out results at once."""
        with self._changed:
            if self._stopped:
                return
            if self._hung_count > self._max_hung_threads:
                self._post_results(job.timeout_results)
                return
            self._queue.append(job)
            if self._thread is None:
                self._start_thread()
            self._changed.notify()

    def cancel(self, *, visit_id: int | None = None, page_id: str = "") -> None:
        """Cancel the calls of a visit, or about a page: the running one is asked to end, queued ones never start."""
        with self._changed:
            for job in (*self._queue, *([self._running] if self._running else [])):
                if (visit_id is not None and job.visit_id == visit_id) or (page_id and job.page_id == page_id):
                    job.cancel.set()

    def check_deadline(self, now: float) -> None:
        """Abandon the running call if its deadline has passed; `now` is time.monotonic()."""
        with self._changed:
            job = self._running
            if job is None or now < self._deadline:
                return
            log.error("%s: %s took more than %.0f s; its thread is abandoned", self.name, job.name, job.deadline_s)
            job.cancel.set()
            self._running = None
            self._thread = None
            self._hung_count += 1
            self._post_results(job.timeout_results)
            if self._hung_count <= self._max_hung_threads:
                self._start_thread()
                return
            while self._queue:
                self._post_results(self._queue.popleft().timeout_results)

    def stop(self, timeout_s: float = 2.0) -> None:
        """Cancel the running call, drop queued ones, post nothing more; wait up to `timeout_s` for the thread."""
        with self._changed:
            self._stopped = True
            self._queue.clear()
            if self._running is not None:
                self._running.cancel.set()
            thread = self._thread
            self._changed.notify_all()
        if thread is not None:
            thread.join(timeout_s)

    def _start_thread(self) -> None:
        # A daemon thread: one that hangs in a driver must not keep the interface from ending.
        self._thread = threading.Thread(target=self._run, name=f"worker {self.name}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        thread = threading.current_thread()
        while (job := self._next(thread)) is not None:
            outcome: Result | FollowUp[Result] | None
            try:
                outcome = job.failure_result if job.cancel.is_set() else job.call()
            except Exception as error:
                log.error("%s: %s failed: %s", self.name, job.name, describe_error_without_data(error))
                outcome = job.failure_result
            if not self._finish(thread, outcome):
                return

    def _next(self, thread: threading.Thread) -> Job[Result] | None:
        """Wait for the next call. None: this thread was abandoned or the worker stopped, so the thread ends."""
        with self._changed:
            while not self._queue and not self._stopped:
                self._changed.wait()
            if self._stopped or self._thread is not thread:
                return None
            self._running = self._queue.popleft()
            self._deadline = time.monotonic() + self._running.deadline_s
            return self._running

    def _finish(self, thread: threading.Thread, outcome: "Result | FollowUp[Result] | None") -> bool:
        """Post an outcome. False: this thread was abandoned or the worker stopped, so the outcome is dropped."""
        with self._changed:
            if self._thread is not thread:
                self._hung_count -= 1
                log.info("%s: an abandoned call has returned", self.name)
                return False
            self._running = None
            if self._stopped:
                return False
            if isinstance(outcome, FollowUp):
                # Under this worker's lock, so that no cancel() comes between the two workers.
                outcome.worker.submit(outcome.job)
            elif outcome is not None:
                self._post_results((outcome,))
            return True

    def _post_results(self, results: tuple[Result, ...]) -> None:
        for result in results:
            self._post(result)


def describe_error_without_data(error: BaseException) -> str:
    """The type of an error and where it was raised. Its message is omitted, because it may contain a citizen's text."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
