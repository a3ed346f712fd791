"""Repeats the action of a held finger: delete, undo."""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock

INITIAL_DELAY_S = 0.8  # a slow finger rests on a key for half a second and longer and means one press
MAX_INTERVAL_S, MIN_INTERVAL_S = 0.3, 0.09  # between two repetitions: the first interval, the shortest interval
INTERVAL_FACTOR = 0.85  # from one interval to the next: the shortest after nine repetitions, two seconds


class AutoRepeat:
    """Calls `action` once the finger has been down for INITIAL_DELAY_S, then faster and faster until `stop`."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action
        self._next: Any = None
        self._interval_s = MAX_INTERVAL_S

    @property
    def is_running(self) -> bool:
        """Whether a finger is down."""
        return self._next is not None

    def start(self) -> None:
        """A finger went down. The caller does the action for the first time itself."""
        self.stop()
        self._interval_s = MAX_INTERVAL_S
        self._next = Clock.schedule_once(self._repeat, INITIAL_DELAY_S)

    def stop(self) -> None:
        """The finger was lifted."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _repeat(self, _seconds: float) -> None:
        self._action()
        self._next = Clock.schedule_once(self._repeat, self._interval_s)
        self._interval_s = max(MIN_INTERVAL_S, INTERVAL_FACTOR * self._interval_s)
