"""The root of everything drawn: shows the state's screen and overlay, hands touches on as events."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from drivers.ports.speaker import Speaker
from journey.events import Event, ToggleReadAloud, Touched
from journey.language.recordings import Recordings
from journey.state import Journey, Overlay, Screen, Visit
from screens.audio_feedback import Voice
from screens.focus_ring import Focus, Stop
from screens.keypad import KEYPAD, KeypadKey
from screens.spoken_text import called
from screens.touch_guard import TouchGuard, acts
from screens.touch_targets import Touchable, taken, touchables
from screens.view_cache import Pages

BLACK = (0.0, 0.0, 0.0, 1.0)


class Shell(FloatLayout):
    """The window's content.

    `send` takes what was touched; `picture` gives a scanned page (`ocr.pixels`) for showing, None when it is gone;
    `report` gives the technician's readiness lines (name, sentence) in a language; `now` is the clock, in seconds, that
    the touch guard goes by.
    """

    def __init__(
        self,
        send: Callable[[Event], None],
        picture: Callable[[str], bytes | None] = lambda page_id: None,
        report: Callable[[str], list[tuple[str, str]]] = lambda language: [],
        now: Callable[[], float] = time.monotonic,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._send, self._picture, self._report = send, picture, report
        self._pages = Pages(self._furnish)
        self.voice: Voice | None = None
        self.focus = Focus(self, self._top, self._speak_of)
        self._drawn = Journey()
        self._screen: Screen | None = None
        self._visit_id: int | None = None
        self._stood: tuple[object, ...] = ()  # screen, visit, overlay, and whether it is dark
        self.guard = TouchGuard(self._top, now)
        self._dark = Widget()
        self._ground: Sequence[float] = BLACK
        self._lay_ground = Clock.create_trigger(self._clear, -1)
        self.bind(size=lambda _shell, size: self._pages.fit(size))
        self._pages.fit(self.size)  # a size given from the start is no change
        taken.bind(on_taken=self._hear_touch)
        Window.bind(on_flip=lambda _window: self.guard.painted())

    def show(self, journey: Journey) -> None:
        """Draw this state. Call it on the Kivy thread for every change; what did not change costs next to nothing."""
        visit_id = journey.visit.visit_id if journey.visit is not None else None
        stands = journey.screen, visit_id, journey.overlay, journey.asleep
        if stands != self._stood:
            self._stood = stands
            self.guard.changed()
        if self._visit_id not in (None, visit_id):
            self._pages.forget(replace(journey, visit=Visit(visit_id=0), overlay=None))
        page = self._pages.bring(journey.screen, journey.comfort)
        page.show(journey)
        if (journey.screen, visit_id) != (self._screen, self._visit_id):
            self._screen, self._visit_id = journey.screen, visit_id
            page.size = self.size
            page.enter(journey)
            self._pages.rest(journey.screen is Screen.ATTRACT)
            if journey.screen is Screen.ATTRACT:
                self.focus.leave()
        if journey.asleep:
            self._stand(self._dark, BLACK)
            return
        card = self._cover(journey)
        self._stand(card or page, card.look.veil if card else page.look.paper)
        self._pages.foresee(journey)
        before, self._drawn = self._drawn, journey
        if self.voice is not None:
            self.voice.follow(before, journey, self._top())

    def page(self, screen: Screen) -> Any:
        """The page of a screen."""
        return self._pages.page(screen)

    def built(self) -> list[Any]:
        """The pages that exist so far."""
        return self._pages.built()

    def prepare(self) -> None:
        """Build the pages that are not there yet while nobody is waiting."""
        self._pages.prepare()

    def touchables(self) -> list[Touchable]:
        """Everything that can be tapped now: on the overlay if one is up, else on the page."""
        return touchables(self._top())

    def hear(self, speaker: Speaker, recordings: Recordings, private: bool) -> None:
        """From now on there is a loudspeaker; see screens.audio_feedback."""
        self.voice = Voice(speaker, recordings, private)

    def key(self, key: KeypadKey) -> None:
        """A key of the tactile keypad."""
        self._send(Touched())
        if self._dark.parent is not None:
            return
        match key:
            case KeypadKey.NEXT:
                self.focus.move(1)
            case KeypadKey.PREVIOUS:
                self.focus.move(-1)
            case KeypadKey.PRESS:
                self.focus.press()
            case KeypadKey.BACK:
                self.focus.press_named("back", "dismiss", "close")
            case KeypadKey.HELP:
                if self.voice is not None and not self.voice.reads(self._drawn.comfort.language):
                    self.voice.regret()
                elif not self._drawn.comfort.read_aloud:
                    self._send(ToggleReadAloud())
                elif self.voice is not None:
                    self.voice.again()

    def on_touch_down(self, touch: Any) -> bool:
        """Any touch tells that somebody is here. The one that wakes the dark screen presses nothing, nor does one that
        came too soon after a change; a finger's takes the keypad's ring away."""
        if not self.collide_point(*touch.pos):
            return False
        if touch.device != KEYPAD:
            self.focus.leave()
        if touch.is_mouse_scrolling:
            return bool(super().on_touch_down(touch))
        dark = self._dark.parent is not None
        alive = self.guard.begin(touch)
        self._send(Touched())
        return dark or not alive or bool(super().on_touch_down(touch))

    def on_touch_move(self, touch: Any) -> bool:
        """Only of a touch that counts."""
        return not acts(touch) or bool(super().on_touch_move(touch))

    def on_touch_up(self, touch: Any) -> bool:
        """Only of a touch that counts."""
        self.guard.end(touch)
        return not acts(touch) or bool(super().on_touch_up(touch))

    def _top(self) -> Any:
        """The overlay if one is up, else the page."""
        return self.children[0] if self.children else self

    def _hear_touch(self, _taken: object) -> None:
        if self.voice is not None:
            self.voice.touched()

    def _speak_of(self, stop: Stop) -> None:
        if self.voice is not None and self._drawn.comfort.read_aloud:
            self.voice.say(*called(stop.widget, stop.name, stop.text, self._drawn.comfort.language))

    def _furnish(self, screen: Screen | None, part: Any) -> None:
        part.send = self._send
        if screen in (Screen.SCAN, Screen.REVIEW):
            part.picture_of = self._picture
        elif screen is Screen.TECHNICIAN:
            part.report = self._report

    def _stand(self, top: Any, ground: Sequence[float]) -> None:
        """Paint this and nothing under it: a page under a question is neither read by the next in line nor paid for.

        The ground is cleared, not painted: a whole window more took 9 ms of software graphics.
        """
        if self.children != [top]:
            self.clear_widgets()
            self.add_widget(top)
        self._ground = ground
        self._lay_ground()

    def _clear(self, _seconds: float) -> None:
        """Just before it is painted: what is shown first is shown before the shell stands in its window."""
        if (window := self.get_root_window()) is not None:
            window.clearcolor = self._ground

    def _cover(self, journey: Journey) -> Any | None:
        """The card that stands before the page, if there is a question."""
        if journey.overlay is None:
            return None
        card = self._pages.card(journey.overlay)
        if journey.overlay is Overlay.COMFORT:
            card.heard = self.voice is not None, self.voice is not None and self.voice.reads(journey.comfort.language)
        card.show(journey)
        return card
