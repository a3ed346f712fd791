"""When there is something to hear: a touch, a success, a trouble, and the page read aloud where that is wished."""

import re
from typing import Any

from kivy.clock import Clock

from drivers.ports.speaker import Clip, Speaker, Speech
from journey.faults import TAKE_CARD
from journey.language import say
from journey.language.recordings import Recordings
from journey.sound_cues import Cue, heard
from journey.state import Comfort, Journey
from screens.kivy_setup import ASSETS
from screens.spoken_text import Sentence, sentences

AFTER = 0.25  # seconds: a page that comes up has settled, and two changes at once are read once
SYNTHETIC = {"en": "en-gb"}  # languages that a synthetic voice reads well enough; Thai needs recordings
_CODE = re.compile(r"[0-9A-Z]{3,}[0-9A-Z -]*")  # a tracking code, a telephone number
SOUNDS = {cue: Clip(ASSETS / "sounds" / f"{cue.value}.wav") for cue in Cue}


class Voice:
    """Plays on `speaker`. Only where nobody else hears it (`private`: a handset, headphones) is anything read that is
    not the kiosk's own sentence."""

    def __init__(self, speaker: Speaker, recordings: Recordings, private: bool) -> None:
        self._speaker, self._recordings, self._private = speaker, recordings, private
        self._comfort, self._loudness = Comfort(), 100
        self._top: Any = None
        self._told: tuple[str, frozenset[str]] = ("", frozenset())  # language, what was read of this page
        self._cue: Cue | None = None
        self._soon = Clock.create_trigger(self._read, AFTER)

    def reads(self, language: str) -> bool:
        """Whether it can read that language aloud."""
        return language in SYNTHETIC or language in self._recordings.languages

    def regret(self) -> None:
        """What was asked for is not to be had."""
        self._play([SOUNDS[Cue.ERROR]])

    def touched(self) -> None:
        """A finger took something: what is being read is broken off."""
        self._play([SOUNDS[Cue.TOUCH]])

    def follow(self, before: Journey, after: Journey, top: Any) -> None:
        """The state changed; `top` is what lies uppermost on the glass now."""
        self._comfort, self._loudness = after.comfort, after.loudness
        self._cue = heard(before, after) or self._cue
        if top is not self._top or not after.comfort.read_aloud:
            self._top, self._told = top, ("", frozenset())
        if after.comfort.read_aloud:
            self._soon()
        elif self._cue is not None:
            self._play(self._signal(self._cue))
            self._cue = None

    def again(self) -> None:
        """Read the page from its beginning."""
        self._told = "", frozenset()
        self._soon()

    def say(self, *said: Sentence) -> None:
        """Read these at once, breaking off what is being read."""
        self._soon.cancel()
        self._play([item for sentence in said for item in self._items(sentence)])

    def _read(self, _seconds: float) -> None:
        """What stands on the page and was not read yet."""
        if self._top is None:
            return
        language, told = self._told
        if language != self._comfort.language:
            told = frozenset()
        there = sentences(self._top)
        items = [item for sentence in there if sentence.text not in told for item in self._items(sentence)]
        self._told = self._comfort.language, told | {sentence.text for sentence in there}
        if self._cue is not None:
            items, self._cue = [*self._signal(self._cue), *items], None
        if items:
            self._play(items)

    def _signal(self, cue: Cue) -> list[Clip | Speech]:
        """The sound of a cue. A card that lies in the slot is asked for in words too: its owner may look elsewhere."""
        spoken = self._spoken(say(TAKE_CARD, self._comfort.language)) if cue is Cue.TAKE_CARD else []
        return [SOUNDS[cue], *spoken]

    def _items(self, sentence: Sentence) -> list[Clip | Speech]:
        if not (sentence.public or self._private):
            return []
        if _CODE.fullmatch(sentence.text):  # sign by sign: a code is not a word
            return [item for sign in sentence.text if sign.isalnum() for item in self._spoken(sign)]
        return self._spoken(sentence.text)

    def _spoken(self, text: str) -> list[Clip | Speech]:
        language = self._comfort.language
        if recorded := self._recordings.find(text, language):
            return [Clip(recorded)]
        return [Speech(text, SYNTHETIC[language])] if language in SYNTHETIC else []

    def _play(self, items: list[Clip | Speech] | list[Clip]) -> None:
        self._speaker.play(items, self._comfort.volume.value * self._loudness // 100)
