"""Port of the backlight of the panel: its states and the call the kiosk makes."""

from enum import Enum
from typing import Protocol


class BacklightStatus(Enum):
    """How the last switching ended."""

    ABSENT = "absent"  # the kernel knows of no backlight: a monitor behind a cable keeps its own
    LIT = "lit"
    DARK = "dark"
    NOT_ALLOWED = "not_allowed"  # the udev rule is missing
    FAILED = "failed"


class Backlight(Protocol):
    """The light behind the picture."""

    def set_lit(self, lit: bool) -> BacklightStatus:
        """Light it, or put it out; blocks for as long as the panel's driver does (milliseconds)."""
