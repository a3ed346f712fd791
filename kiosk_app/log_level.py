"""How much the kiosk logs: normally, or verbosely while an engineer looks for a fault."""

import logging
import os
from collections.abc import Mapping

LOG_LEVEL_VARIABLE = "DAMRONGDHAM_KIOSK_LOG"
VERBOSE = "verbose"
# Verbose are the kiosk's own loggers only: what a library logs about a picture or a request is not ours to vouch for.
_OWN_LOGGERS = ("kiosk_app", "journey", "drivers", "screens", "ocr", "machine")


def set_log_level(environment: Mapping[str, str] = os.environ) -> None:
    """Set the level of all loggers as the environment says."""
    logging.getLogger().setLevel(logging.INFO)
    level = logging.DEBUG if environment.get(LOG_LEVEL_VARIABLE) == VERBOSE else logging.NOTSET
    for name in _OWN_LOGGERS:
        logging.getLogger(name).setLevel(level)
