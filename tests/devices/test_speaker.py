"""The loudspeaker with the real player and the real voice, and a sound card that records into a file."""

import os
import subprocess
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from drivers.ports.speaker import Clip, SpeakerStatus, Speech
from drivers.speaker.alsa_speaker import AlsaSpeaker
from drivers.speaker.playback_process import status_from_exit
from tests.waiting import wait_until

SOUNDS = Path(__file__).parents[2] / "assets" / "sounds"


class RecordingSoundCard:
    """An ALSA null device with a plug-in that records the samples."""

    def __init__(self, directory: Path) -> None:
        self.recording = directory / "heard.raw"
        self.configuration = directory / "alsa.conf"
        self.configuration.write_text(
            f'pcm.!default {{ type file file "{self.recording}" format "raw" slave.pcm "nothing" }}\n'
            "pcm.nothing { type null }\n",
            encoding="utf-8",
        )

    def samples(self) -> np.ndarray:
        """The samples of the last playback: each opening of the device begins a new file."""
        return np.frombuffer(self.recording.read_bytes(), dtype="<i2") if self.recording.exists() else np.array([])


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RecordingSoundCard:
    made = RecordingSoundCard(tmp_path)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(made.configuration))
    return made


@pytest.fixture
def speaker() -> AlsaSpeaker:
    return AlsaSpeaker()


@pytest.mark.parametrize("name", ["touch", "success", "error"])
def test_each_sound_is_played_completely_at_the_requested_volume(
    card: RecordingSoundCard, speaker: AlsaSpeaker, name: str
) -> None:
    with wave.open(str(SOUNDS / f"{name}.wav")) as file:
        frames = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    speaker.play([Clip(SOUNDS / f"{name}.wav")], 50)
    wait_until(lambda: speaker.status() is SpeakerStatus.READY)
    speaker.stop()
    samples = card.samples()
    np.testing.assert_array_equal(samples[: len(frames)], (frames * 0.5).astype("<i2"))
    assert not samples[len(frames) :].any(), "only the silence that fills the last period"


def test_waiting_for_a_sound_returns_how_it_ended(
    card: RecordingSoundCard, speaker: AlsaSpeaker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sound = [Clip(SOUNDS / "success.wav")]
    assert speaker.play_and_wait(sound, 70, 20.0) is SpeakerStatus.READY
    assert card.samples().any(), "the sound was played before the result"
    empty = tmp_path / "empty.conf"
    empty.write_text("", encoding="utf-8")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(empty))
    assert speaker.play_and_wait(sound, 70, 20.0) is SpeakerStatus.ABSENT
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(card.configuration))
    assert speaker.play_and_wait(sound, 70, 20.0) is SpeakerStatus.READY, "a card that is plugged in is used at once"
    card.recording.unlink()
    os.mkfifo(card.recording)
    assert speaker.play_and_wait(sound, 70, 0.3) is SpeakerStatus.UNRESPONSIVE
    speaker.stop()
    assert speaker.play_and_wait(sound, 70, 20.0) is SpeakerStatus.UNKNOWN, "nothing more is played"


def test_english_text_is_spoken(card: RecordingSoundCard, speaker: AlsaSpeaker) -> None:
    speaker.play([Speech("Insert your ID card", "en-gb")], 70)
    wait_until(lambda: speaker.status() is SpeakerStatus.READY)
    speaker.stop()
    samples = card.samples()
    assert len(samples) > 22050, "more than a second"
    assert np.abs(samples).max() > 1000


def test_a_hanging_sound_card_blocks_no_caller(card: RecordingSoundCard, speaker: AlsaSpeaker) -> None:
    os.mkfifo(card.recording)  # opening it for writing blocks, because nothing reads
    begun = time.monotonic()
    for _ in range(5):
        speaker.play([Clip(SOUNDS / "success.wav"), Speech("hello", "en-gb")], 100)
        time.sleep(0.1)
    assert speaker.status() is SpeakerStatus.UNKNOWN, "a stopped playback gives no result"
    speaker.stop()
    assert time.monotonic() - begun < 5  # half a second on an idle machine; without the limit it would hang for ever
    assert not [process for process in child_process_names() if process in ("aplay", "espeak-ng")]


def child_process_names() -> list[str]:
    """Names of this process's children."""
    listed = subprocess.run(
        ["ps", "-o", "comm=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
    )
    return listed.stdout.split()


def test_a_missing_sound_card_is_reported_without_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speaker: AlsaSpeaker
) -> None:
    empty = tmp_path / "alsa.conf"
    empty.write_text("", encoding="utf-8")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(empty))
    speaker.play([Clip(SOUNDS / "touch.wav")], 70)
    wait_until(lambda: speaker.status() is SpeakerStatus.ABSENT)
    speaker.stop()


def test_a_missing_player_counts_as_no_speaker(monkeypatch: pytest.MonkeyPatch, speaker: AlsaSpeaker) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    speaker.play([Clip(SOUNDS / "touch.wav"), Speech("hello", "en-gb")], 70)
    wait_until(lambda: speaker.status() is SpeakerStatus.ABSENT)
    speaker.stop()


@pytest.mark.parametrize("content", [b"", b"RIFF rubbish", bytes(range(256)) * 40])
def test_an_invalid_recording_is_skipped(
    card: RecordingSoundCard, speaker: AlsaSpeaker, tmp_path: Path, content: bytes
) -> None:
    invalid_file = tmp_path / "rubbish.wav"
    invalid_file.write_bytes(content)
    speaker.play([Clip(invalid_file)], 70)
    wait_until(lambda: speaker.status() is SpeakerStatus.FAILED)
    speaker.play([Clip(invalid_file), Clip(SOUNDS / "touch.wav")], 70)
    wait_until(lambda: speaker.status() is SpeakerStatus.READY), "what comes after it is heard"
    speaker.stop()


@pytest.mark.parametrize(
    ("exit_code", "message", "status"),
    [
        (0, "", SpeakerStatus.READY),
        (1, "aplay: main:831: audio open error: Device or resource busy", SpeakerStatus.BUSY),
        (1, "aplay: main:831: audio open error: No such file or directory", SpeakerStatus.ABSENT),
        (1, "ALSA lib pcm.c:2666:(snd_pcm_open_noupdate) Unknown PCM hall", SpeakerStatus.ABSENT),
        (1, "aplay: xrun: Input/output error", SpeakerStatus.FAILED),
        (-9, "", SpeakerStatus.FAILED),
    ],
)
def test_a_players_exit_gives_the_speaker_status(exit_code: int, message: str, status: SpeakerStatus) -> None:
    assert status_from_exit(exit_code, message) is status


def test_no_repr_contains_the_spoken_text() -> None:
    assert "นางบุญมา" not in repr(Speech("นางบุญมา", "th"))
