"""Trying out the devices from the technician's screen: a slip is printed, a page scanned, a card's number read, a sound
played. What was read or scanned is dropped at once; kept are only date and result, and how loud the hall may be.
"""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from drivers.ports.card_reader import CardReadError
from drivers.ports.letter_scanner import ScanError
from drivers.ports.receipt_printer import PrintVerdict
from drivers.ports.speaker import Clip, Speaker, SpeakerStatus
from journey.device_tests import LOUDNESS_STEP, Part, Trial
from journey.environment_faults import CARD_FAULTS, PRINTER_FAULTS, SCANNER_FAULTS, SPEAKER_FAULTS
from journey.faults import Fault
from kiosk_app.outbox.state_directory import LARGEST, interface_directory
from kiosk_app.receipt import trial_slip
from kiosk_app.runner.ports import Devices
from protocol.files import read_file, replace_file

FILE = "trials.json"
SOUND = Path(__file__).parents[2] / "assets" / "sounds" / "success.wav"
SOUND_S = 10.0  # it lasts less than one


def try_out(part: Part, devices: Devices, play: Callable[[], SpeakerStatus]) -> Trial:
    """Try one part; blocks as long as its device does. `play` plays a sound and tells how that ended."""
    passed, fault = _sound(play()) if part is Part.SOUND else _TRIED[part](devices)
    return Trial(part, passed, time.time(), fault)


def play_sample(speaker: Speaker | None, loudness: int) -> SpeakerStatus:
    """The sound of a success, as loud as the hall may be (per cent); blocks until it was played."""
    return speaker.hear((Clip(SOUND),), loudness, SOUND_S) if speaker is not None else SpeakerStatus.ABSENT


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


def _sound(ended: SpeakerStatus) -> _Found:
    """A sound device that took the sound proves no ear that heard it."""
    fault = SPEAKER_FAULTS.get(ended)
    return (False if fault else None), fault


_TRIED: dict[Part, Callable[[Devices], _Found]] = {
    Part.PRINTER: _print,
    Part.SCANNER: _scan,
    Part.CARD_READER: _read_card,
}


def keep(state: Path, trials: Iterable[Trial], loudness: int) -> None:
    """Raises OSError."""
    told = [
        {"part": t.part.value, "passed": t.passed, "wall": t.wall, "fault": t.fault.value if t.fault else None}
        for t in trials
    ]
    content = json.dumps({"trials": told, "loudness": loudness}).encode()
    replace_file(interface_directory(state) / FILE, content, 0o644, durable=False)


def known(state: Path) -> tuple[tuple[Trial, ...], int]:
    """What was kept; nothing and full loudness when the file is missing or damaged."""
    try:
        kept = json.loads(read_file(interface_directory(state) / FILE, LARGEST))
        found = tuple(
            Trial(Part(t["part"]), t["passed"], float(t["wall"]), Fault(t["fault"]) if t["fault"] else None)
            for t in kept["trials"]
        )
        return found, max(LOUDNESS_STEP, min(100, int(kept["loudness"])))
    except (OSError, ValueError, KeyError, TypeError):
        return (), 100
