"""Notifies systemd that the process is alive: sd_notify(3), one datagram to the socket in $NOTIFY_SOCKET."""

import logging
import os
import socket
import time
from collections.abc import Mapping

log = logging.getLogger(__name__)


class Watchdog:
    """Call `ping` only from the loop whose hang should restart the program.

    Without a service manager every call does nothing."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        # Ping three times as often as systemd requires, so that one slow frame does not count as a hang.
        self._ping_interval_s = int(environment.get("WATCHDOG_USEC", "0")) / 1_000_000 / 3
        self._pinged_at = float("-inf")
        self._ready = False

    def ready(self) -> None:
        """Report that the first screen is shown. Sent once."""
        if not self._ready:
            self._ready = True
            self._notify("READY=1")

    def ping(self) -> None:
        """Report that the loop runs. At most one datagram per interval is sent."""
        now = time.monotonic()
        if now - self._pinged_at >= self._ping_interval_s:
            self._pinged_at = now
            self._notify("WATCHDOG=1")

    def status(self, sentence: str) -> None:
        """Send one line for `systemctl status`. It must not contain personal data."""
        self._notify(f"STATUS={sentence}")

    def stopping(self) -> None:
        """Report that the program ends intentionally."""
        self._notify("STOPPING=1")

    def _notify(self, message: str) -> None:
        if not self._address:
            return
        # '@' denotes the NUL byte of an abstract address.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.sendto(message.encode(), address)
        except OSError as error:
            log.warning("The service manager does not receive notifications: %s", error.strerror)
