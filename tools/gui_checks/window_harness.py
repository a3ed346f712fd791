"""A real window on its own X server, in which any state of the journey can be shown and examined."""

import math
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from PIL import Image

from drivers.ports.speaker import Clip, SpeakerStatus, Speech
from journey.language.recordings import Recordings
from journey.state import Journey
from screens.kivy_setup import configure_kivy
from tools.gui_checks.stepped_clock import FRAME_S, SteppedClock
from tools.sample_journeys import device_readiness
from tools.sample_pages import page_preview

SETTLE_FRAMES = 6  # after these, every layout is final


@contextmanager
def x_display(size: tuple[int, int]) -> Iterator[None]:
    """An X server on a free display, stopped at the end of the `with` block."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size[0]}x{size[1]}x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            os.environ["DISPLAY"] = f":{pipe.readline().strip()}"
        yield
    finally:
        server.terminate()
        server.wait()


class SilentSpeaker:
    """A speaker without sound."""

    def play(self, items: Sequence[Clip | Speech], volume: int) -> None:
        """Play nothing."""

    def play_and_wait(self, items: Sequence[Clip | Speech], volume: int, timeout_s: float) -> SpeakerStatus:
        return SpeakerStatus.READY

    def status(self) -> SpeakerStatus:
        return SpeakerStatus.UNKNOWN

    def stop(self) -> None:
        """Nothing to stop."""


class AllLanguagesRecorded(Recordings):
    """Reports every language as recorded, so that the accessibility overlay shows all its options."""

    languages = frozenset({"th", "en"})


class WindowHarness:
    """A window with a RootView, drawn on demand, in which time passes with its frames (`clock`). Call `configure_kivy`
    first."""

    def __init__(self, send: Callable[[Any], None] | None = None) -> None:
        """`send` takes the events; without it they are collected in `sent`."""
        self.clock = SteppedClock()
        self._base = import_module("kivy.base")
        self.window = import_module("kivy.core.window").Window
        self._gl = import_module("kivy.graphics.opengl")
        self.sent: list[Any] = []
        self._skipped_s = 0.0  # seconds that passed only for the touch guard
        self._guard_s: float = import_module("screens.touch_guard").REPEAT_S
        self.root_view: Any = import_module("screens.root_view").RootView(
            send or self.sent.append, page_preview, device_readiness, lambda: self.clock.now + self._skipped_s
        )
        self.root_view.attach_speaker(SilentSpeaker(), AllLanguagesRecorded(None), private=False)
        self.window.add_widget(self.root_view)
        self._base.EventLoop.start()

    def resize(self, size: tuple[int, int]) -> None:
        """Resize the window."""
        self.window.size = size
        self.run_frames(4)

    def run_frames(self, count: int = SETTLE_FRAMES) -> None:
        """Run this many frames."""
        for _frame in range(count):
            self.clock.advance_frame()
            self.draw_frame()

    def draw_frame(self) -> None:
        """Run what is due on the clock, and draw."""
        self._base.EventLoop.idle()

    def wait(self, seconds: float) -> None:
        """Run the frames of this many seconds, and everything scheduled for that time."""
        self.run_frames(math.ceil(seconds / FRAME_S) + 2)

    def show(self, journey: Journey) -> None:
        """Show a state until its layout has settled and touches count."""
        self.root_view.show(journey)
        self.run_frames()
        self.pass_touch_guard()

    def pass_touch_guard(self) -> None:
        """Advance only the touch guard's clock, until a touch is accepted anywhere."""
        self.run_frames(2)
        self._skipped_s += self._guard_s

    def screenshot(self) -> Image.Image:
        """A picture of the window's content."""
        width, height = self.window.size
        pixels = self._gl.glReadPixels(0, 0, width, height, self._gl.GL_RGB, self._gl.GL_UNSIGNED_BYTE)
        return Image.frombytes("RGB", (width, height), pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def parse_size(argument: str) -> tuple[int, int]:
    """'540x960' as width and height in pixels."""
    width, _, height = argument.partition("x")
    return int(width), int(height)


def run_check(size: tuple[int, int], check: Callable[[WindowHarness], Iterable[str]]) -> int:
    """The main function of a program that examines a window of this size: prints each problem that `check` finds on a
    line. Returns the exit status, 1 when there is any."""
    with x_display((max(size), max(size))):
        configure_kivy(False, size)
        harness = WindowHarness()
        harness.resize(size)
        problems = list(check(harness))
    print("\n".join(problems))
    return 1 if problems else 0
