"""When the next heartbeat is due, and what the centre knows of the call for staff."""

from collections.abc import Callable
from math import inf
from random import Random

from kiosk_app.outbox.reports import KioskReport
from protocol.staff_call import CallAnswer

HEARTBEAT_S = 60.0
CALL_S = 3.0  # while staff are called: how soon the call goes out again, and how soon the answer is known

_Call = tuple[bool, str]  # whether staff are called, and the name of the call


class HeartbeatSchedule:
    """Every minute, varied by a tenth. A call for staff, or its end, is due at once, and again every few seconds while
    staff are called: the response carries the desk's answer. `clock` gives monotonic seconds."""

    def __init__(self, chance: Random, clock: Callable[[], float]) -> None:
        self._chance = chance
        self._clock = clock
        self._last = -HEARTBEAT_S
        self._next = 0.0
        self._quiet_until = 0.0  # the centre asked for no heartbeat until then
        self._sent: _Call = (False, "")  # with the last heartbeat
        self._arrived: _Call = (False, "")  # with the last heartbeat that the centre accepted
        self._answer = CallAnswer.RECEIVED

    def is_due(self, kiosk: KioskReport) -> bool:
        """Whether a heartbeat with this report is to be sent now."""
        return self._passed(min(self._next, self._call_due(kiosk)))

    def is_call_due(self, kiosk: KioskReport) -> bool:
        """Whether it is to be sent now because somebody waits for it in front of the screen."""
        return self._passed(self._call_due(kiosk))

    def _passed(self, due: float) -> bool:
        return self._clock() >= max(due, self._quiet_until)

    def _call_due(self, kiosk: KioskReport) -> float:
        call = _call_of(kiosk)
        if call != self._sent:
            return 0.0
        return self._last + CALL_S if call != self._arrived or kiosk.staff_called else inf

    def sending(self, kiosk: KioskReport) -> None:
        """A heartbeat with this report goes out now."""
        self._last = self._clock()
        self._next = self._last + HEARTBEAT_S * self._chance.uniform(0.9, 1.1)
        self._sent = _call_of(kiosk)

    def accepted(self, answer: CallAnswer) -> None:
        """The centre has the last heartbeat, and answers its call so."""
        self._arrived, self._answer = self._sent, answer

    def wait(self, seconds: float) -> None:
        """The centre asks for no heartbeat for so long."""
        self._quiet_until = self._clock() + seconds

    @property
    def answered_call(self) -> tuple[str, str]:
        """The name of the call that the centre has, and its answer's value; two empty texts while it has none."""
        called, name = self._arrived
        return (name, self._answer.value) if called else ("", "")


def _call_of(kiosk: KioskReport) -> _Call:
    return kiosk.staff_called, kiosk.staff_call
