"""A test leaves nothing behind that a later test meets."""

import logging

import pytest

from kiosk_app.commands.process import log_to_stderr


def _set_up_logging() -> tuple[int, list[logging.Handler]]:
    """The level of the root, and the handlers that write to a stream. pytest's own come and go."""
    root, own = logging.getLogger(), logging.getLogger("test of isolation")
    return root.level, [one for one in (*root.handlers, *own.handlers) if type(one) is logging.StreamHandler]


@pytest.fixture(scope="module")
def logging_before() -> tuple[int, list[logging.Handler]]:
    """What was there when this module began: a library may have set logging up while it was imported."""
    return _set_up_logging()


@pytest.mark.parametrize("turn", [1, 2])
def test_logging_that_a_program_sets_up_ends_with_its_test(
    turn: int, logging_before: tuple[int, list[logging.Handler]], capsys: pytest.CaptureFixture[str]
) -> None:
    """The second turn would meet the handlers of the first, on a stream that is closed by now."""
    assert _set_up_logging() == logging_before, turn
    own = logging.getLogger("test of isolation")
    log_to_stderr()
    own.addHandler(logging.StreamHandler())
    own.warning("said")
    assert "WARNING test of isolation: said" in capsys.readouterr().err
