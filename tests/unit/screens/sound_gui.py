"""Runs in its own process with a real window: checks the sounds and what is read aloud.

python -m tests.unit.screens.sound_gui

Prints each problem on a line.
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from drivers.ports.speaker import Clip, SpeakerStatus, Speech
from journey.language.recordings import Recordings, recording_file_name
from journey.state import AccessibilityOptions, Journey, Volume
from screens.keypad import KeypadKey
from tools.gui_checks.touch_input import TouchInput
from tools.gui_checks.window_harness import WindowHarness, run_check
from tools.sample_journeys import sample_journeys

SIZE = 540, 960
NO_READER_STATES = ("attract_no_reader", "notice_no_reader", "identify_no_reader", "overlay_card_out_no_reader")
CARD_REQUEST = re.compile(r"เสียบบัตร|ใส่บัตร|insert\b.*\bcard|read from the card|อ่านอะไรจากบัตร", re.IGNORECASE)
READ_ALOUD_DELAY_S = 0.4  # until a view is read


class RecordingSpeaker:
    """A speaker that records what it should play."""

    def __init__(self) -> None:
        self.played: list[Clip | Speech] = []
        self.volume = 0

    def play(self, items: Sequence[Clip | Speech], volume: int) -> None:
        self.played += items
        self.volume = volume

    def play_and_wait(self, items: Sequence[Clip | Speech], volume: int, timeout_s: float) -> SpeakerStatus:
        self.play(items, volume)
        return SpeakerStatus.READY

    def status(self) -> SpeakerStatus:
        return SpeakerStatus.READY

    def stop(self) -> None:
        """Nothing to stop."""

    def take_played(self) -> list[str]:
        """What was played since the last call: names of clips and spoken texts."""
        played, self.played = self.played, []
        return [item.file.stem if isinstance(item, Clip) else item.text for item in played]


def _visible_texts(harness: WindowHarness, journey: Journey) -> list[str]:
    """Every text on the screen, which is also what is read aloud."""
    harness.show(journey)
    return _widget_texts(harness.root_view.children[0])


def _widget_texts(widget: Any) -> list[str]:
    if not widget.opacity:
        return []
    own = [widget.display_text] if getattr(widget, "display_text", "") else []
    return own + [text for child in widget.children for text in _widget_texts(child)]


def check(harness: WindowHarness, directory: Path) -> list[str]:
    """Every problem as a sentence."""
    problems: list[str] = []
    thai, english = sample_journeys("th"), sample_journeys("en")
    speaker, touch_input = RecordingSpeaker(), TouchInput(harness)

    problems += [
        f"{name} in {language} mentions a card that cannot be read: {text}"
        for language, states in (("th", thai), ("en", english))
        for name in NO_READER_STATES
        for text in _visible_texts(harness, states[name])
        if CARD_REQUEST.search(text)
    ]

    def expect(what: str, good: bool) -> None:
        if not good:
            problems.append(what)

    def shown(journey: Journey, **accessibility: Any) -> list[str]:
        harness.show(replace(journey, accessibility=replace(journey.accessibility, **accessibility)))
        harness.wait(READ_ALOUD_DELAY_S)
        return speaker.take_played()

    def option_names() -> set[str]:
        harness.show(thai["attract"])
        harness.show(thai["overlay_comfort"])
        return {tap.name for tap in harness.root_view.visible_touch_targets()}

    harness.root_view.audio = None
    harness.show(thai["attract"])
    touch_input.tap("begin")
    expect("a kiosk without loudspeaker made a sound", speaker.take_played() == [])
    expect(
        "reading aloud is offered without a loudspeaker", not option_names() & {"option.volume", "option.read_aloud"}
    )
    harness.root_view.attach_speaker(speaker, Recordings(None), False)
    expect(
        "Thai is offered aloud without recordings",
        option_names() & {"option.volume", "option.read_aloud"} == {"option.volume"},
    )
    speaker.take_played()
    harness.root_view.press_key(KeypadKey.HELP)
    expect("help is not refused where nothing can be read", speaker.take_played() == ["error"])
    harness.show(thai["attract"])
    touch_input.tap("begin")
    expect("a touch is not heard", speaker.take_played() == ["touch"])
    expect("a page is read unasked", shown(thai["notice"]) == [])
    shown(thai["review"])
    expect("the receipt comes in silence", shown(thai["receipt_printing"]) == ["success"])
    expect("a missing receipt is not heard", shown(thai["receipt_no_paper"]) == ["error"])
    expect("still there? is not heard", shown(thai["overlay_still_there"]) == ["error"])

    played = shown(english["notice"], read_aloud=True, volume=Volume.LOUD)
    expect(
        f"the notice is read so: {played}", played[:1] == ["Before we start"] and played[-1] == "I understand, start"
    )
    expect("the citizen's loudness is not taken", speaker.volume == Volume.LOUD.value)
    harness.show(replace(english["attract"], max_volume_percent=50))
    touch_input.tap("begin")
    expect("the hall's loudness is not taken", speaker.volume == Volume.NORMAL.value // 2)
    shown(english["notice"], read_aloud=True, volume=Volume.LOUD)
    expect("the notice is read twice", shown(english["notice"], read_aloud=True, volume=Volume.LOUD) == [])
    played = shown(english["identify_read"], read_aloud=True)
    expect("the card's name is read to the hall", "บุญมา" not in " ".join(played) and "Next" in played)
    expect(
        "the case's code is read to the hall",
        "7KQ2" not in " ".join(shown(english["receipt_printed"], read_aloud=True)),
    )
    expect("Thai is read by a voice that cannot", set(shown(thai["topic"], read_aloud=True)) <= {"success", "error"})

    shown(english["topic"], read_aloud=True)
    harness.root_view.press_key(KeypadKey.NEXT)
    played = speaker.take_played()
    expect(f"the keypad's first stop on topic is called {played}", played[:1] == ["Utilities and roads"])
    harness.root_view.press_key(KeypadKey.HELP)
    harness.wait(READ_ALOUD_DELAY_S)
    expect("help does not read the page again", "What is it about?" in speaker.take_played())

    harness.root_view.attach_speaker(speaker, Recordings(None), True)
    played = shown(english["identify_read"], read_aloud=True)
    expect("in headphones the card's name is not read", "บุญมา" in " ".join(played))
    played = shown(english["receipt_printed"], read_aloud=True)
    expect(f"in headphones the code is not spelled: {played}", "7 K Q 2 M 9 X D 4 T B V S" in " ".join(played))

    recorded = directory / recording_file_name("เรื่องเกี่ยวกับอะไร", "th")
    recorded.parent.mkdir()
    recorded.touch()
    harness.root_view.attach_speaker(speaker, Recordings(directory), False)
    expect("recorded Thai is not offered", "option.read_aloud" in option_names())
    speaker.take_played()
    expect("recorded Thai is not played", shown(thai["topic"], read_aloud=True) == [recorded.stem])
    harness.show(replace(thai["attract"], accessibility=AccessibilityOptions()))
    return problems


if __name__ == "__main__":
    with TemporaryDirectory() as directory:
        sys.exit(run_check(SIZE, lambda harness: check(harness, Path(directory))))
