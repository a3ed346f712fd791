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

from drivers.ports.speaker import Clip, SpeakerStatus, Speech, status_of
from drivers.status_log import ChangeLog

logger = logging.getLogger(__name__)

LONGEST_S: Final = 120.0  # no prompt and no page takes longer; a card that swallows nothing is given up
ABSENT_S: Final = 10.0  # between two looks for a card that is not there: not every touch should start a child in vain
WORDS_A_MINUTE: Final = 150  # slower than espeak-ng's 175, for ears that are not used to it
QUIET: Final = subprocess.DEVNULL


class AlsaSpeaker:
    """The Speaker port on `device`, an ALSA name such as 'plughw:0,0'; '' is ALSA's default."""

    def __init__(self, device: str = "") -> None:
        self._device = ["-D", device] if device else []
        self._changed = threading.Condition()
        self._wanted: tuple[tuple[Clip | Speech, ...], int] | None = None
        self._children: list[subprocess.Popen[bytes]] = []
        self._generation = 0
        self._over = 0  # the generation that was played to its end
        self._status = SpeakerStatus.UNKNOWN
        self._ended = False
        self._again = 0.0  # monotonic seconds; an absent card is not looked for before
        self._thread: threading.Thread | None = None
        self._log = ChangeLog(logger, "speaker")

    def play(self, items: Sequence[Clip | Speech], volume: int) -> None:
        """Break off whatever is heard now and play these, one after the other. `volume` is per cent, 0 to 100."""
        with self._changed:
            if self._ended:
                return
            self._wanted = tuple(items), max(0, min(100, volume))
            self._break_off()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="speaker", daemon=True)
                self._thread.start()

    def hear(self, items: Sequence[Clip | Speech], volume: int, within_s: float) -> SpeakerStatus:
        """Play these and wait for their end, see the port; UNRESPONSIVE when it does not come."""
        with self._changed:
            self._again = 0.0
            self.play(items, volume)
            mine = self._generation
            self._changed.wait_for(lambda: self._ended or self._over == mine or self._generation != mine, within_s)
            if self._ended or self._generation != mine:
                return SpeakerStatus.UNKNOWN
            if self._over != mine:
                self._break_off()
                self._status = SpeakerStatus.UNRESPONSIVE
                self._log.tell(self._status)
            return self._status

    def status(self) -> SpeakerStatus:
        """How the last playing ended."""
        return self._status

    def stop(self) -> None:
        """Be silent for good and end every child process."""
        with self._changed:
            self._ended, self._wanted = True, None
            self._break_off()
        if self._thread is not None:
            self._thread.join(2.0)

    def _break_off(self) -> None:
        self._generation += 1
        for child in self._children:
            child.kill()
        self._changed.notify_all()

    # --- the thread's side

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or self._wanted is not None)
                if self._ended or self._wanted is None:
                    return
                (items, volume), self._wanted = self._wanted, None
                generation = self._generation
            if self._status is not SpeakerStatus.ABSENT or time.monotonic() >= self._again:
                self._play_all(items, volume, generation)
            with self._changed:
                self._over = generation
                self._changed.notify_all()

    def _play_all(self, items: Sequence[Clip | Speech], volume: int, generation: int) -> None:
        for item in items:
            if generation != self._generation:
                break
            status = self._sound(item, volume, generation)
            if generation != self._generation:
                break  # killed in the middle, which says nothing of the speaker
            self._log.tell(status)
            self._status, self._again = status, time.monotonic() + ABSENT_S

    def _sound(self, item: Clip | Speech, volume: int, generation: int) -> SpeakerStatus:
        try:
            if isinstance(item, Speech):
                return self._speak(item, volume, generation)
            samples, form = _loud(item.file, volume)
            return self._run([["aplay", "-q", *self._device, "-t", "raw", *form]], samples, generation)
        except FileNotFoundError as error:
            logger.debug("not there: %s", error.filename)
            return SpeakerStatus.ABSENT
        except (OSError, EOFError, wave.Error, ValueError) as error:
            logger.error("%s was not played: %s", type(item).__name__, type(error).__name__)
            return SpeakerStatus.FAILED

    def _speak(self, speech: Speech, volume: int, generation: int) -> SpeakerStatus:
        # Words go in by stdin: other users can read a command line.
        voice = ["espeak-ng", "-v", speech.language, "-s", str(WORDS_A_MINUTE), "-a", str(2 * volume), "--stdin"]
        return self._run([[*voice, "--stdout"], ["aplay", "-q", *self._device]], speech.text.encode(), generation)

    def _run(self, commands: list[list[str]], given: bytes, generation: int) -> SpeakerStatus:
        """Give bytes to the first command, its output to the second; the last one's end counts."""
        with self._changed:
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
                        stdout=QUIET if last else subprocess.PIPE,
                        stderr=subprocess.PIPE if last else QUIET,
                    )
                )
        try:
            return self._hear_out(children, given)
        finally:
            with self._changed:
                for child in children:
                    child.kill()
                    child.wait()
                    for pipe in (child.stdin, child.stdout, child.stderr):
                        if pipe is not None:
                            pipe.close()
                self._children = []

    @staticmethod
    def _hear_out(children: list[subprocess.Popen[bytes]], given: bytes) -> SpeakerStatus:
        first, last = children[0], children[-1]
        try:
            if first is last:
                said = last.communicate(given, LONGEST_S)[1]
            else:
                assert first.stdin is not None  # noqa: S101 - opened as a pipe
                first.stdin.write(given)
                first.stdin.close()
                said = last.communicate(timeout=LONGEST_S)[1]
        except BrokenPipeError:
            said = b""
            last.wait(LONGEST_S)
        except subprocess.TimeoutExpired:
            return SpeakerStatus.UNRESPONSIVE
        return status_of(last.returncode, said.decode(errors="replace"))


def _loud(file: Path, volume: int) -> tuple[bytes, list[str]]:
    """The samples at that loudness, and how `aplay` is told what they are. Raises OSError, wave.Error, ValueError."""
    with wave.open(str(file)) as clip:
        if clip.getsampwidth() != 2:
            raise ValueError("not 16-bit samples")
        samples = np.frombuffer(clip.readframes(clip.getnframes()), dtype="<i2")
        form = ["-f", "S16_LE", "-r", str(clip.getframerate()), "-c", str(clip.getnchannels())]
    return (samples * (volume / 100)).astype("<i2").tobytes(), form
