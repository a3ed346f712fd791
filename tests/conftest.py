"""What all tests stand on."""

import logging
import os
import signal
from collections.abc import Iterator

import pytest

# Started in the background, a shell hands SIGINT on as ignored, and the programs tested would not hear Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Kivy makes a directory in the user's home when it is imported. Two processes that do so at once, on a machine where it
# is not there yet, fail; and the home is not the tests' to write in.
os.environ.update(KIVY_HOME=os.devnull, KIVY_NO_CONFIG="1", KIVY_NO_FILELOG="1")


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    """Give every logger its handlers back, and the root its level.

    A program that runs inside a test sets its logging up on the stderr of that test, which pytest closes afterwards:
    the next record, in some later test, would then print "--- Logging error ---"."""
    root = logging.getLogger()
    level, before = root.level, {logger: logger.handlers[:] for logger in _loggers()}
    yield
    for logger in _loggers():
        logger.handlers[:] = before.get(logger, [])
    root.setLevel(level)


def _loggers() -> list[logging.Logger]:
    known = logging.Logger.manager.loggerDict.values()
    return [logging.getLogger(), *(logger for logger in known if isinstance(logger, logging.Logger))]
