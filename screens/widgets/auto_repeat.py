"""Repeats what a held finger does: delete, undo."""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock

FIRST_S = 0.8  # a slow finger lies on a key for half a second and longer: it means one time
SLOWEST_S, FASTEST_S = 0.3, 0.09  # between two times, at first and in the end
FASTER = 0.85  # factor from one pause to the next: fastest after nine times, two seconds


class Repeat:
    """Calls `do` once the finger has lain for FIRST_S, then ever faster until `stop`."""

    def __init__(self, do: Callable[[], None]) -> None:
        self._do = do
        self._next: Any = None
        self._pause = SLOWEST_S

    @property
    def running(self) -> bool:
        """Whether a finger lies there."""
        return self._next is not None

    def start(self) -> None:
        """A finger came down, which did it once by itself."""
        self.stop()
        self._pause = SLOWEST_S
        self._next = Clock.schedule_once(self._again, FIRST_S)

    def stop(self) -> None:
        """The finger left."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _again(self, _seconds: float) -> None:
        self._do()
        self._next = Clock.schedule_once(self._again, self._pause)
        self._pause = max(FASTEST_S, FASTER * self._pause)
