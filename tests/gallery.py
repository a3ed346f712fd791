"""The whole interface as pictures: every sample state, in a real window, saved as PNG.

    python -m tests.gallery OUT [--size 1080x1920] [--language th] [--text 140] [NAME…]

Starts an X server of its own (Xvfb) when there is no display. Prints one line for each thing that does not fit.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from PIL import Image

from kiosk_app.journey.state import Journey, TextSize
from screens.window import configure
from tests.samples import REPORT, picture, samples

FRAMES = 6  # enough for every layout to settle


@contextmanager
def display(size: tuple[int, int]) -> Iterator[None]:
    """An X server of our own on a free display, ended at the end."""
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


class Stage:
    """A window with a shell in it, drawn on demand. Call `configure` before."""

    def __init__(self) -> None:
        self._base = import_module("kivy.base")
        self.window = import_module("kivy.core.window").Window
        self._gl = import_module("kivy.graphics.opengl")
        self.sent: list[Any] = []
        self.shell: Any = import_module("screens.shell").Shell(self.sent.append, picture, lambda: REPORT)
        self.window.add_widget(self.shell)
        self._base.EventLoop.start()
        import_module("kivy.clock").Clock._max_fps = 0  # nobody watches: no waiting between frames

    def resize(self, size: tuple[int, int]) -> None:
        """Give the window another size."""
        self.window.size = size
        self.frames(4)

    def frames(self, count: int = FRAMES) -> None:
        """Let so many frames pass."""
        for _frame in range(count):
            self._base.EventLoop.idle()

    def show(self, journey: Journey) -> None:
        """Draw a state until it has settled."""
        self.shell.show(journey)
        self.frames()

    def picture(self) -> Image.Image:
        """What stands on the glass."""
        width, height = self.window.size
        pixels = self._gl.glReadPixels(0, 0, width, height, self._gl.GL_RGB, self._gl.GL_UNSIGNED_BYTE)
        return Image.frombytes("RGB", (width, height), pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def misfits(stage: Stage) -> list[str]:
    """What is wrong with what stands on the glass: outside the window, over one another, text cut."""
    width, height = stage.window.size
    found = []
    taps = stage.shell.touchables()
    for tap in taps:
        if tap.x < -1 or tap.y < -1 or tap.x + tap.width > width + 1 or tap.y + tap.height > height + 1:
            found.append(f"{tap.name} lies outside the window")
    for index, one in enumerate(taps):
        for other in taps[index + 1 :]:
            across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            if across > 2 and down > 2:
                found.append(f"{one.name} and {other.name} overlap")
    for widget in stage.shell.walk(restrict=True):
        said = getattr(widget, "said", "")
        if said and widget.opacity and widget.parent is not None and widget.texture is not None:
            place = widget if hasattr(widget, "lines") else widget.parent
            if widget.texture_size[0] > place.width + 2 or widget.texture_size[1] > max(widget.height, 1) + 2:
                found.append(f"«{said[:30]}» is wider or higher than its place")
    return found


def main(arguments: list[str]) -> int:
    """Render the gallery. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.gallery")
    parser.add_argument("out", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--size", default="1080x1920")
    parser.add_argument("--language", default="th")
    parser.add_argument("--text", type=int, default=100)
    parser.add_argument("--contrast", action="store_true")
    parser.add_argument("--low", action="store_true")
    options = parser.parse_args(arguments)
    width, _, height = options.size.partition("x")
    size = (int(width), int(height))
    options.out.mkdir(parents=True, exist_ok=True)
    with display((max(size), max(size))):
        configure(False, size)
        stage = Stage()
        stage.resize(size)
        for name, journey in samples(options.language).items():
            if options.names and not any(name.startswith(wanted) for wanted in options.names):
                continue
            comfort = replace(
                journey.comfort,
                text_size=TextSize(options.text),
                high_contrast=options.contrast,
                low_reach=options.low,
            )
            stage.show(replace(journey, comfort=comfort))
            stage.picture().save(options.out / f"{name}.png")
            for sentence in misfits(stage):
                print(f"{name}: {sentence}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
