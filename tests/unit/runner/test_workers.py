"""A worker posts a result for a call that hangs, then runs the next call, and posts only one result for each call."""

import threading
import time
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue

import pytest

from kiosk_app.runner.workers import FollowUp, Job, Worker, describe_error_without_data
from tests.waiting import wait_until

FAR_FUTURE = 1e12


class HangingCall:
    """A call that does not return before `release` is set."""

    def __init__(self, answer: str) -> None:
        self.started = threading.Event()
        self.release = threading.Event()
        self._answer = answer

    def __call__(self) -> str:
        self.started.set()
        assert self.release.wait(10)
        return self._answer


@pytest.fixture
def results() -> SimpleQueue[str]:
    return SimpleQueue()


@pytest.fixture
def worker(results: SimpleQueue[str]) -> Iterator[Worker[str]]:
    worker: Worker[str] = Worker("device", results.put, max_hung_threads=1)
    yield worker
    worker.stop()


def job(call: Callable[[], "str | FollowUp[str] | None"], **more: object) -> Job[str]:
    return Job("call", call, deadline_s=60, failure_result="failed", timeout_results=("late", "unresponsive"), **more)  # type: ignore[arg-type]


def next_result(results: SimpleQueue[str]) -> str:
    return results.get(timeout=20)


def assert_no_result(results: SimpleQueue[str]) -> bool:
    with pytest.raises(Empty):
        results.get(timeout=0.05)
    return True


def test_calls_run_one_after_the_other(worker: Worker[str], results: SimpleQueue[str]) -> None:
    first = HangingCall("first")
    worker.submit(job(first))
    worker.submit(job(lambda: "second"))
    assert first.started.wait(20)
    assert not worker.is_idle
    assert assert_no_result(results)
    first.release.set()
    assert [next_result(results), next_result(results)] == ["first", "second"]
    wait_until(lambda: worker.is_idle)


