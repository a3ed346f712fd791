"""Repeats what a held finger does: delete, undo."""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock

INITIAL_DELAY_S = 0.8  # a slow finger lies on a key for half a second and longer: it means one time
MAX_INTERVAL_S, MIN_INTERVAL_S = 0.3, 0.09  # between two times, at first and in the end
INTERVAL_FACTOR = 0.85  # factor from one pause to the next: fastest after nine times, two seconds


class AutoRepeat:
    """Calls `action` once the finger has lain for INITIAL_DELAY_S, then ever faster until `stop`."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action
        self._next: Any = None
        self._interval_s = MAX_INTERVAL_S

    @property
    def is_running(self) -> bool:
        """Whether a finger lies there."""
        return self._next is not None

    def start(self) -> None:
        """A finger came down, which did it once by itself."""
        self.stop()
        self._interval_s = MAX_INTERVAL_S
        self._next = Clock.schedule_once(self._again, INITIAL_DELAY_S)

    def stop(self) -> None:
        """The finger left."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _again(self, _seconds: float) -> None:
        self._action()
        self._next = Clock.schedule_once(self._again, self._interval_s)
        self._interval_s = max(MIN_INTERVAL_S, INTERVAL_FACTOR * self._interval_s)
