"""The baseline: a plain Kivy window with one label, configured as the kiosk's window. It imports only what it needs.

    python -m tests.bench._baseline_window WIDTHxHEIGHT

It sends READY=1, as to systemd, in the frame after its first one was shown.
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
