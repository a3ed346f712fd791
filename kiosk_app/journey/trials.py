"""What the technician tries out, and how it went: the last result of each part, with its date."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from kiosk_app.journey.faults import Fault

if TYPE_CHECKING:
    from kiosk_app.journey.state import Journey


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


def with_trial(journey: "Journey", trial: Trial) -> "Journey":
    """The journey with this as the part's last result; its trial is over."""
    others = tuple(old for old in journey.trials if old.part is not trial.part)
    trying = None if journey.trying is trial.part else journey.trying
    return replace(journey, trials=(*others, trial), trying=trying)
