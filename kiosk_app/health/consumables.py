"""What wears out or runs out: paper, the printer's cutter, the disk. For the heartbeat and the health checks."""

import json
import time
from pathlib import Path

from drivers.receipt_printer.state_store import STATE_FILE, PersistedState, PrinterStateStore
from kiosk_app.outbox.state_directory import interface_directory
from kiosk_app.settings import Settings
from machine.safe_files import read_file
from protocol.messages import Consumables

DISK_FILE = Path("/run/damrongdham-kiosk-disk/disk.json")  # written by provision/disk_wear.py
_MAX_DISK_BYTES = 4096
_DAY_S = 24 * 3600.0
_LONGEST_DAYS = 999
_SHORTEST_ROLL_DAYS = 1.0  # no forecast from less use than this
_MOST_PERCENT = 999


def estimate_consumables(settings: Settings, now: float | None = None) -> Consumables:
    """What is known now, from two small files. `now`: seconds since 1970."""
    printer = PrinterStateStore(interface_directory(settings.paths.state) / STATE_FILE).state
    left_mm = max(0.0, settings.printer.roll_m * 1000 - printer.printed_mm) if settings.printer.roll_m else None
    life = settings.printer.cutter_life if settings.printer.cut else 0
    disk_percent, is_failing = read_disk()
    return Consumables(
        paper_left_mm=None if left_mm is None else round(left_mm),
        paper_days=None if left_mm is None else forecast_days(left_mm, printer, time.time() if now is None else now),
        printed_m=round(printer.total_mm / 1000),
        cutter_percent=min(_MOST_PERCENT, printer.jobs * 100 // life) if life else None,
        disk_percent=disk_percent,
        is_disk_failing=is_failing,
    )


def forecast_days(left_mm: float, printer: PersistedState, now: float) -> int | None:
    """Days until the roll ends, if it is used as on average since it was inserted. None when that is not known: a new
    roll, or a clock that was set meanwhile."""
    days = (now - printer.roll_since) / _DAY_S
    if not printer.roll_since or not _SHORTEST_ROLL_DAYS <= days <= _LONGEST_DAYS or printer.printed_mm <= 0:
        return None
    return min(_LONGEST_DAYS, int(left_mm / (printer.printed_mm / days)))


def read_disk() -> tuple[int | None, bool]:
    """How worn the disk is in per cent (None: it does not say), and whether it expects to fail."""
    try:
        disk = json.loads(read_file(DISK_FILE, _MAX_DISK_BYTES))
        percent = disk["worn_percent"]
        return (min(255, max(0, int(percent))) if percent is not None else None), disk["is_failing"] is True
    except (OSError, ValueError, KeyError, TypeError):
        return None, False
