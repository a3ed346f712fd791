"""A clock for windows in which time passes only with their frames."""

from importlib import import_module

FRAME_S = 0.025


class SteppedClock:
    """Replaces Kivy's clock by one that advances only with frames: the speed of the computer changes nothing that is
    shown. `now` is in seconds."""

    def __init__(self) -> None:
        kivy_clock = import_module("kivy.clock").Clock
        kivy_clock._max_fps = 0  # no waiting between frames
        self.now = float(kivy_clock.time())
        kivy_clock.time = lambda: self.now

    def advance_frame(self) -> None:
        """Advance by one frame."""
        self.now += FRAME_S
