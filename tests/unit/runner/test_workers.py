"""A lane answers for a call that hangs, goes on without it, and never says two things about one call."""

import threading
import time
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue

import pytest

from kiosk_app.runner.workers import Follow, Job, Lane, without_data

FAR_FUTURE = 1e12


class Hung:
    """A call that does not return before `release` is set."""

    def __init__(self, answer: str) -> None:
        self.begun = threading.Event()
        self.release = threading.Event()
        self._answer = answer

    def __call__(self) -> str:
        self.begun.set()
        assert self.release.wait(10)
        return self._answer


@pytest.fixture
def said() -> SimpleQueue[str]:
    return SimpleQueue()


@pytest.fixture
def lane(said: SimpleQueue[str]) -> Iterator[Lane[str]]:
    lane: Lane[str] = Lane("device", said.put, spare=1)
    yield lane
    lane.stop()


def job(call: Callable[[], "str | Follow[str] | None"], **more: object) -> Job[str]:
    return Job("call", call, deadline_s=60, failed="failed", late=("late", "unresponsive"), **more)  # type: ignore[arg-type]


def heard(said: SimpleQueue[str]) -> str:
    return said.get(timeout=20)


def silent(said: SimpleQueue[str]) -> bool:
    with pytest.raises(Empty):
        said.get(timeout=0.05)
    return True


def eventually(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until, "never happened"
        time.sleep(0.005)


def test_calls_run_one_after_the_other(lane: Lane[str], said: SimpleQueue[str]) -> None:
    first = Hung("first")
    lane.submit(job(first))
    lane.submit(job(lambda: "second"))
    assert first.begun.wait(20)
    assert not lane.idle
    assert silent(said)
    first.release.set()
    assert [heard(said), heard(said)] == ["first", "second"]
    eventually(lambda: lane.idle)


def test_an_error_is_answered_and_its_words_are_not_logged(
    lane: Lane[str], said: SimpleQueue[str], caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        raise RuntimeError("นางบุญมา ใจดี")

    lane.submit(job(broken))
    assert heard(said) == "failed"
    assert "RuntimeError" in caplog.text
    assert "test_lanes.py" in caplog.text
    assert "บุญมา" not in caplog.text


def test_a_call_without_answer_says_nothing(lane: Lane[str], said: SimpleQueue[str]) -> None:
    lane.submit(job(lambda: None))
    lane.submit(job(lambda: "next"))
    assert heard(said) == "next"
    assert silent(said)


def test_past_its_deadline_a_call_is_answered_for_and_its_own_answer_dropped(
    lane: Lane[str], said: SimpleQueue[str]
) -> None:
    hung = Hung("too late")
    lane.submit(job(hung))
    assert hung.begun.wait(20)
    lane.check(time.monotonic())
    assert silent(said)
    lane.check(FAR_FUTURE)
    assert [heard(said), heard(said)] == ["late", "unresponsive"]
    lane.submit(job(lambda: "next"))
    assert heard(said) == "next"
    hung.release.set()
    assert silent(said)


def test_a_call_left_behind_is_asked_to_end(lane: Lane[str]) -> None:
    hung, cancel = Hung(""), threading.Event()
    lane.submit(job(hung, cancel=cancel))
    assert hung.begun.wait(20)
    lane.check(FAR_FUTURE)
    assert cancel.is_set()
    hung.release.set()


def test_waiting_does_not_count_towards_the_deadline(lane: Lane[str], said: SimpleQueue[str]) -> None:
    first, second = Hung("first"), Hung("second")
    lane.submit(job(first))
    lane.submit(job(second))
    assert first.begun.wait(20)
    lane.check(FAR_FUTURE)
    assert [heard(said), heard(said)] == ["late", "unresponsive"]
    assert second.begun.wait(20)
    lane.check(time.monotonic())
    second.release.set()
    assert heard(said) == "second"
    first.release.set()


def test_out_of_spares_a_lane_refuses_until_a_call_comes_back(lane: Lane[str], said: SimpleQueue[str]) -> None:
    hung = [Hung("a"), Hung("b")]
    for call in hung:
        lane.submit(job(call))
        assert call.begun.wait(20)
        lane.check(FAR_FUTURE)
        assert [heard(said), heard(said)] == ["late", "unresponsive"]
    assert lane.stuck
    lane.submit(job(lambda: "refused"))
    assert [heard(said), heard(said)] == ["late", "unresponsive"]
    hung[0].release.set()
    eventually(lambda: not lane.stuck)
    lane.submit(job(lambda: "again"))
    assert heard(said) == "again"
    hung[1].release.set()


def test_what_waits_behind_the_last_spare_is_answered_too(said: SimpleQueue[str]) -> None:
    lane: Lane[str] = Lane("store", said.put, spare=0)
    hung = Hung("")
    lane.submit(job(hung))
    lane.submit(job(lambda: "never"))
    assert hung.begun.wait(20)
    lane.check(FAR_FUTURE)
    assert [heard(said) for _ in range(4)] == ["late", "unresponsive"] * 2
    hung.release.set()
    eventually(lambda: not lane.stuck)
    assert silent(said)
    lane.stop()


def test_cancelling_a_visit_reaches_running_and_waiting_calls_of_that_visit_only(
    lane: Lane[str], said: SimpleQueue[str]
) -> None:
    running, cancel, began = Hung("running"), threading.Event(), threading.Event()
    lane.submit(job(running, visit_id=1, cancel=cancel))
    lane.submit(job(lambda: str(began.set()), visit_id=1))
    lane.submit(job(lambda: "other", visit_id=2))
    assert running.begun.wait(20)
    lane.cancel(visit_id=1)
    assert cancel.is_set()
    running.release.set()
    assert [heard(said) for _ in range(3)] == ["running", "failed", "other"]
    assert not began.is_set()


def test_a_call_may_go_on_on_another_lane(lane: Lane[str], said: SimpleQueue[str]) -> None:
    other: Lane[str] = Lane("images", said.put)
    lane.submit(job(lambda: Follow(other, job(lambda: threading.current_thread().name))))
    assert heard(said) == "lane images"
    assert silent(said)
    other.stop()


def test_a_late_call_does_not_go_on_elsewhere(lane: Lane[str], said: SimpleQueue[str]) -> None:
    other: Lane[str] = Lane("images", said.put)
    hung = Hung("")

    def scan() -> Follow[str]:
        hung()
        return Follow(other, job(lambda: "page of a visit that is over"))

    lane.submit(job(scan))
    assert hung.begun.wait(20)
    lane.check(FAR_FUTURE)
    assert [heard(said), heard(said)] == ["late", "unresponsive"]
    hung.release.set()
    assert silent(said)
    other.stop()


def test_stopping_ends_the_thread_and_says_nothing_more(said: SimpleQueue[str]) -> None:
    lane: Lane[str] = Lane("ending", said.put)
    cancel = threading.Event()

    def patient() -> str:
        cancel.wait(10)
        return "ended"

    lane.submit(job(patient, cancel=cancel))
    eventually(lambda: not lane.idle)
    lane.stop()
    assert "lane ending" not in {thread.name for thread in threading.enumerate()}
    lane.submit(job(lambda: "after"))
    assert silent(said)


def test_what_is_logged_of_an_error_is_where_not_what() -> None:
    try:
        int("1100000000008x")
    except ValueError as error:
        told = without_data(error)
    assert told.startswith("ValueError at test_lanes.py:")
