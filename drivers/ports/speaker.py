"""Port of the loudspeaker (or headphones): its states and the calls the kiosk makes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol


class SpeakerStatus(Enum):
    """How the last playing ended."""

    UNKNOWN = "unknown"  # nothing was played yet
    READY = "ready"
    ABSENT = "absent"  # no sound card of that name, or no player installed
    BUSY = "busy"  # another program holds the sound card
    FAILED = "failed"
    UNRESPONSIVE = "unresponsive"  # it took the sound and did not end in time


@dataclass(frozen=True)
class Clip:
    """A recording: a WAV file with 16-bit samples."""

    file: Path


@dataclass(frozen=True)
class Speech:
    """Words to be spoken by a synthetic voice."""

    text: str = field(repr=False)
    language: str  # as espeak-ng names its voices: 'en-gb'


class Speaker(Protocol):
    """A loudspeaker. No call blocks but `play_and_wait`."""

    def play(self, items: Sequence[Clip | Speech], volume: int) -> None:
        """Break off whatever is heard now and play these, one after the other. `volume` is per cent, 0 to 100."""

    def play_and_wait(self, items: Sequence[Clip | Speech], volume: int, timeout_s: float) -> SpeakerStatus:
        """Play these and wait for their end: READY when a sound device took them, UNKNOWN when other sounds broke them
        off. A device that was absent is looked for at once."""

    def status(self) -> SpeakerStatus:
        """How the last playing ended."""

    def stop(self) -> None:
        """Be silent for good and end every child process."""
