"""A loudspeaker by ALSA: `aplay` plays, `espeak-ng` speaks, each a child process that ends with its sound.

Nothing of a sound card lives in the interface's process: a driver that hangs costs a child, and an idle kiosk holds no
device open. A child costs about 3 ms to start, which nobody hears.
"""

import logging
import subprocess
import threading
import time
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from drivers.ports.change_log import ChangeLog
from drivers.ports.speaker import Clip, SpeakerStatus, Speech
from drivers.speaker.exit_status import status_from_exit

logger = logging.getLogger(__name__)

MAX_PLAYBACK_S: Final = 120.0  # no prompt and no page takes longer; a card that swallows nothing is given up
# Between two looks for a card that is not there: not every touch should start a child in vain.
ABSENT_RETRY_S: Final = 10.0
WORDS_PER_MINUTE: Final = 150  # slower than espeak-ng's 175, for ears that are not used to it
NO_OUTPUT: Final = subprocess.DEVNULL


class AlsaSpeaker:
    """The Speaker port on `device`, an ALSA name such as 'plughw:0,0'; '' is ALSA's default."""

    def __init__(self, device: str = "") -> None:
        self._device = ["-D", device] if device else []
        self._condition = threading.Condition()
        self._pending: tuple[tuple[Clip | Speech, ...], int] | None = None
        self._children: list[subprocess.Popen[bytes]] = []
        self._generation = 0
        self._finished_generation = 0  # the generation that was played to its end
        self._status = SpeakerStatus.UNKNOWN
        self._is_stopped = False
        self._retry_at = 0.0  # monotonic seconds; an absent card is not looked for before
        self._thread: threading.Thread | None = None
        self._log = ChangeLog(logger, "speaker")

    def play(self, items: Sequence[Clip | Speech], volume: int) -> None:
        """Break off whatever is heard now and play these, one after the other. `volume` is per cent, 0 to 100."""
        with self._condition:
            if self._is_stopped:
                return
            self._pending = tuple(items), max(0, min(100, volume))
            self._interrupt()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run_worker, name="speaker", daemon=True)
                self._thread.start()

    def play_and_wait(self, items: Sequence[Clip | Speech], volume: int, timeout_s: float) -> SpeakerStatus:
        """Play these and wait for their end, see the port; UNRESPONSIVE when it does not come."""
        with self._condition:
            self._retry_at = 0.0
            self.play(items, volume)
            mine = self._generation
            self._condition.wait_for(
                lambda: self._is_stopped or self._finished_generation == mine or self._generation != mine, timeout_s
            )
            if self._is_stopped or self._generation != mine:
                return SpeakerStatus.UNKNOWN
            if self._finished_generation != mine:
                self._interrupt()
                self._status = SpeakerStatus.UNRESPONSIVE
                self._log.log_if_changed(self._status)
            return self._status

    def status(self) -> SpeakerStatus:
        """How the last playing ended."""
        return self._status

    def stop(self) -> None:
        """Be silent for good and end every child process."""
        with self._condition:
            self._is_stopped, self._pending = True, None
            self._interrupt()
        if self._thread is not None:
            self._thread.join(2.0)

    def _interrupt(self) -> None:
        self._generation += 1
        for child in self._children:
            child.kill()
        self._condition.notify_all()

    # --- the thread's side

    def _run_worker(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._is_stopped or self._pending is not None)
                if self._is_stopped or self._pending is None:
                    return
                (items, volume), self._pending = self._pending, None
                generation = self._generation
            if self._status is not SpeakerStatus.ABSENT or time.monotonic() >= self._retry_at:
                self._play_all(items, volume, generation)
            with self._condition:
                self._finished_generation = generation
                self._condition.notify_all()

    def _play_all(self, items: Sequence[Clip | Speech], volume: int, generation: int) -> None:
        for item in items:
            if generation != self._generation:
                break
            status = self._play_item(item, volume, generation)
            if generation != self._generation:
                break  # killed in the middle, which says nothing of the speaker
            self._log.log_if_changed(status)
            self._status, self._retry_at = status, time.monotonic() + ABSENT_RETRY_S

    def _play_item(self, item: Clip | Speech, volume: int, generation: int) -> SpeakerStatus:
        try:
            if isinstance(item, Speech):
                return self._speak(item, volume, generation)
            samples, form = _scale_volume(item.file, volume)
            return self._run_pipeline([["aplay", "-q", *self._device, "-t", "raw", *form]], samples, generation)
        except FileNotFoundError as error:
            logger.debug("not there: %s", error.filename)
            return SpeakerStatus.ABSENT
        except (OSError, EOFError, wave.Error, ValueError) as error:
            logger.error("%s was not played: %s", type(item).__name__, type(error).__name__)
            return SpeakerStatus.FAILED

    def _speak(self, speech: Speech, volume: int, generation: int) -> SpeakerStatus:
        # Words go in by stdin: other users can read a command line.
        voice = ["espeak-ng", "-v", speech.language, "-s", str(WORDS_PER_MINUTE), "-a", str(2 * volume), "--stdin"]
        return self._run_pipeline(
            [[*voice, "--stdout"], ["aplay", "-q", *self._device]], speech.text.encode(), generation
        )

    def _run_pipeline(self, commands: list[list[str]], input_bytes: bytes, generation: int) -> SpeakerStatus:
        """Give bytes to the first command, its output to the second; the last one's end counts."""
        with self._condition:
            if generation != self._generation:
                return self._status
            children = self._children
            for command in commands:
                source = children[-1].stdout if children else subprocess.PIPE
                last = command is commands[-1]
                children.append(
                    subprocess.Popen(
                        command,
                        stdin=source,
                        stdout=NO_OUTPUT if last else subprocess.PIPE,
                        stderr=subprocess.PIPE if last else NO_OUTPUT,
                    )
                )
        try:
            return self._wait_for_children(children, input_bytes)
        finally:
            with self._condition:
                for child in children:
                    child.kill()
                    child.wait()
                    for pipe in (child.stdin, child.stdout, child.stderr):
                        if pipe is not None:
                            pipe.close()
                self._children = []

    @staticmethod
    def _wait_for_children(children: list[subprocess.Popen[bytes]], input_bytes: bytes) -> SpeakerStatus:
        first, last = children[0], children[-1]
        try:
            if first is last:
                said = last.communicate(input_bytes, MAX_PLAYBACK_S)[1]
            else:
                assert first.stdin is not None  # noqa: S101 - opened as a pipe
                first.stdin.write(input_bytes)
                first.stdin.close()
                said = last.communicate(timeout=MAX_PLAYBACK_S)[1]
        except BrokenPipeError:
            said = b""
            last.wait(MAX_PLAYBACK_S)
        except subprocess.TimeoutExpired:
            return SpeakerStatus.UNRESPONSIVE
        return status_from_exit(last.returncode, said.decode(errors="replace"))


def _scale_volume(file: Path, volume: int) -> tuple[bytes, list[str]]:
    """The samples at that loudness, and how `aplay` is told what they are. Raises OSError, wave.Error, ValueError."""
    with wave.open(str(file)) as clip:
        if clip.getsampwidth() != 2:
            raise ValueError("not 16-bit samples")
        samples = np.frombuffer(clip.readframes(clip.getnframes()), dtype="<i2")
        form = ["-f", "S16_LE", "-r", str(clip.getframerate()), "-c", str(clip.getnchannels())]
    return (samples * (volume / 100)).astype("<i2").tobytes(), form
