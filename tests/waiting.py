"""Wait loops: they wait for a state of another thread or process, never for a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

# A step of milliseconds on an idle machine takes seconds while other tests use both processors.
TIMEOUT_S = 30.0

ResultT = TypeVar("ResultT")


def poll_until(condition: Callable[[], ResultT], timeout_s: float = TIMEOUT_S, interval_s: float = 0.01) -> ResultT:
    """The first true result of `condition`; its last false one when `timeout_s` seconds have passed."""
    deadline = time.monotonic() + timeout_s
    while not (result := condition()) and time.monotonic() < deadline:
        time.sleep(interval_s)
    return result


def wait_until(
    condition: Callable[[], ResultT], timeout_s: float = TIMEOUT_S, interval_s: float = 0.01, problem: str = ""
) -> ResultT:
    """The first true result of `condition`. Raises AssertionError after `timeout_s` seconds."""
    result = poll_until(condition, timeout_s, interval_s)
    assert result, f"not within {timeout_s:g} s{': ' if problem else ''}{problem}"
    return result
