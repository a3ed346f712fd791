"""A log of device statuses that is silent while nothing changes."""

import logging
from enum import Enum


class ChangeLog:
    """Logs a status when it differs from the last one. A status contains no personal data."""

    def __init__(self, logger: logging.Logger, device: str) -> None:
        self._logger = logger
        self._device = device
        self._last_status: Enum | None = None

    def log_if_changed(self, status: Enum) -> None:
        """Log `status` if it differs from the last one."""
        if status is not self._last_status:
            previous = self._last_status.value if self._last_status else "not known yet"
            self._logger.info("%s: %s (was: %s)", self._device, status.value, previous)
            self._last_status = status
