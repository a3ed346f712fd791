"""What the technician tries out, and how it went: the last result of each part, with its date."""

from dataclasses import dataclass
from enum import Enum

from journey.faults import Fault

MAX_VOLUME_STEP_PERCENT = 10  # per cent; silence is not offered: kiosk.toml switches sound off


class DeviceUnderTest(Enum):
    """Each can be tried out on the technician's screen."""

    PRINTER = "printer"
    SCANNER = "scanner"
    CARD_READER = "card_reader"
    SOUND = "sound"
    TOUCH = "touch"


@dataclass(frozen=True)
class DeviceTest:
    """One result. `passed` None: only the technician can tell, by eye or ear."""

    target: DeviceUnderTest
    passed: bool | None
    at_epoch_s: float  # seconds since the epoch
    fault: Fault | None = None
