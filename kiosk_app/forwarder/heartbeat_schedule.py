"""When the next heartbeat is due, and which staff call the centre has acknowledged."""

from collections.abc import Callable
from math import inf
from random import Random

from kiosk_app.outbox.reports import KioskReport
from protocol.staff_call import StaffCallResponse

HEARTBEAT_INTERVAL_S = 60.0
CALL_INTERVAL_S = 3.0  # during a staff call: the response to a heartbeat carries the desk's

_Call = tuple[bool, str]  # whether staff are called, and the name of the call


class HeartbeatSchedule:
    """Every minute, varied by a tenth. The begin or end of a staff call is due at once, and a heartbeat every few
    seconds during the call. `monotonic` gives the seconds of a monotonic clock."""

    def __init__(self, rng: Random, monotonic: Callable[[], float]) -> None:
        self._rng = rng
        self._monotonic = monotonic
        self._sent_at = -HEARTBEAT_INTERVAL_S
        self._due_at = 0.0
        self._quiet_until = 0.0  # the centre's Retry-After
        self._sent: _Call = (False, "")  # with the last heartbeat
        self._acknowledged: _Call = (False, "")  # with the last heartbeat that the centre accepted
        self._response = StaffCallResponse.RECEIVED

    def is_due(self, kiosk: KioskReport) -> bool:
        """Whether a heartbeat with this report is due."""
        return self._is_past(min(self._due_at, self._call_due(kiosk)))

    def is_call_due(self, kiosk: KioskReport) -> bool:
        """Whether a heartbeat is due because of a staff call, for which a citizen waits."""
        return self._is_past(self._call_due(kiosk))

    def _is_past(self, due: float) -> bool:
        return self._monotonic() >= max(due, self._quiet_until)

    def _call_due(self, kiosk: KioskReport) -> float:
        call = _call_in(kiosk)
        if call != self._sent:
            return 0.0
        return self._sent_at + CALL_INTERVAL_S if call != self._acknowledged or kiosk.staff_called else inf

    def record_sent(self, kiosk: KioskReport) -> None:
        """Record that a heartbeat with this report is sent now."""
        self._sent_at = self._monotonic()
        self._due_at = self._sent_at + HEARTBEAT_INTERVAL_S * self._rng.uniform(0.9, 1.1)
        self._sent = _call_in(kiosk)

    def record_accepted(self, response: StaffCallResponse) -> None:
        """Record that the centre has accepted the last heartbeat and answered its staff call with `response`."""
        self._acknowledged, self._response = self._sent, response

    def postpone(self, seconds: float) -> None:
        """Send no heartbeat for `seconds`."""
        self._quiet_until = self._monotonic() + seconds

    @property
    def acknowledged_call(self) -> tuple[str, str]:
        """(name of the call that the centre has, value of its response); two empty texts while it has none."""
        called, name = self._acknowledged
        return (name, self._response.value) if called else ("", "")


def _call_in(kiosk: KioskReport) -> _Call:
    return kiosk.staff_called, kiosk.staff_call
