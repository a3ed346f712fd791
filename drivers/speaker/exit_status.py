"""ALSA exit codes and error texts to a speaker status."""

from typing import Final

from drivers.ports.speaker import SpeakerStatus

# ALSA says why by strerror, whatever the program.
STATUS_BY_MESSAGE: Final = (
    ("Device or resource busy", SpeakerStatus.BUSY),
    ("No such file or directory", SpeakerStatus.ABSENT),
    ("No such device", SpeakerStatus.ABSENT),
    ("Unknown PCM", SpeakerStatus.ABSENT),
)


def status_from_exit(exit_code: int, stderr: str) -> SpeakerStatus:
    """From the player's exit code and what it wrote to stderr."""
    if exit_code == 0:
        return SpeakerStatus.READY
    return next((status for reason, status in STATUS_BY_MESSAGE if reason in stderr), SpeakerStatus.FAILED)
