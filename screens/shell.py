"""The root of everything drawn: shows the state's screen and overlay, hands touches on as events."""

import gc
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from kivy.clock import Clock
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from drivers.speaker.port import Speaker
from kiosk_app.journey.events import Event, ToggleReadAloud, Touched
from kiosk_app.journey.state import Comfort, Journey, Overlay, Screen, Visit
from kiosk_app.language.recordings import Recordings
from screens.aloud import called
from screens.focus import Focus, Stop
from screens.keypad import KEYPAD, KeypadKey
from screens.theme import Look, put_on, wearing
from screens.touchable import Touchable, taken, touchables
from screens.voice import Voice
from screens.widgets.line_box import measurer

# Module and class; imported with their rules when first wanted, so that attract need not wait for all the others.
PAGES: dict[Screen, str] = {
    Screen.ATTRACT: "screens.visit.attract:Attract",
    Screen.NOTICE: "screens.visit.notice:Notice",
    Screen.IDENTIFY: "screens.visit.identify:Identify",
    Screen.TOPIC: "screens.visit.topic:TopicPage",
    Screen.PLACE: "screens.visit.place:PlacePage",
    Screen.TELL: "screens.visit.tell:Tell",
    Screen.SCAN: "screens.visit.scan:Scan",
    Screen.REVIEW: "screens.visit.review:Review",
    Screen.CONTACT: "screens.visit.contact:Contact",
    Screen.DETAILS: "screens.visit.details:Details",
    Screen.RECEIPT: "screens.visit.receipt:ReceiptPage",
    Screen.FAREWELL: "screens.visit.farewell:Farewell",
    Screen.TRACK: "screens.track.track:Track",
    Screen.TRACKED: "screens.track.tracked:Tracked",
    Screen.ABOUT: "screens.staff.about:About",
    Screen.TECHNICIAN_PIN: "screens.staff.technician_pin:TechnicianPin",
    Screen.TECHNICIAN: "screens.staff.technician:Technician",
    Screen.FAULT: "screens.fault:FaultPage",
}
CARDS: dict[Overlay, str] = {Overlay.COMFORT: "screens.comfort:ComfortCard"}
QUESTION = "screens.overlay:OverlayCard"  # for every other overlay
REST = 3.0  # seconds on attract until what the visit left is collected
BLACK = (0.0, 0.0, 0.0, 1.0)
PREPARE_EVERY = 0.4  # seconds between two pages built ahead while nobody is here


