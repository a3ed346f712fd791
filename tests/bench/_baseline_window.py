"""The anchor: a bare Kivy window with one label, set up as the kiosk's is. It imports no more than it needs.

    python -m tests.bench._baseline_window WIDTHxHEIGHT

It says READY=1, as to systemd, in the turn of the loop after its first picture went to the glass.
"""

import signal
import sys
from importlib import import_module
from typing import Any

from kiosk_app.health.watchdog import Watchdog
from screens.kivy_setup import configure_kivy


def main(size: str) -> None:
    """Open the window and serve until SIGTERM."""
    width, _, height = size.partition("x")
    configure_kivy(False, (int(width), int(height)))
    base: Any = import_module("kivy.base")
    clock: Any = import_module("kivy.clock").Clock
    window: Any = import_module("kivy.core.window").Window
    watchdog = Watchdog()
    window.bind(on_flip=lambda _window: clock.schedule_once(lambda _seconds: watchdog.ready()))
    signal.signal(signal.SIGTERM, lambda *_: clock.schedule_once(lambda _seconds: base.stopTouchApp()))
    base.runTouchApp(import_module("kivy.uix.label").Label(text="ศูนย์ดำรงธรรม"))


if __name__ == "__main__":
    main(sys.argv[1])
