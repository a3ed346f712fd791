"""What the interface reports to the forwarder, for the heartbeat, and what it hears of a call for staff in return."""

import logging
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from drivers.ports.receipt_printer import PrintVerdict
from journey.events import StaffCallAnswered
from journey.state import Journey
from kiosk_app.outbox.device_successes import record_success
from kiosk_app.outbox.reports import KioskReport, LinkReport
from protocol.staff_call import parse_code

log = logging.getLogger(__name__)

FindFaultCodes = Callable[[Mapping[str, str], str], tuple[str, ...]]


class StatusReporter:
    """`state` is the state directory. `findings` gives the codes of what health finds wrong; it is passed the devices'
    states and why the last report could not be written, '' when it was."""

    def __init__(self, state: Path, findings: FindFaultCodes) -> None:
        self._state = state
        self._findings = findings
        self._start = secrets.token_hex(4)  # a call of an interface that was started again is another call
        self._noted: set[tuple[int, str]] = set()  # see working_devices
        self._unwritten = ""

    def write(self, journey: Journey) -> None:
        """Write the report. One that cannot be written is logged once and becomes a finding."""
        # Found here, every few seconds, rather than reported by each call: what a device did is part of its visit.
        working = working_devices(journey)
        if worked := working - self._noted:
            self._noted = working
            record_success(self._state, [name for _, name in worked])
        environment, staff_call = journey.environment, journey.staff_call
        devices = {
            "card_reader": environment.card_reader.value,
            "printer": environment.printer.value,
            "scanner": environment.scanner.value,
        }
        report = KioskReport(
            devices=devices,
            findings=self._findings(devices, self._unwritten),
            staff_called=staff_call is not None,
            staff_call="" if staff_call is None else f"{self._start}-{staff_call.number}",
        )
        try:
            report.write(self._state)
        except OSError as error:
            if not self._unwritten:
                log.error("the report for the heartbeat cannot be written: %s", error.strerror)
                self._unwritten = error.strerror or type(error).__name__
        else:
            self._unwritten = ""

    def read_call_answer(self) -> StaffCallAnswered | None:
        """What the desk answers to the open call; None while the centre has no call of this start."""
        link = LinkReport.read(self._state)
        start, _, number = (link.staff_call if link else "").rpartition("-")
        if link is None or start != self._start or not number.isdecimal():
            return None
        return StaffCallAnswered(int(number), parse_code(link.call_answer))


def working_devices(journey: Journey) -> set[tuple[int, str]]:
    """Which devices did their work in this visit, each with the visit's id."""
    visit = journey.visit
    if visit is None:
        return set()
    did = {
        "card_reader": visit.draft.card is not None,
        "printer": visit.print_verdict is PrintVerdict.PRINTED,
        "scanner": bool(visit.draft.pages),
    }
    return {(visit.visit_id, name) for name, worked in did.items() if worked}
