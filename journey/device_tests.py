"""Tests of the devices by the technician: the devices, and the last result of each with its date."""

from dataclasses import dataclass
from enum import Enum

from journey.faults import Fault

MAX_VOLUME_STEP_PERCENT = 10  # per cent; the minimum too: silence is set in kiosk.toml


class DeviceUnderTest(Enum):
    """A device that can be tested on the technician's screen."""

    PRINTER = "printer"
    SCANNER = "scanner"
    CARD_READER = "card_reader"
    SPEAKER = "sound"
    TOUCH = "touch"


@dataclass(frozen=True)
class DeviceTest:
    """One result. `passed` is None when only the technician can judge, by eye or ear."""

    target: DeviceUnderTest
    passed: bool | None
    at_epoch_s: float  # seconds since the epoch
    fault: Fault | None = None
