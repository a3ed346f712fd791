"""Tests of the devices from the technician's screen: print a slip, scan a page, read a card's number, play a sound.

What is read or scanned is discarded at once. Only date and result are kept, and the volume of the hall.
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
from journey.device_tests import MAX_VOLUME_STEP_PERCENT, DeviceTest, DeviceUnderTest
from journey.environment_faults import CARD_READ_FAULTS, PRINTER_FAULTS, SCANNER_FAULTS, SPEAKER_FAULTS
from journey.faults import Fault
from kiosk_app.outbox.json_state import MAX_STATE_FILE_BYTES
from kiosk_app.outbox.state_directory import interface_directory
from kiosk_app.receipt import printer_test_slip
from kiosk_app.runner.ports import Devices
from machine.safe_files import read_file, replace_file_atomically

DEVICE_TESTS_FILE = "trials.json"
SAMPLE_SOUND = Path(__file__).parents[2] / "assets" / "sounds" / "success.wav"
SOUND_DEADLINE_S = 10.0  # the sample lasts less than 1 s

_TestOutcome = tuple[bool | None, Fault | None]


def run_device_test(
    target: DeviceUnderTest, devices: Devices, speaker: Speaker | None, max_volume_percent: int
) -> DeviceTest:
    """Test one device; blocks as long as the device does."""
    if target is DeviceUnderTest.SPEAKER:
        passed, fault = _test_sound(speaker, max_volume_percent)
    else:
        passed, fault = _TESTS[target](devices)
    return DeviceTest(target, passed, time.time(), fault)


def _test_printer(devices: Devices) -> _TestOutcome:
    if devices.printer is None:
        return False, Fault.PRINTER_ABSENT
    slip = printer_test_slip(devices.printer.width_dots, datetime.now(UTC))
    result = devices.printer.print_bitmap(f"test:{uuid.uuid4()}", slip)
    if result.verdict is PrintVerdict.NOT_PRINTED:
        return False, PRINTER_FAULTS.get(result.status, Fault.PRINTER_ERROR)
    return (True if result.verdict is PrintVerdict.PRINTED else None), None


def _test_scanner(devices: Devices) -> _TestOutcome:
    if devices.scanner is None:
        return False, Fault.SCANNER_ABSENT
    try:
        devices.scanner.scan(lambda page: None, lambda fraction: None, threading.Event())
    except ScanError as error:
        return False, SCANNER_FAULTS.get(error.status, Fault.SCANNER_FAILED)
    return True, None


def _test_card_reader(devices: Devices) -> _TestOutcome:
    if devices.card_reader is None:
        return False, Fault.CARD_NO_READER
    try:
        devices.card_reader.read_citizen_id()
    except CardReadError as error:
        return False, CARD_READ_FAULTS[error.fault]
    return True, None


def _test_sound(speaker: Speaker | None, max_volume_percent: int) -> _TestOutcome:
    """Play the success sound at the hall's maximum. That the device took it does not prove that it was heard."""
    status = SpeakerStatus.ABSENT
    if speaker is not None:
        status = speaker.play_and_wait((Clip(SAMPLE_SOUND),), max_volume_percent, SOUND_DEADLINE_S)
    fault = SPEAKER_FAULTS.get(status)
    return (False if fault else None), fault


_TESTS: dict[DeviceUnderTest, Callable[[Devices], _TestOutcome]] = {
    DeviceUnderTest.PRINTER: _test_printer,
    DeviceUnderTest.SCANNER: _test_scanner,
    DeviceUnderTest.CARD_READER: _test_card_reader,
}


def save_device_tests(state_dir: Path, device_tests: Iterable[DeviceTest], max_volume_percent: int) -> None:
    """Keep results and volume in the interface's directory. Raises OSError."""
    results = [
        {"part": t.target.value, "passed": t.passed, "wall": t.at_epoch_s, "fault": t.fault.value if t.fault else None}
        for t in device_tests
    ]
    content = json.dumps({"trials": results, "loudness": max_volume_percent}).encode()
    replace_file_atomically(interface_directory(state_dir) / DEVICE_TESTS_FILE, content, 0o644, durable=False)


def load_device_tests(state_dir: Path) -> tuple[tuple[DeviceTest, ...], int]:
    """The saved results and volume (per cent); no results and 100 when the file is missing or damaged."""
    try:
        content = json.loads(read_file(interface_directory(state_dir) / DEVICE_TESTS_FILE, MAX_STATE_FILE_BYTES))
        results = tuple(
            DeviceTest(
                DeviceUnderTest(t["part"]), t["passed"], float(t["wall"]), Fault(t["fault"]) if t["fault"] else None
            )
            for t in content["trials"]
        )
        return results, max(MAX_VOLUME_STEP_PERCENT, min(100, int(content["loudness"])))
    except (OSError, ValueError, KeyError, TypeError):
        return (), 100
