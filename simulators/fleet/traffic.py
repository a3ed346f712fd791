"""The traffic of many kiosks for a while: heartbeats, and visits with every delivery script."""

import threading
import time
from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from random import Random
from uuid import UUID

from simulators.fleet.delivery_scripts import DELIVERY_SCRIPTS, DeliveryScript, Destination, send_from_revoked_kiosk
from simulators.http_transport import HttpKiosk
from simulators.kiosk import NotDeliveredError

MAX_CONNECTIONS = 16  # kiosks that send at the same time
SILENT_KIOSK_EVERY = 50  # one kiosk in fifty sends no heartbeat
_DEVICES = {"card_reader": "empty", "printer": "ready", "scanner": "ready"}
_PRINTER_STATE_WEIGHTS = {"ready": 89, "paper_near_end": 6, "paper_out": 3, "cover_open": 1, "unresponsive": 1}
_STAFF_CODES = {"paper_near_end": "P-07", "paper_out": "P-02", "cover_open": "P-03", "unresponsive": "P-01"}


@dataclass
class SimulationReport:
    """What was sent, where each visit must be at the centre, and where the centre's responses were wrong."""

    expected_destinations: dict[UUID, Destination] = field(default_factory=dict)
    script_counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    heartbeat_count: int = 0
    duration_s: float = 0.0


def run_simulation(
    kiosks: Sequence[HttpKiosk], revoked: Collection[HttpKiosk], visits: int, duration_s: float, seed: int
) -> SimulationReport:
    """Each kiosk that is not revoked sends `visits` visits and, except every SILENT_KIOSK_EVERY-th, one heartbeat. No
    visit begins after `duration_s`. `seed` decides which script each visit uses."""
    report, lock, started_at = SimulationReport(), threading.Lock(), time.monotonic()

    def send_all(kiosk: HttpKiosk, index: int) -> None:
        rng = Random(f"{seed} {kiosk.kiosk_id}")  # noqa: S311 (keeps no secret)
        if kiosk in revoked:
            send_from_revoked_kiosk(kiosk)
            return
        if index % SILENT_KIOSK_EVERY != SILENT_KIOSK_EVERY - 1:
            _send_heartbeat(kiosk, rng)
            with lock:
                report.heartbeat_count += 1
        for _ in range(visits):
            if time.monotonic() - started_at > duration_s:
                return
            script = _choose_script(rng)
            visit = script.run(kiosk, rng)
            with lock:
                report.script_counts[script.name] += 1
                report.expected_destinations[visit.delivery.submission_id] = script.expected_destination

    def send_all_and_record_errors(kiosk: HttpKiosk, number: int) -> None:
        try:
            with kiosk.transport:
                send_all(kiosk, number)
        except (NotDeliveredError, OSError, HTTPException) as error:
            with lock:
                report.errors.append(f"{kiosk.kiosk_id}: {error or type(error).__name__}")

    with ThreadPoolExecutor(MAX_CONNECTIONS) as pool:
        for number, kiosk in enumerate(kiosks):
            pool.submit(send_all_and_record_errors, kiosk, number)
    report.duration_s = time.monotonic() - started_at
    return report


def _choose_script(rng: Random) -> DeliveryScript:
    return rng.choices(DELIVERY_SCRIPTS, [script.share_per_mille for script in DELIVERY_SCRIPTS])[0]


def _send_heartbeat(kiosk: HttpKiosk, rng: Random) -> None:
    (printer,) = rng.choices(list(_PRINTER_STATE_WEIGHTS), list(_PRINTER_STATE_WEIGHTS.values()))
    pending_count = rng.choices((0, rng.randint(1, 60)), (9, 1))[0]
    findings = [_STAFF_CODES[printer]] if printer in _STAFF_CODES else []
    kiosk.send_heartbeat(_DEVICES | {"printer": printer}, findings, pending_count)
