"""The clock that is set by hand: time servers may correct it again afterwards, also when it could not be set."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from kiosk_app.setup import clock
from kiosk_app.setup.clock import ClockSetup
from kiosk_app.setup.programs import ProgramResult
from kiosk_app.setup.requests import SetClock

BY_HAND = SetClock(kind="hand", time="2026-11-30 09:30")
REFUSED = ProgramResult(1, "", "Failed to set time: Previous request is not finished, refusing.\n")


class TimeService:
    """timedated: it refuses a time while a request before it is not finished."""

    def __init__(self, refusals: int) -> None:
        self.refusals, self.ran = refusals, list[str]()

    def run(self, arguments: Sequence[str], _timeout_s: float) -> ProgramResult:
        self.ran.append(" ".join(arguments[1:]))
        if arguments[1] == "set-time" and self.refusals:
            self.refusals -= 1
            return REFUSED
        return ProgramResult(0)


@pytest.mark.parametrize(("refusals", "passed"), [(0, True), (2, True), (10_000, False)])
def test_time_servers_are_used_again_whether_or_not_the_clock_was_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusals: int, *, passed: bool
) -> None:
    monkeypatch.setattr(clock, "_REFUSAL_S", 0.2)
    monkeypatch.setattr(clock, "_REFUSAL_POLL_S", 0.01)
    service = TimeService(refusals)
    reply = ClockSetup(tmp_path, service.run).apply(BY_HAND)
    assert reply.passed is passed
    assert service.ran[:2] == ["set-ntp false", "set-time 2026-11-30 02:30:00 UTC"]
    assert service.ran[-1] == "set-ntp true"
    assert passed or "not finished" in reply.detail


def test_time_servers_are_used_again_after_a_program_that_cannot_be_run(tmp_path: Path) -> None:
    ran: list[str] = []

    def run(arguments: Sequence[str], _timeout_s: float) -> ProgramResult:
        ran.append(" ".join(arguments[1:]))
        if arguments[1] == "set-time":
            raise OSError("no memory")
        return ProgramResult(0)

    with pytest.raises(OSError, match="no memory"):
        ClockSetup(tmp_path, run).apply(BY_HAND)
    assert ran[-1] == "set-ntp true"
