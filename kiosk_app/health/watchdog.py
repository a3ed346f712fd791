"""Tells systemd that the interface is alive: sd_notify(3), which is one datagram to the socket in $NOTIFY_SOCKET."""

import logging
import os
import socket
import time
from collections.abc import Mapping

log = logging.getLogger(__name__)


class Watchdog:
    """Call `ping` from the loop whose hanging should restart the program, and from nowhere else.

    Without a service manager (at a desk) every call does nothing.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        # Three times as often as systemd asks, so that one slow picture is not taken for a hang.
        self._ping_interval_s = int(environment.get("WATCHDOG_USEC", "0")) / 1_000_000 / 3
        self._pinged_at = float("-inf")
        self._ready = False

    def ready(self) -> None:
        """The first screen stands on the glass. Said once."""
        if not self._ready:
            self._ready = True
            self._notify("READY=1")

    def ping(self) -> None:
        """The loop turns. Call it as often as you like."""
        now = time.monotonic()
        if now - self._pinged_at >= self._ping_interval_s:
            self._pinged_at = now
            self._notify("WATCHDOG=1")

    def status(self, sentence: str) -> None:
        """One line for `systemctl status`. No personal data."""
        self._notify(f"STATUS={sentence}")

    def stopping(self) -> None:
        """The program ends by itself."""
        self._notify("STOPPING=1")

    def _notify(self, message: str) -> None:
        if not self._address:
            return
        # '@' stands for the NUL of an abstract address.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.sendto(message.encode(), address)
        except OSError as error:
            log.warning("the service manager does not listen: %s", error.strerror)
