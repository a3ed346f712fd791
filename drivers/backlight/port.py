"""What the kiosk asks of the panel's light."""

from typing import Protocol

from drivers.backlight.status import BacklightStatus


class Backlight(Protocol):
    """The light behind the picture."""

    def switch(self, lit: bool) -> BacklightStatus:
        """Light it, or put it out; blocks for as long as the panel's driver does (milliseconds)."""
