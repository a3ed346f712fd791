"""What root may do to the running kiosk on a command: restart a unit, reboot, log more. Each is a call of systemctl."""

import subprocess
from pathlib import Path

from kiosk_app.log_level import LOG_LEVEL_VARIABLE, VERBOSE

INTERFACE, FORWARDER = "damrongdham-kiosk-ui.service", "damrongdham-kiosk-forwarder.service"
RUNTIME_UNITS = Path("/run/systemd/system")  # lost at the next boot
_TIMEOUT_S = 30.0
_DROP_IN = "log-level.conf"


class SystemControlError(Exception):
    """systemd refuses or does not answer; the message is one sentence."""


class SystemControl:
    """`systemctl` and `runtime_units` are replaced by tests."""

    def __init__(self, systemctl: str = "systemctl", runtime_units: Path = RUNTIME_UNITS) -> None:
        self._systemctl = systemctl
        self._runtime_units = runtime_units

    def restart(self, unit: str) -> None:
        """Request the restart of a unit. Raises SystemControlError."""
        self._run("--no-block", "restart", unit)

    def stop(self, unit: str) -> None:
        """Stop a unit and wait for its end. Raises SystemControlError."""
        self._run("stop", unit)

    def reboot(self) -> None:
        """Request a reboot. Raises SystemControlError."""
        self._run("--no-block", "reboot")

    def set_verbose_log(self, *, is_verbose: bool) -> None:
        """Set how much interface and forwarder log from their next start on, until the next boot. Raises
        SystemControlError."""
        try:
            for unit in (INTERFACE, FORWARDER):
                drop_in = self._runtime_units / f"{unit}.d" / _DROP_IN
                if is_verbose:
                    drop_in.parent.mkdir(mode=0o755, exist_ok=True)
                    drop_in.write_text(f"[Service]\nEnvironment={LOG_LEVEL_VARIABLE}={VERBOSE}\n", "utf-8")
                else:
                    drop_in.unlink(missing_ok=True)
        except OSError as error:
            raise SystemControlError(f"{error.filename} cannot be written: {error.strerror}") from error
        self._run("daemon-reload")

    def _run(self, *arguments: str) -> None:
        try:
            subprocess.run(
                [self._systemctl, *arguments], check=True, capture_output=True, text=True, timeout=_TIMEOUT_S
            )
        except subprocess.CalledProcessError as error:
            raise SystemControlError(f"systemctl {arguments[0]} failed: {error.stderr.strip()[:150]}") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SystemControlError(f"systemctl cannot be run: {type(error).__name__}") from error
