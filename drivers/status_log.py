"""Logging of states that is silent while nothing changes."""

import logging
from enum import Enum


class ChangeLog:
    """Logs a status when it differs from the last one told. Statuses carry no personal data."""

    def __init__(self, logger: logging.Logger, device: str) -> None:
        self._logger = logger
        self._device = device
        self._last: Enum | None = None

    def tell(self, status: Enum) -> None:
        """Log `status` if it is news."""
        if status is not self._last:
            was = self._last.value if self._last else "not asked yet"
            self._logger.info("%s: %s (was: %s)", self._device, status.value, was)
            self._last = status
