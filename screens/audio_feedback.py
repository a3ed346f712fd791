"""Sounds: cues for touches, successes and faults, and the view read aloud when that option is on."""

import re
from typing import Any

from kivy.clock import Clock

from drivers.ports.speaker import Clip, Speaker, Speech
from journey.faults import TAKE_CARD_TEXT
from journey.language import translate
from journey.language.recordings import Recordings
from journey.sound_cues import SoundCue, choose_sound_cue
from journey.state import AccessibilityOptions, Journey
from screens.kivy_setup import ASSETS_DIR
from screens.spoken_text import SpokenSentence, spoken_sentences

READ_DELAY_S = 0.25  # a new view is complete by then, and two changes in quick succession are read once
SYNTHETIC = {"en": "en-gb"}  # languages that a synthetic voice reads well enough; Thai needs recordings
_CODE = re.compile(r"[0-9A-Z]{3,}[0-9A-Z -]*")  # a tracking code or a phone number
SOUNDS = {cue: Clip(ASSETS_DIR / "sounds" / f"{cue.value}.wav") for cue in SoundCue}


class AudioFeedback:
    """Plays on `speaker`. Texts that may hold personal data are read only where nobody else hears them (`private`: a
    handset or headphones)."""

    def __init__(self, speaker: Speaker, recordings: Recordings, private: bool) -> None:
        self._speaker, self._recordings, self._private = speaker, recordings, private
        self._accessibility, self._volume_percent = AccessibilityOptions(), 100
        self._top: Any = None
        self._already_read: tuple[str, frozenset[str]] = ("", frozenset())  # language, texts of this view
        self._pending_cue: SoundCue | None = None
        self._read_soon = Clock.create_trigger(self._read, READ_DELAY_S)

    def can_read(self, language: str) -> bool:
        """Whether this language can be read aloud."""
        return language in SYNTHETIC or language in self._recordings.languages

    def play_error(self) -> None:
        """Play the error sound: a requested action is not available."""
        self._play([SOUNDS[SoundCue.ERROR]])

    def play_touch(self) -> None:
        """Play the sound of a handled touch. Interrupts reading."""
        self._play([SOUNDS[SoundCue.TOUCH]])

    def update(self, before: Journey, after: Journey, top: Any) -> None:
        """Play the sound of this change of state, and read a new view if that option is on. `top` is the uppermost
        widget."""
        self._accessibility, self._volume_percent = after.accessibility, after.max_volume_percent
        self._pending_cue = choose_sound_cue(before, after) or self._pending_cue
        if top is not self._top or not after.accessibility.read_aloud:
            self._top, self._already_read = top, ("", frozenset())
        if after.accessibility.read_aloud:
            self._read_soon()
        elif self._pending_cue is not None:
            self._play(self._cue_items(self._pending_cue))
            self._pending_cue = None

    def repeat_reading(self) -> None:
        """Read the view again from its beginning."""
        self._already_read = "", frozenset()
        self._read_soon()

    def speak(self, *sentences: SpokenSentence) -> None:
        """Read these sentences at once. Interrupts reading."""
        self._read_soon.cancel()
        self._play([item for sentence in sentences for item in self._items(sentence)])

    def _read(self, _seconds: float) -> None:
        """Read the texts of the view that were not read yet."""
        if self._top is None:
            return
        language, already_read = self._already_read
        if language != self._accessibility.language:
            already_read = frozenset()
        sentences = spoken_sentences(self._top)
        items = [item for sentence in sentences if sentence.text not in already_read for item in self._items(sentence)]
        self._already_read = self._accessibility.language, already_read | {sentence.text for sentence in sentences}
        if self._pending_cue is not None:
            items, self._pending_cue = [*self._cue_items(self._pending_cue), *items], None
        if items:
            self._play(items)

    def _cue_items(self, cue: SoundCue) -> list[Clip | Speech]:
        """The sound of a cue. The reminder to take the card is spoken too: the owner may look elsewhere."""
        if cue is not SoundCue.TAKE_CARD:
            return [SOUNDS[cue]]
        return [SOUNDS[cue], *self._spoken(translate(TAKE_CARD_TEXT, self._accessibility.language))]

    def _items(self, sentence: SpokenSentence) -> list[Clip | Speech]:
        if not (sentence.public or self._private):
            return []
        if _CODE.fullmatch(sentence.text):  # spelled: a code is not a word
            return [item for character in sentence.text if character.isalnum() for item in self._spoken(character)]
        return self._spoken(sentence.text)

    def _spoken(self, text: str) -> list[Clip | Speech]:
        language = self._accessibility.language
        if recorded := self._recordings.find(text, language):
            return [Clip(recorded)]
        return [Speech(text, SYNTHETIC[language])] if language in SYNTHETIC else []

    def _play(self, items: list[Clip | Speech] | list[Clip]) -> None:
        self._speaker.play(items, self._accessibility.volume.value * self._volume_percent // 100)