class Shell(FloatLayout):
    """The window's content.

    `send` takes what was touched; `picture` gives a scanned page's PNG or JPEG for showing, None when it is gone;
    `report` gives the technician's readiness lines (name, sentence).
    """

    def __init__(
        self,
        send: Callable[[Event], None],
        picture: Callable[[str], bytes | None] = lambda page_id: None,
        report: Callable[[], list[tuple[str, str]]] = list,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._send, self._picture, self._report = send, picture, report
        self._pages: dict[Screen, Any] = {}
        self._hidden: list[Screen] = []  # pages that are still to follow what changed while they were hidden
        self._to_forget: set[Screen] = set()
        self._following: Any = None
        self._rest = Clock.create_trigger(lambda _seconds: gc.collect(), REST)
        self._cards: dict[str, Any] = {}  # what lies over a page, by its place in the sources
        self.voice: Voice | None = None
        self.focus = Focus(self, self._top, self._speak_of)
        self._drawn = Journey()
        self._blank = Journey(visit=Visit(visit_id=0))
        self._screen: Screen | None = None
        self._visit_id: int | None = None
        self._comfort = Comfort()
        self._dark = Widget()
        self.bind(size=self._fit)
        taken.bind(on_taken=self._hear_touch)

    def show(self, journey: Journey) -> None:
        """Draw this state. Call it on the Kivy thread for every change; what did not change costs next to nothing."""
        page = self.page(journey.screen)
        put_on(page.look)
        page.look.wear(journey.comfort)
        if journey.comfort != self._comfort:
            self._comfort = journey.comfort
            self._follow(self._pages)
        visit_id = journey.visit.visit_id if journey.visit is not None else None
        if journey.screen is not self._screen or visit_id != self._visit_id:
            self._arrive(journey, page, visit_id)
        else:
            page.show(journey)
        if journey.asleep:
            self._stand(self._dark, BLACK)
            return
        card = self._cover(journey)
        self._stand(card or page, card.look.veil if card else page.look.paper)
        before, self._drawn = self._drawn, journey
        if self.voice is not None:
            self.voice.follow(before, journey, self._top())

    def page(self, screen: Screen) -> Any:
        """The page of a screen, built when first wanted."""
        if screen not in self._pages:
            module, _, name = PAGES[screen].partition(":")
            with wearing(self._new_look()):
                page = self._pages[screen] = getattr(import_module(module), name)()
            page.send = self._send
            if screen is Screen.SCAN:
                page.picture_of = self._picture
            elif screen is Screen.TECHNICIAN:
                page.report = self._report
        return self._pages[screen]

    def built(self) -> list[Any]:
        """The pages that exist so far."""
        return list(self._pages.values())

    def prepare(self) -> None:
        """Build the pages that are not there yet, one at a time, while nobody is waiting."""
        Clock.schedule_once(self._prepare_one, PREPARE_EVERY)

    def touchables(self) -> list[Touchable]:
        """Everything that can be tapped now: on the overlay if one is up, else on the page."""
        return touchables(self._top())

    def hear(self, speaker: Speaker, recordings: Recordings, private: bool) -> None:
        """From now on there is a loudspeaker; see screens.voice."""
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
        """Any touch tells that somebody is here. The one that wakes the dark screen presses nothing; a finger's takes
        the keypad's ring away."""
        if touch.device != KEYPAD:
            self.focus.leave()
        dark = self._dark.parent is not None
        if not touch.is_mouse_scrolling:
            self._send(Touched())
        return dark or bool(super().on_touch_down(touch))

    def _top(self) -> Any:
        """The overlay if one is up, else the page."""
        return self.children[0] if self.children else self

    def _hear_touch(self, _taken: object) -> None:
        if self.voice is not None:
            self.voice.touched()

    def _speak_of(self, stop: Stop) -> None:
        if self.voice is not None and self._drawn.comfort.read_aloud:
            self.voice.say(*called(stop.widget, stop.name, stop.text, self._drawn.comfort.language))

    def _arrive(self, journey: Journey, page: Any, visit_id: int | None) -> None:
        if self._visit_id not in (None, visit_id):
            self._forget_visit(journey)
        self._screen, self._visit_id = journey.screen, visit_id
        if journey.screen in self._to_forget:
            self._to_forget.remove(journey.screen)
            page.forget()
        page.show(journey)
        page.size = self.size
        page.enter(journey)
        self._rest.cancel()
        if journey.screen is Screen.ATTRACT:
            self.focus.leave()
            self._rest()

    def _forget_visit(self, journey: Journey) -> None:
        """Empty the pages of what the ended visit told."""
        self._blank = replace(journey, visit=Visit(visit_id=0), overlay=None)
        self._to_forget = set(self._pages)
        measurer.cache_clear()
        self._follow(self._pages)

    def _follow(self, screens: Iterable[Screen]) -> None:
        """Let the hidden pages follow what changed, one a frame: all at once would be felt."""
        self._hidden = list(screens)
        if self._following is None:
            self._following = Clock.schedule_interval(self._follow_one, 0)

    def _follow_one(self, _seconds: float) -> bool:
        if not self._hidden:
            self._following = None
            return False
        screen = self._hidden.pop()
        if screen is self._screen:
            return True
        page = self._pages[screen]
        with wearing(page.look):
            page.look.wear(self._comfort)
            if screen in self._to_forget:
                self._to_forget.remove(screen)
                page.show(self._blank)
                page.forget()
        return True

    def _stand(self, top: Any, ground: Sequence[float]) -> None:
        """Paint this and nothing under it: a page under a question is neither read by the next in line nor paid for.

        The ground is cleared, not painted: a whole window more took 9 ms of software graphics.
        """
        if self.children != [top]:
            self.clear_widgets()
            self.add_widget(top)
        if (window := self.get_root_window()) is not None:
            window.clearcolor = ground

    def _new_look(self) -> Look:
        look = Look()
        look.fit(*self.size)
        look.wear(self._comfort)
        return look

    def _fit(self, *_args: object) -> None:
        """Follow the window's size."""
        for part in (*self._pages.values(), *self._cards.values()):
            part.look.fit(*self.size)

    def _cover(self, journey: Journey) -> Any | None:
        """The card that stands before the page, if there is a question."""
        if journey.overlay is None:
            return None
        card = self._card(CARDS.get(journey.overlay, QUESTION))
        card.look.wear(journey.comfort)
        if journey.overlay is Overlay.COMFORT:
            card.heard = self.voice is not None, self.voice is not None and self.voice.reads(journey.comfort.language)
        card.show(journey)
        return card

    def _card(self, place: str) -> Any:
        if place not in self._cards:
            module, _, name = place.partition(":")
            with wearing(self._new_look()):
                card = self._cards[place] = getattr(import_module(module), name)()
            card.send = self._send
        return self._cards[place]

    def _prepare_one(self, _seconds: float) -> None:
        missing = [screen for screen in PAGES if screen not in self._pages]
        if missing and self._screen in (Screen.ATTRACT, Screen.FAULT):
            page = self.page(missing[0])
            page.size = self.size
        if missing:
            self.prepare()
        else:
            # A full collection walks a million objects, 150 ms in the middle of a touch. These stay for good: they are
            # taken out of its way once. What visits leave is collected at rest, and otherwise after dozens of them.
            gc.collect()
            gc.freeze()
            gc.set_threshold(*gc.get_threshold()[:2], 1000)
