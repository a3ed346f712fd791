"""Trying out the devices from the technician's screen: a slip is printed, a page scanned, a card's number read, a sound
played. What was read or scanned is dropped at once; kept are only date and result.
"""

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from drivers.card_reader.port import CardReadError
from drivers.letter_scanner.port import ScanError
from drivers.receipt_printer.status import PrintVerdict
from kiosk_app.journey.around import CARD_FAULTS, PRINTER_FAULTS, SCANNER_FAULTS
from kiosk_app.journey.faults import Fault
from kiosk_app.journey.trials import Part, Trial
from kiosk_app.outbox.files import replace_file
from kiosk_app.receipt import draw_slip
from kiosk_app.runner.parts import Devices
from thai import dates

log = logging.getLogger(__name__)

FILE = "trials.json"
SAMPLE = "น้ำ ก่ำ ปั่น ญู ฐุ กี่ ที่ปู่ ๐๑๒๓๔๕๖๗๘๙"  # what shaping gets wrong first


def try_out(part: Part, devices: Devices, play: Callable[[], None]) -> Trial:
    """Try one part; blocks as long as its device does. `play` plays a sound and returns at once."""
    passed, fault = _TRIED[part](devices) if part in _TRIED else (None, None)
    if part is Part.SOUND:
        play()
    return Trial(part, passed, time.time(), fault)


def trial_slip(width_dots: int, moment: datetime) -> Image.Image:
    """Paper that shows whether the printer prints Thai, across its whole width."""
    lines = (f"{dates.long_date(moment)} {dates.clock_time(moment)}", "", SAMPLE, f"{width_dots} dots")
    return draw_slip("ทดสอบเครื่องพิมพ์", lines, width_dots)


_Found = tuple[bool | None, Fault | None]


def _print(devices: Devices) -> _Found:
    if devices.printer is None:
        return False, Fault.PRINTER_ABSENT
    slip = trial_slip(devices.printer.width_dots, datetime.now(UTC))
    result = devices.printer.print_bitmap(f"test:{uuid.uuid4()}", slip)
    if result.verdict is PrintVerdict.NOT_PRINTED:
        return False, PRINTER_FAULTS.get(result.status, Fault.PRINTER_ERROR)
    return (True if result.verdict is PrintVerdict.PRINTED else None), None


def _scan(devices: Devices) -> _Found:
    if devices.scanner is None:
        return False, Fault.SCANNER_ABSENT
    try:
        devices.scanner.scan(lambda page: None, lambda fraction: None, threading.Event())
    except ScanError as error:
        return False, SCANNER_FAULTS.get(error.status, Fault.SCANNER_FAILED)
    return True, None


def _read_card(devices: Devices) -> _Found:
    if devices.card_reader is None:
        return False, Fault.CARD_NO_READER
    try:
        devices.card_reader.read_citizen_id()
    except CardReadError as error:
        return False, CARD_FAULTS[error.fault]
    return True, None


_TRIED: dict[Part, Callable[[Devices], _Found]] = {
    Part.PRINTER: _print,
    Part.SCANNER: _scan,
    Part.CARD_READER: _read_card,
}


def keep(state: Path, trials: Iterable[Trial]) -> None:
    """Raises OSError."""
    told = [
        {"part": t.part.value, "passed": t.passed, "wall": t.wall, "fault": t.fault.value if t.fault else None}
        for t in trials
    ]
    replace_file(state / FILE, json.dumps(told).encode(), 0o644, durable=False)


def known(state: Path) -> tuple[Trial, ...]:
    """What was kept; nothing when the file is missing or damaged."""
    try:
        return tuple(
            Trial(Part(t["part"]), t["passed"], float(t["wall"]), Fault(t["fault"]) if t["fault"] else None)
            for t in json.loads((state / FILE).read_bytes())
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ()
