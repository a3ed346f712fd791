"""Calls that may hang, with a deadline."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Outcome = TypeVar("Outcome")


def call_with_deadline(seconds: float, call: Callable[[], Outcome]) -> Outcome:
    """What `call` gives or raises; TimeoutError when it takes longer. The thread that runs it is then left behind.

    PC/SC waits without end for a daemon that hangs, and a socket's own time-out counts from one byte to the next."""
    outcome: Future[Outcome] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        except Exception as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result(seconds)
