"""What the loudspeaker can be, and how a player's end is read."""

from enum import Enum
from typing import Final


class SpeakerStatus(Enum):
    """How the last playing ended."""

    UNKNOWN = "unknown"  # nothing was played yet
    READY = "ready"
    ABSENT = "absent"  # no sound card of that name, or no player installed
    BUSY = "busy"  # another program holds the sound card
    FAILED = "failed"
    UNRESPONSIVE = "unresponsive"  # it took the sound and did not end in time


# ALSA says why by strerror, whatever the program.
REASONS: Final = (
    ("Device or resource busy", SpeakerStatus.BUSY),
    ("No such file or directory", SpeakerStatus.ABSENT),
    ("No such device", SpeakerStatus.ABSENT),
    ("Unknown PCM", SpeakerStatus.ABSENT),
)


def status_of(exit_code: int, said: str) -> SpeakerStatus:
    """From the player's exit code and what it wrote to stderr."""
    if exit_code == 0:
        return SpeakerStatus.READY
    return next((status for reason, status in REASONS if reason in said), SpeakerStatus.FAILED)
