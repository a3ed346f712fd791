"""Many kiosks at work for a while: visits with all that happens to them, and heartbeats."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from random import Random
from uuid import UUID

from central.intake.models import AcceptedDelivery
from central.simulation.connection import CentreConnection
from central.simulation.fault_injection import SCENARIOS, Destination, Scenario, send_from_revoked_kiosk
from central.simulation.kiosk import NotDeliveredError, SimulatedKiosk

MAX_CONNECTIONS = 16  # kiosks that speak at once
SILENT_KIOSK_EVERY = 50  # one kiosk in fifty is never heard of
_DEVICES = {"card_reader": "empty", "printer": "ready", "scanner": "ready"}
# Of a hundred kiosks: what is the matter with the printer, and the staff code that comes of it.
_PRINTER_STATE_WEIGHTS = {"ready": 89, "paper_near_end": 6, "paper_out": 3, "cover_open": 1, "unresponsive": 1}
_STAFF_CODES = {"paper_near_end": "P-07", "paper_out": "P-02", "cover_open": "P-03", "unresponsive": "P-01"}


@dataclass
class SimulationReport:
    """What was done, and what the centre did otherwise than it must."""

    expected_destinations: dict[UUID, Destination] = field(default_factory=dict)
    scenario_counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    heartbeat_count: int = 0
    duration_s: float = 0.0


def run_simulation(
    fleet: list[SimulatedKiosk], url: str, visits: int, duration_s: float, seed: int
) -> SimulationReport:
    """Every kiosk beats once and sends its visits, until all are sent or the time is over. What happens to whom is
    drawn from `seed`."""
    report, lock, begun = SimulationReport(), threading.Lock(), time.monotonic()

    def work(kiosk: SimulatedKiosk, number: int) -> None:
        rng = Random(f"{seed} {kiosk.kiosk_id}")  # noqa: S311 (keeps no secret)
        with CentreConnection(url) as connection:
            if kiosk.revoked:
                send_from_revoked_kiosk(kiosk, connection)
                return
            if number % SILENT_KIOSK_EVERY != SILENT_KIOSK_EVERY - 1:
                _send_heartbeat(kiosk, connection, rng)
                with lock:
                    report.heartbeat_count += 1
            for _ in range(visits):
                if time.monotonic() - begun > duration_s:
                    return
                scenario = _choose_scenario(rng)
                visit = scenario.run(kiosk, connection, rng)
                with lock:
                    report.scenario_counts[scenario.name] += 1
                    report.expected_destinations[visit.delivery.submission_id] = scenario.expected_destination

    def work_and_record_errors(kiosk: SimulatedKiosk, number: int) -> None:
        try:
            work(kiosk, number)
        except (NotDeliveredError, OSError, HTTPException) as error:
            with lock:
                report.errors.append(f"{kiosk.kiosk_id}: {error or type(error).__name__}")

    with ThreadPoolExecutor(MAX_CONNECTIONS) as pool:
        for number, kiosk in enumerate(fleet):
            pool.submit(work_and_record_errors, kiosk, number)
    report.duration_s = time.monotonic() - begun
    report.errors += find_discrepancies(report.expected_destinations)
    return report


def _choose_scenario(rng: Random) -> Scenario:
    return rng.choices(SCENARIOS, [scenario.share_per_mille for scenario in SCENARIOS])[0]


def _send_heartbeat(kiosk: SimulatedKiosk, connection: CentreConnection, rng: Random) -> None:
    (printer,) = rng.choices(list(_PRINTER_STATE_WEIGHTS), list(_PRINTER_STATE_WEIGHTS.values()))
    waiting = rng.choices((0, rng.randint(1, 60)), (9, 1))[0]
    kiosk.send_heartbeat(
        connection, _DEVICES | {"printer": printer}, [_STAFF_CODES[printer]] if printer in _STAFF_CODES else [], waiting
    )


def find_discrepancies(expected_destinations: dict[UUID, Destination]) -> list[str]:
    """Sentences about visits that are not at the centre once, as `expected_destinations` says."""
    rows = AcceptedDelivery.objects.values_list("submission_id", "case_id").iterator()
    held: Counter[tuple[UUID, Destination]] = Counter(
        (submission, Destination.CASE if case else Destination.QUARANTINE)
        for submission, case in rows
        if submission in expected_destinations
    )
    must: Counter[tuple[UUID, Destination]] = Counter(
        visit for visit in expected_destinations.items() if visit[1] is not Destination.NOTHING
    )
    discrepancies = {"missing": (must - held).total(), "too many": (held - must).total()}
    return [f"{count} visits are {what}" for what, count in discrepancies.items() if count]
