"""A test leaves nothing behind that a later test meets."""

import logging

import pytest

from kiosk_app.commands.common import log_to_stderr


@pytest.mark.parametrize("turn", [1, 2])
def test_logging_that_a_program_sets_up_ends_with_its_test(turn: int, capsys: pytest.CaptureFixture[str]) -> None:
    """The second turn would meet the handlers of the first, on a stream that is closed by now."""
    root, own = logging.getLogger(), logging.getLogger("test of isolation")
    streams = [one for one in (*root.handlers, *own.handlers) if type(one) is logging.StreamHandler]
    assert not streams, turn
    assert root.level != logging.INFO
    log_to_stderr()
    own.addHandler(logging.StreamHandler())
    own.warning("said")
    assert "WARNING test of isolation: said" in capsys.readouterr().err
