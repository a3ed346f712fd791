"""The child processes that play one clip or speak one text, and the speaker status derived from their exit."""

import subprocess
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from drivers.ports.speaker import Clip, SpeakerStatus, Speech

MAX_PLAYBACK_S: Final = 120.0  # no prompt and no page takes longer; a card that consumes nothing is given up
WORDS_PER_MINUTE: Final = 150  # slower than espeak-ng's 175, for listeners who are not used to it
# ALSA reports the reason by strerror, whatever the program.
STATUS_BY_MESSAGE: Final = (
    ("Device or resource busy", SpeakerStatus.BUSY),
    ("No such file or directory", SpeakerStatus.ABSENT),
    ("No such device", SpeakerStatus.ABSENT),
    ("Unknown PCM", SpeakerStatus.ABSENT),
)


class PlaybackProcess:
    """Child processes joined by pipes; they run from construction to `close`. Raises OSError when a program is
    missing."""

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self._children: list[subprocess.Popen[bytes]] = []
        try:
            for command in commands:
                self._start(command, is_last=command is commands[-1])
        except OSError:
            self.close()
            raise

    def _start(self, command: Sequence[str], *, is_last: bool) -> None:
        self._children.append(
            subprocess.Popen(
                command,
                stdin=self._children[-1].stdout if self._children else subprocess.PIPE,
                stdout=subprocess.DEVNULL if is_last else subprocess.PIPE,
                stderr=subprocess.PIPE if is_last else subprocess.DEVNULL,
            )
        )

    def run(self, input_bytes: bytes) -> SpeakerStatus:
        """Write `input_bytes` to the first child and wait for the end of the last one, which decides the status."""
        first, last = self._children[0], self._children[-1]
        try:
            if first is last:
                stderr = last.communicate(input_bytes, MAX_PLAYBACK_S)[1]
            else:
                assert first.stdin is not None  # noqa: S101 - opened as a pipe
                first.stdin.write(input_bytes)
                first.stdin.close()
                stderr = last.communicate(timeout=MAX_PLAYBACK_S)[1]
        except BrokenPipeError:
            stderr = b""
            last.wait(MAX_PLAYBACK_S)
        except subprocess.TimeoutExpired:
            return SpeakerStatus.UNRESPONSIVE
        return status_from_exit(last.returncode, stderr.decode(errors="replace"))

    def kill(self) -> None:
        """End the children at once; `run` then returns."""
        for child in self._children:
            child.kill()

    def close(self) -> None:
        """Kill the children, wait for them and close their pipes."""
        for child in self._children:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout, child.stderr):
                if pipe is not None:
                    pipe.close()


def build_pipeline(item: Clip | Speech, volume: int, device: str) -> tuple[list[list[str]], bytes]:
    """The commands that play `item` at `volume` per cent on the ALSA `device`, and the first one's input. Raises
    OSError, EOFError, wave.Error or ValueError for a file that is not a clip."""
    aplay = ["aplay", "-q", *(["-D", device] if device else [])]
    if isinstance(item, Clip):
        samples, sample_format = _scale_volume(item.file, volume)
        return [[*aplay, "-t", "raw", *sample_format]], samples
    # The text goes through stdin: other users can read a command line.
    voice = ["espeak-ng", "-v", item.language, "-s", str(WORDS_PER_MINUTE), "-a", str(2 * volume)]
    return [[*voice, "--stdin", "--stdout"], aplay], item.text.encode()


def status_from_exit(exit_code: int, stderr: str) -> SpeakerStatus:
    """The status after the player ended with this exit code and these messages."""
    if exit_code == 0:
        return SpeakerStatus.READY
    return next((status for message, status in STATUS_BY_MESSAGE if message in stderr), SpeakerStatus.FAILED)


def _scale_volume(file: Path, volume: int) -> tuple[bytes, list[str]]:
    """The samples at `volume` per cent, and aplay's options for their format."""
    with wave.open(str(file)) as clip:
        if clip.getsampwidth() != 2:
            raise ValueError("not 16-bit samples")
        samples = np.frombuffer(clip.readframes(clip.getnframes()), dtype="<i2")
        sample_format = ["-f", "S16_LE", "-r", str(clip.getframerate()), "-c", str(clip.getnchannels())]
    return (samples * (volume / 100)).astype("<i2").tobytes(), sample_format