def test_an_error_has_a_result_and_its_message_is_not_logged(
    worker: Worker[str], results: SimpleQueue[str], caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        raise RuntimeError("นางบุญมา ใจดี")

    worker.submit(job(broken))
    assert next_result(results) == "failed"
    assert "RuntimeError" in caplog.text
    assert "test_workers.py" in caplog.text
    assert "บุญมา" not in caplog.text


def test_a_call_without_result_posts_nothing(worker: Worker[str], results: SimpleQueue[str]) -> None:
    worker.submit(job(lambda: None))
    worker.submit(job(lambda: "next"))
    assert next_result(results) == "next"
    assert assert_no_result(results)


def test_a_call_past_its_deadline_gets_a_time_out_and_its_late_result_is_dropped(
    worker: Worker[str], results: SimpleQueue[str]
) -> None:
    hung = HangingCall("too late")
    worker.submit(job(hung))
    assert hung.started.wait(20)
    worker.check_deadline(time.monotonic())
    assert assert_no_result(results)
    worker.check_deadline(FAR_FUTURE)
    assert [next_result(results), next_result(results)] == ["late", "unresponsive"]
    worker.submit(job(lambda: "next"))
    assert next_result(results) == "next"
    hung.release.set()
    assert assert_no_result(results)


def test_a_call_past_its_deadline_is_cancelled(worker: Worker[str]) -> None:
    hung, cancel = HangingCall(""), threading.Event()
    worker.submit(job(hung, cancel=cancel))
    assert hung.started.wait(20)
    worker.check_deadline(FAR_FUTURE)
    assert cancel.is_set()
    hung.release.set()


def test_waiting_does_not_count_towards_the_deadline(worker: Worker[str], results: SimpleQueue[str]) -> None:
    first, second = HangingCall("first"), HangingCall("second")
    worker.submit(job(first))
    worker.submit(job(second))
    assert first.started.wait(20)
    worker.check_deadline(FAR_FUTURE)
    assert [next_result(results), next_result(results)] == ["late", "unresponsive"]
    assert second.started.wait(20)
    worker.check_deadline(time.monotonic())
    second.release.set()
    assert next_result(results) == "second"
    first.release.set()


def test_a_worker_without_spare_threads_refuses_calls_until_one_returns(
    worker: Worker[str], results: SimpleQueue[str]
) -> None:
    hung = [HangingCall("a"), HangingCall("b")]
    for call in hung:
        worker.submit(job(call))
        assert call.started.wait(20)
        worker.check_deadline(FAR_FUTURE)
        assert [next_result(results), next_result(results)] == ["late", "unresponsive"]
    assert worker.is_stuck
    worker.submit(job(lambda: "refused"))
    assert [next_result(results), next_result(results)] == ["late", "unresponsive"]
    hung[0].release.set()
    wait_until(lambda: not worker.is_stuck)
    worker.submit(job(lambda: "again"))
    assert next_result(results) == "again"
    hung[1].release.set()


def test_calls_queued_on_a_stuck_worker_have_a_result_too(results: SimpleQueue[str]) -> None:
    worker: Worker[str] = Worker("store", results.put, max_hung_threads=0)
    hung = HangingCall("")
    worker.submit(job(hung))
    worker.submit(job(lambda: "never"))
    assert hung.started.wait(20)
    worker.check_deadline(FAR_FUTURE)
    assert [next_result(results) for _ in range(4)] == ["late", "unresponsive"] * 2
    hung.release.set()
    wait_until(lambda: not worker.is_stuck)
    assert assert_no_result(results)
    worker.stop()


def test_cancelling_a_visit_cancels_its_running_and_queued_calls_only(
    worker: Worker[str], results: SimpleQueue[str]
) -> None:
    running, cancel, began = HangingCall("running"), threading.Event(), threading.Event()

    def start_late_call() -> str:
        began.set()
        return ""

    worker.submit(job(running, visit_id=1, cancel=cancel))
    worker.submit(job(start_late_call, visit_id=1))
    worker.submit(job(lambda: "other", visit_id=2))
    assert running.started.wait(20)
    worker.cancel(visit_id=1)
    assert cancel.is_set()
    running.release.set()
    assert [next_result(results) for _ in range(3)] == ["running", "failed", "other"]
    assert not began.is_set()


def test_a_call_may_continue_on_another_worker(worker: Worker[str], results: SimpleQueue[str]) -> None:
    other: Worker[str] = Worker("images", results.put)
    worker.submit(job(lambda: FollowUp(other, job(lambda: threading.current_thread().name))))
    assert next_result(results) == "worker images"
    assert assert_no_result(results)
    other.stop()


def test_a_late_call_does_not_continue_on_another_worker(worker: Worker[str], results: SimpleQueue[str]) -> None:
    other: Worker[str] = Worker("images", results.put)
    hung = HangingCall("")

    def scan() -> FollowUp[str]:
        hung()
        return FollowUp(other, job(lambda: "page of a visit that is over"))

    worker.submit(job(scan))
    assert hung.started.wait(20)
    worker.check_deadline(FAR_FUTURE)
    assert [next_result(results), next_result(results)] == ["late", "unresponsive"]
    hung.release.set()
    assert assert_no_result(results)
    other.stop()


def test_stopping_ends_the_thread_and_posts_nothing_more(results: SimpleQueue[str]) -> None:
    worker: Worker[str] = Worker("ending", results.put)
    cancel = threading.Event()

    def patient() -> str:
        cancel.wait(10)
        return "ended"

    worker.submit(job(patient, cancel=cancel))
    wait_until(lambda: not worker.is_idle)
    worker.stop()
    assert "worker ending" not in {thread.name for thread in threading.enumerate()}
    worker.submit(job(lambda: "after"))
    assert assert_no_result(results)


def test_the_log_has_type_and_place_of_an_error_but_not_its_message() -> None:
    try:
        int("1100000000008x")
    except ValueError as error:
        description = describe_error_without_data(error)
    assert description.startswith("ValueError at test_workers.py:")
