"""Loudspeaker driver for ALSA: `aplay` plays and `espeak-ng` speaks, in child processes that end with the sound.

No sound card is opened in the interface's process: a driver that hangs costs a child process, and an idle kiosk holds
no device open. A child process takes about 3 ms to start, which is inaudible.
"""

import logging
import threading
import time
import wave
from collections.abc import Sequence
from typing import Final

from drivers.ports.change_log import ChangeLog
from drivers.ports.speaker import Clip, SpeakerStatus, Speech
from drivers.speaker.playback_process import PlaybackProcess, build_pipeline

logger = logging.getLogger(__name__)

# Seconds until an absent card is tried again, so that not every touch starts a child process that fails.
ABSENT_RETRY_S: Final = 10.0
JOIN_TIMEOUT_S: Final = 2.0


class AlsaSpeaker:
    """The Speaker port on `device`, an ALSA name such as 'plughw:0,0'; '' is ALSA's default.

    Each `play` is one generation. `play`, `stop` and a time-out begin a new generation and kill the child processes of
    the old one. The worker thread compares its generation with the current one before each item and before it records a
    result, so that an interrupted sound never changes the status.
    """

    def __init__(self, device: str = "") -> None:
        self._device = device
        self._condition = threading.Condition()
        self._pending: tuple[tuple[Clip | Speech, ...], int] | None = None  # items and volume of the next `play`
        self._playback: PlaybackProcess | None = None
        self._generation = 0
        self._finished_generation = 0  # the last generation that was played to its end
        self._status = SpeakerStatus.UNKNOWN
        self._is_stopped = False
        self._retry_at = 0.0  # monotonic seconds; an absent card is not tried before
        self._thread: threading.Thread | None = None
        self._log = ChangeLog(logger, "speaker")

    def play(self, items: Sequence[Clip | Speech], volume: int) -> None:
        """Interrupt what is playing and play `items` one after the other. `volume` is per cent, 0 to 100."""
        with self._condition:
            if self._is_stopped:
                return
            self._pending = tuple(items), max(0, min(100, volume))
            self._begin_generation()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run_worker, name="speaker", daemon=True)
                self._thread.start()

    def play_and_wait(self, items: Sequence[Clip | Speech], volume: int, timeout_s: float) -> SpeakerStatus:
        """Play `items` and wait for their end, see the port; UNRESPONSIVE after `timeout_s`."""
        with self._condition:
            self._retry_at = 0.0
            self.play(items, volume)
            generation = self._generation
            self._condition.wait_for(
                lambda: self._finished_generation == generation or self._is_interrupted(generation), timeout_s
            )
            if self._is_interrupted(generation):
                return SpeakerStatus.UNKNOWN
            if self._finished_generation != generation:
                self._begin_generation()
                self._status = SpeakerStatus.UNRESPONSIVE
                self._log.log_if_changed(self._status)
            return self._status

    def status(self) -> SpeakerStatus:
        """How the last playback ended."""
        return self._status

    def stop(self) -> None:
        """Stop playing for good and end every child process."""
        with self._condition:
            self._is_stopped, self._pending = True, None
            self._begin_generation()
        if self._thread is not None:
            self._thread.join(JOIN_TIMEOUT_S)

    def _begin_generation(self) -> None:
        self._generation += 1
        if self._playback is not None:
            self._playback.kill()
        self._condition.notify_all()

    def _is_interrupted(self, generation: int) -> bool:
        return self._is_stopped or self._generation != generation

    # --- on the worker thread ---

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
            status = self._play_item(item, volume, generation)
            if status is None or generation != self._generation:
                break
            self._log.log_if_changed(status)
            self._status, self._retry_at = status, time.monotonic() + ABSENT_RETRY_S

    def _play_item(self, item: Clip | Speech, volume: int, generation: int) -> SpeakerStatus | None:
        """How the playback of `item` ended; None when it did not begin because of a newer generation."""
        try:
            commands, input_bytes = build_pipeline(item, volume, self._device)
            with self._condition:  # started under the lock, so that a new generation kills it or prevents it
                if generation != self._generation:
                    return None
                self._playback = playback = PlaybackProcess(commands)
        except FileNotFoundError as error:
            logger.debug("missing: %s", error.filename)
            return SpeakerStatus.ABSENT
        except (OSError, EOFError, wave.Error, ValueError) as error:
            logger.error("%s was not played: %s", type(item).__name__, type(error).__name__)
            return SpeakerStatus.FAILED
        try:
            return playback.run(input_bytes)
        except OSError as error:
            logger.error("%s was not played: %s", type(item).__name__, type(error).__name__)
            return SpeakerStatus.FAILED
        finally:
            with self._condition:
                self._playback = None
                playback.close()
