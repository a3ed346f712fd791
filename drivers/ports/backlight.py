"""Port of the display's backlight: its statuses and the call the kiosk makes."""

from enum import Enum
from typing import Protocol


class BacklightStatus(Enum):
    """How the last switching ended."""

    ABSENT = "absent"  # the kernel has no backlight device: a monitor on a cable controls its own
    LIT = "lit"
    DARK = "dark"
    NOT_ALLOWED = "not_allowed"  # the udev rule is missing
    FAILED = "failed"


class Backlight(Protocol):
    """The backlight of the display."""

    def set_lit(self, lit: bool) -> BacklightStatus:
        """Switch it on or off; blocks for as long as the panel's driver does (milliseconds)."""
