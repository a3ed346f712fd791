"""Set-up of a command's process: memory protection, log, signals."""

import logging
import resource
import signal
import sys
from threading import Event

from kiosk_app.commands.output import OneLineFormatter
from kiosk_app.log_level import set_log_level
from ocr.confined.confine import hide_memory


def protect_memory() -> None:
    """Keep this process's memory, which holds personal data or a key, from disk (core dumps) and from other processes
    of the same user."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hide_memory()


def log_to_stderr() -> None:
    """Log to stderr, for commands that run as services: the journal adds time and name."""
    # force: python-escpos configures logging when it is imported.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLineFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], force=True)
    set_log_level()


def stop_on_signals() -> Event:
    """An event that SIGTERM and SIGINT set. Call it from the main thread."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
