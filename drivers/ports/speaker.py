"""Port of the loudspeaker (or headphones): its statuses and the calls the kiosk makes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol


class SpeakerStatus(Enum):
    """How the last playback ended."""

    UNKNOWN = "unknown"  # nothing was played yet
    READY = "ready"
    ABSENT = "absent"  # no sound card of that name, or no player installed
    BUSY = "busy"  # another program holds the sound card
    FAILED = "failed"
    UNRESPONSIVE = "unresponsive"  # playback did not end in time


@dataclass(frozen=True)
class Clip:
    """A recording: a WAV file with 16-bit samples."""

    file: Path


@dataclass(frozen=True)
class Speech:
    """A text for the synthetic voice."""

    text: str = field(repr=False)
    language: str  # a voice name of espeak-ng: 'en-gb'


class Speaker(Protocol):
    """A loudspeaker. No call blocks but `play_and_wait`."""

    def play(self, items: Sequence[Clip | Speech], volume: int) -> None:
        """Interrupt what is playing and play `items` one after the other. `volume` is per cent, 0 to 100."""

    def play_and_wait(self, items: Sequence[Clip | Speech], volume: int, timeout_s: float) -> SpeakerStatus:
        """Play `items` and wait for their end: READY when a sound device played them, UNKNOWN when another call
        interrupted them. An absent device is tried at once, without the usual pause between attempts."""

    def status(self) -> SpeakerStatus:
        """How the last playback ended."""

    def stop(self) -> None:
        """Stop playing for good and end every child process."""
