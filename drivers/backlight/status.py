"""What the panel's light can be."""

from enum import Enum


class BacklightStatus(Enum):
    """How the last switching ended."""

    ABSENT = "absent"  # the kernel knows of no backlight: a monitor behind a cable keeps its own
    LIT = "lit"
    DARK = "dark"
    NOT_ALLOWED = "not_allowed"  # the udev rule is missing
    FAILED = "failed"
