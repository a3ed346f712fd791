"""Calls that may hang, with a deadline."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

Result = TypeVar("Result")


class DeadlineExceededError(TimeoutError):
    """The call has not returned before the deadline."""


def call_with_deadline(
    seconds: float, call: Callable[[], Result], *, discard: Callable[[Result], object] | None = None
) -> Result:
    """The result of `call`, which runs in a separate thread.

    Raises what `call` raises, and DeadlineExceededError after `seconds`. The thread then continues, and `discard`
    receives its late result, for example to close a connection. PC/SC and the look-up of a host name cannot be
    interrupted, and the time-out of a socket counts from one byte to the next."""
    future: Future[Result] = Future()
    threading.Thread(target=_run_into, args=(future, call), name="call with deadline", daemon=True).start()
    wait([future], max(0.0, seconds))
    if not future.done():
        if discard is not None:
            future.add_done_callback(lambda late: None if late.exception() else discard(late.result()))
        raise DeadlineExceededError("No result before the deadline")
    return future.result()


def _run_into(future: Future[Result], call: Callable[[], Result]) -> None:
    try:
        future.set_result(call())
    except BaseException as error:
        future.set_exception(error)
