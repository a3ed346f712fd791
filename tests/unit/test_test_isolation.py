"""A test leaves no state behind for later tests."""

import logging
import os

import pytest

from kiosk_app.commands.process import log_to_stderr


def _set_up_logging() -> tuple[int, list[logging.Handler]]:
    """The root's level, and the handlers that write to a stream. pytest's own handlers are left out: they change."""
    root, test_logger = logging.getLogger(), logging.getLogger("test of isolation")
    handlers = (*root.handlers, *test_logger.handlers)
    return root.level, [handler for handler in handlers if type(handler) is logging.StreamHandler]


@pytest.fixture(scope="module")
def logging_before() -> tuple[int, list[logging.Handler]]:
    """The set-up before this module: an imported library may have set up logging."""
    return _set_up_logging()


@pytest.mark.parametrize("turn", [1, 2])
def test_logging_set_up_by_a_program_is_restored_after_its_test(
    turn: int, logging_before: tuple[int, list[logging.Handler]], capsys: pytest.CaptureFixture[str]
) -> None:
    """The second turn would see handlers of the first one, whose stream is closed."""
    assert _set_up_logging() == logging_before, turn
    test_logger = logging.getLogger("test of isolation")
    log_to_stderr()
    test_logger.addHandler(logging.StreamHandler())
    test_logger.warning("logged")
    assert "WARNING test of isolation: logged" in capsys.readouterr().err


@pytest.mark.parametrize("turn", [1, 2])
def test_the_umask_of_a_program_is_restored_after_its_test(turn: int) -> None:
    """The second turn would see the umask of the first one."""
    assert os.umask(0o077) != 0o077, turn
