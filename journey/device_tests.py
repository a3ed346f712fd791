"""What the technician tries out, and how it went: the last result of each part, with its date."""

from dataclasses import dataclass
from enum import Enum

from journey.faults import Fault

LOUDNESS_STEP = 10  # per cent; silence is not offered: kiosk.toml switches sound off


class Part(Enum):
    """Each can be tried out on the technician's screen."""

    PRINTER = "printer"
    SCANNER = "scanner"
    CARD_READER = "card_reader"
    SOUND = "sound"
    TOUCH = "touch"


@dataclass(frozen=True)
class Trial:
    """One result. `passed` None: only the technician can tell, by eye or ear. `wall` is seconds since the epoch."""

    part: Part
    passed: bool | None
    wall: float
    fault: Fault | None = None
