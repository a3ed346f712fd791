"""The interface's exchange with the centre: case look-ups, the report for the heartbeat, answers to staff calls.

Report and response go through two files to and from the forwarder, which talks to the centre.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from drivers.ports.receipt_printer import PrintVerdict
from journey.events import StaffCallResponded
from journey.screens import Screen
from journey.state import Journey
from kiosk_app.outbox.device_successes import record_success
from kiosk_app.outbox.reports import KioskReport, LinkReport
from protocol.messages import Consumables, TrackingResponse
from protocol.staff_call import parse_code

log = logging.getLogger(__name__)

FindFaultCodes = Callable[[Mapping[str, str], str], tuple[str, ...]]
LookUp = Callable[[str, str], TrackingResponse]
Rate = Callable[[str, tuple[tuple[str, int], ...], str], TrackingResponse]


class CentreLink:
    """The centre as the interface reaches it.

    `state_dir` is the state directory. `look_up(code, language)` asks the centre for a case, `rate(code, stars,
    language)` sends it a rating. `find_fault_codes(devices, report_error)` returns the staff codes of the health
    checks' findings; `report_error` says why the last report could not be written, '' if it was written.
    `read_consumables()` returns what wears out or runs out.
    """

    def __init__(
        self,
        state_dir: Path,
        look_up: LookUp,
        rate: Rate,
        find_fault_codes: FindFaultCodes,
        read_consumables: Callable[[], Consumables] = Consumables,
    ) -> None:
        self._read_consumables = read_consumables
        self._state = state_dir
        self._look_up = look_up
        self._rate = rate
        self._find_fault_codes = find_fault_codes
        self._start_id = secrets.token_hex(4)  # call numbers begin again at each start of the interface
        self._recorded: set[tuple[int, str]] = set()  # see working_devices
        self._report_error = ""

    def look_up(self, code: str, language: str) -> TrackingResponse:
        """The centre's response to a canonical tracking code. Raises what `look_up` raises."""
        return self._look_up(code, language)

    def rate(self, code: str, stars: tuple[tuple[str, int], ...], language: str) -> TrackingResponse:
        """Send a rating; returns the case as it is afterwards. Raises what `rate` raises."""
        return self._rate(code, stars, language)

    def write_report(self, journey: Journey) -> None:
        """Write the report for the heartbeat. One that cannot be written is logged once and becomes a finding."""
        self._record_device_successes(journey)
        environment, staff_call = journey.environment, journey.staff_call
        devices = {
            "card_reader": environment.card_reader.value,
            "printer": environment.printer.value,
            "scanner": environment.scanner.value,
        }
        report = KioskReport(
            devices=devices,
            findings=self._find_fault_codes(devices, self._report_error),
            consumables=self._read_consumables(),
            is_technician_present=journey.screen is Screen.TECHNICIAN,
            staff_called=staff_call is not None,
            staff_call="" if staff_call is None else f"{self._start_id}-{staff_call.number}",
        )
        try:
            report.write(self._state)
        except OSError as error:
            if not self._report_error:
                log.error("the report for the heartbeat cannot be written: %s", error.strerror)
                self._report_error = error.strerror or type(error).__name__
        else:
            self._report_error = ""

    def read_call_response(self) -> StaffCallResponded | None:
        """The centre's response to the open call; None while it knows no call of this start."""
        link = LinkReport.read(self._state)
        start_id, _, number = (link.staff_call if link else "").rpartition("-")
        if link is None or start_id != self._start_id or not number.isdecimal():
            return None
        return StaffCallResponded(int(number), parse_code(link.call_answer))

    def _record_device_successes(self, journey: Journey) -> None:
        """Record which devices worked. Derived from the visit every few seconds: no device call reports it itself."""
        working = working_devices(journey)
        if newly_working := working - self._recorded:
            self._recorded = working
            record_success(self._state, [name for _, name in newly_working])


def working_devices(journey: Journey) -> set[tuple[int, str]]:
    """The devices that have worked in this visit, each with the visit's id."""
    visit = journey.visit
    if visit is None:
        return set()
    has_worked = {
        "card_reader": visit.draft.card is not None,
        "printer": visit.print_verdict is PrintVerdict.PRINTED,
        "scanner": bool(visit.draft.pages),
    }
    return {(visit.visit_id, name) for name, worked in has_worked.items() if worked}
