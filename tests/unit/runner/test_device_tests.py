"""Device tests: the verdict on each device's answer, and results that survive a restart."""

from pathlib import Path
from typing import Any

import pytest

from drivers.ports.card_reader import CardFault, CardReadError
from drivers.ports.letter_scanner import ScanError, ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintResult, PrintVerdict
from drivers.ports.speaker import SpeakerStatus
from journey.device_tests import DeviceTest, DeviceUnderTest
from journey.faults import Fault
from kiosk_app.outbox.state_directory import interface_directory
from kiosk_app.runner import device_test_runner
from kiosk_app.runner.ports import Devices


class ScriptedDevice:
    """Stands for any device: returns its scripted answer, or raises it if it is an exception."""

    width_dots = 576

    def __init__(self, answer: Any = None) -> None:
        self._answer = answer

    def _respond(self, *_: Any, **__: Any) -> Any:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    print_bitmap = scan = scan_page = read_citizen_id = play_and_wait = _respond


READY = PrinterStatus.READY


@pytest.mark.parametrize(
    ("target", "answer", "passed", "fault"),
    [
        (DeviceUnderTest.PRINTER, PrintResult(PrintVerdict.PRINTED, READY), True, None),
        (DeviceUnderTest.PRINTER, PrintResult(PrintVerdict.PROBABLY_PRINTED, PrinterStatus.UNKNOWN), None, None),
        (
            DeviceUnderTest.PRINTER,
            PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.PAPER_OUT),
            False,
            Fault.PRINTER_PAPER_OUT,
        ),
        (
            DeviceUnderTest.PRINTER,
            PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.UNKNOWN),
            False,
            Fault.PRINTER_ERROR,
        ),
        (DeviceUnderTest.SCANNER, None, True, None),
        (DeviceUnderTest.SCANNER, ScanError(ScannerStatus.JAM), False, Fault.SCANNER_JAM),
        (DeviceUnderTest.CARD_READER, "9000000000152", True, None),
        (DeviceUnderTest.CARD_READER, CardReadError(CardFault.NO_CARD), False, Fault.CARD_PULLED_OUT),
        (DeviceUnderTest.SPEAKER, SpeakerStatus.READY, None, None),
        (DeviceUnderTest.SPEAKER, SpeakerStatus.UNKNOWN, None, None),
        (DeviceUnderTest.SPEAKER, SpeakerStatus.ABSENT, False, Fault.SPEAKER_ABSENT),
        (DeviceUnderTest.SPEAKER, SpeakerStatus.BUSY, False, Fault.SPEAKER_FAILED),
        (DeviceUnderTest.SPEAKER, SpeakerStatus.UNRESPONSIVE, False, Fault.SPEAKER_FAILED),
    ],
)
def test_the_verdict_on_a_device_answer(
    target: DeviceUnderTest, answer: Any, passed: bool | None, fault: Fault | None
) -> None:
    device: Any = ScriptedDevice(answer)
    device_test = device_test_runner.run_device_test(target, Devices(device, device, device), device, 70)
    assert (device_test.target, device_test.passed, device_test.fault) == (target, passed, fault)
    assert device_test.at_epoch_s > 1_700_000_000


@pytest.mark.parametrize(
    "target", [DeviceUnderTest.PRINTER, DeviceUnderTest.SCANNER, DeviceUnderTest.CARD_READER, DeviceUnderTest.SPEAKER]
)
def test_an_absent_device_does_not_pass(target: DeviceUnderTest) -> None:
    assert device_test_runner.run_device_test(target, Devices(), None, 70).passed is False


def test_results_survive_a_restart_and_hold_no_personal_data(tmp_path: Path) -> None:
    results = (
        DeviceTest(DeviceUnderTest.CARD_READER, True, 5.0),
        DeviceTest(DeviceUnderTest.PRINTER, False, 6.0, Fault.PRINTER_CUTTER),
    )
    device_test_runner.save_device_tests(tmp_path, results, 70)
    assert device_test_runner.load_device_tests(tmp_path) == (results, 70)
    assert "9000" not in (interface_directory(tmp_path) / device_test_runner.DEVICE_TESTS_FILE).read_text()


@pytest.mark.parametrize("rubbish", [b"", b"{}", b"[1]", b'{"trials": [{"part": "kettle"}], "loudness": 70}', b"\xff"])
def test_a_damaged_file_counts_as_no_results(tmp_path: Path, rubbish: bytes) -> None:
    (interface_directory(tmp_path) / device_test_runner.DEVICE_TESTS_FILE).write_bytes(rubbish)
    assert device_test_runner.load_device_tests(tmp_path) == ((), 100)
