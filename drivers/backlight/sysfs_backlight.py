"""The backlights in /sys/class/backlight: panel computers and single boards with a built-in display have one. A monitor
on HDMI or DisplayPort has none there.

Files of each: `bl_power` (0 is on, 4 off), `brightness` (0 to `max_brightness`). Some drivers accept `bl_power` without
effect, so the brightness is set to 0 too; a few displays are not quite dark at 0.
"""

import logging
from pathlib import Path

from drivers.ports.backlight import BacklightStatus
from drivers.ports.change_log import ChangeLog

logger = logging.getLogger(__name__)

BACKLIGHT_CLASS_DIR = Path("/sys/class/backlight")
BL_POWER_ON, BL_POWER_OFF = "0", "4"  # FB_BLANK_UNBLANK, FB_BLANK_POWERDOWN


class SysfsBacklight:
    """The backlights in `directory`. Their previous brightness is stored in memory only: a backlight whose brightness
    is 0 when this program starts is set to its maximum brightness."""

    def __init__(self, directory: Path = BACKLIGHT_CLASS_DIR) -> None:
        self._directory = directory
        self._saved_brightness: dict[str, str] = {}  # of each backlight, before it was switched off
        self._log = ChangeLog(logger, "backlight")

    def set_lit(self, lit: bool) -> BacklightStatus:
        """See Backlight. All backlights are switched, even after one has failed. Returns the first failure, if any."""
        statuses = [self._turn_on(panel) if lit else self._turn_off(panel) for panel in self._panels()]
        failures = [status for status in statuses if status not in (BacklightStatus.LIT, BacklightStatus.DARK)]
        status = next(iter(failures or statuses), BacklightStatus.ABSENT)
        self._log.log_if_changed(status)
        return status

    def _panels(self) -> list[Path]:
        try:
            return sorted(self._directory.iterdir())
        except OSError:
            return []

    def _turn_on(self, panel: Path) -> BacklightStatus:
        try:
            if _read(panel / "bl_power") != BL_POWER_ON:
                _write(panel / "bl_power", BL_POWER_ON)
            if _read(panel / "brightness") == "0":
                _write(panel / "brightness", self._saved_brightness.get(panel.name) or _read(panel / "max_brightness"))
        except OSError as error:
            return _status_from_error(error)
        return BacklightStatus.LIT

    def _turn_off(self, panel: Path) -> BacklightStatus:
        try:
            brightness = _read(panel / "brightness")
            if brightness != "0":
                self._saved_brightness[panel.name] = brightness
            _write(panel / "brightness", "0")
            _write(panel / "bl_power", BL_POWER_OFF)
        except OSError as error:
            return _status_from_error(error)
        return BacklightStatus.DARK


def _read(file: Path) -> str:
    return file.read_text("ascii").strip()


def _write(file: Path, value: str) -> None:
    file.write_text(value, "ascii")


def _status_from_error(error: OSError) -> BacklightStatus:
    return BacklightStatus.NOT_ALLOWED if isinstance(error, PermissionError) else BacklightStatus.FAILED
