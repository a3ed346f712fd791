"""Ending a process cleanly when systemd or a person asks."""

import signal
from threading import Event


def stop_on_signals() -> Event:
    """An event that SIGTERM and SIGINT set. From the main thread only."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
