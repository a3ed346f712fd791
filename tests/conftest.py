"""Set-up that all tests need."""

import logging
import os
import signal
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# A shell starts background processes with SIGINT ignored, and the tested programs would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Tests start hundreds of Python processes. Without compiled files each would compile the product again, and pytest the
# tests.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Kivy creates a directory in the user's home when it is imported. Two processes that do so at once fail, and tests must
# not write into the home directory.
os.environ.update(KIVY_HOME=os.devnull, KIVY_NO_CONFIG="1", KIVY_NO_FILELOG="1")

# A slow machine, or one that is busy with something else, fails no property: only wrong values do.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

_UMASK = os.umask(0o022)
os.umask(_UMASK)

# The files that take longest, in the order in which they are begun: three processes that begin with them end at nearly
# the same time. A process gets its next file two tests before the end of the last one, so that files of one or two long
# tests are not behind each other.
_LONG_FILES = (
    "tests/unit/screens/test_gui.py",
    "tests/unit/central/test_postgresql.py",
    "tests/end_to_end/test_visit.py",
    "tests/torture/test_fault_injection.py",
    "tests/torture/test_quick_torture.py",
    "tests/end_to_end/test_story.py",
    "tests/devices/",
    "tests/torture/",
    "tests/end_to_end/",
    "tests/unit/test_wheel.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests that are marked slow too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    is_named = any("::" in argument for argument in config.args)  # a test that is named is run
    if not config.getoption("--slow") and not is_named:
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]
    items.sort(key=lambda item: _place(item.nodeid))


def _place(nodeid: str) -> int:
    """The place of a test's file among the long ones; after all of them for every other file."""
    return next((place for place, name in enumerate(_LONG_FILES) if nodeid.startswith(name)), len(_LONG_FILES))


@pytest.fixture(autouse=True)
def _restore_umask() -> None:
    """Each test begins with the umask of pytest: the central service sets another one in some tests."""
    os.umask(_UMASK)


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    """Restore every logger's handlers and the root's level after the test.

    A program that runs inside a test logs to the stderr of that test, which pytest closes afterwards. The next record
    in a later test would print "--- Logging error ---"."""
    root = logging.getLogger()
    level, before = root.level, {logger: logger.handlers[:] for logger in _loggers()}
    yield
    for logger in _loggers():
        logger.handlers[:] = before.get(logger, [])
    root.setLevel(level)


def _loggers() -> list[logging.Logger]:
    known = logging.Logger.manager.loggerDict.values()
    return [logging.getLogger(), *(logger for logger in known if isinstance(logger, logging.Logger))]
