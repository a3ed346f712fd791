"""The pages and cards there are: built when first wanted, kept, and kept up with what happens while they are hidden.

Whatever would take long in the middle of a touch is done for one page a frame, and what can be done ahead while nobody
is here or touches anything: see decisions 0053, 0081, 0082 and 0084.
"""

import gc
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

from kivy.clock import Clock

from journey.form_flow import FORWARD
from journey.state import Comfort, Journey, Overlay, Screen
from screens.theme import Look, put_on, wearing
from screens.widgets.text_metrics import forget_texts

# Module and class; imported with their rules when first wanted, so that attract need not wait for all the others.
PAGES: dict[Screen, str] = {
    Screen.ATTRACT: "screens.visit.attract:Attract",
    Screen.NOTICE: "screens.visit.privacy_notice:Notice",
    Screen.IDENTIFY: "screens.visit.identify:Identify",
    Screen.TOPIC: "screens.visit.topic:TopicPage",
    Screen.PLACE: "screens.visit.place:PlacePage",
    Screen.TELL: "screens.visit.story:Tell",
    Screen.SCAN: "screens.visit.scan:Scan",
    Screen.REVIEW: "screens.visit.review:Review",
    Screen.CONTACT: "screens.visit.name:Contact",
    Screen.PHONE: "screens.visit.phone:PhonePage",
    Screen.DETAILS: "screens.visit.details:Details",
    Screen.RECEIPT: "screens.visit.receipt:ReceiptPage",
    Screen.FAREWELL: "screens.visit.farewell:Farewell",
    Screen.TRACK: "screens.track.tracking_code:Track",
    Screen.TRACKED: "screens.track.case_status:Tracked",
    Screen.ABOUT: "screens.staff.about:About",
    Screen.TECHNICIAN_PIN: "screens.staff.technician_pin:TechnicianPin",
    Screen.TECHNICIAN: "screens.staff.technician:Technician",
    Screen.FAULT: "screens.fault:FaultPage",
}
# The page a finger most likely calls next: it is drawn ahead with what the visit knows.
NEXT: dict[Screen, Screen] = {
    Screen.NOTICE: Screen.IDENTIFY,
    **FORWARD,
    Screen.REVIEW: Screen.RECEIPT,
    Screen.TRACK: Screen.TRACKED,
}
CARDS: dict[Overlay, str] = {Overlay.COMFORT: "screens.accessibility:ComfortCard"}
QUESTION = "screens.question_overlay:OverlayCard"  # for every other overlay
REST = 3.0  # seconds on attract until what the visit left is collected
AHEAD = 0.15  # seconds without a change until the next page is drawn ahead: a finger types faster than it turns pages
PREPARE_EVERY = 0.4  # seconds between two pages built ahead while nobody is here


class Pages:
    """By screen. `furnish` is called with each page or card that was built, by its screen or None."""

    def __init__(self, furnish: Callable[[Screen | None, Any], None]) -> None:
        self._furnish = furnish
        self._size = (100.0, 100.0)
        self._comfort = Comfort()
        self._pages: dict[Screen, Any] = {}
        self._cards: dict[str, Any] = {}  # by their places in the sources
        self._shown: Screen | None = None
        self._behind: list[Screen] = []  # hidden pages that are still to follow what changed
        self._full: set[Screen] = set()  # ... and among them those that still show an ended visit
        self._blank = Journey()
        self._followed: Any = None  # the last one that followed: its letters are not drawn yet
        self._round: Any = None
        self._rest = Clock.create_trigger(lambda _seconds: gc.collect(), REST)
        self._coming = self._blank
        self._draw_ahead_soon = Clock.create_trigger(self._draw_ahead, AHEAD)

    def page(self, screen: Screen) -> Any:
        """The page of a screen."""
        if screen not in self._pages:
            self._pages[screen] = self._build(PAGES[screen], screen)
        return self._pages[screen]

    def card(self, overlay: Overlay) -> Any:
        """What stands before a page while that is up."""
        place = CARDS.get(overlay, QUESTION)
        if place not in self._cards:
            self._cards[place] = self._build(place, None)
        self._cards[place].look.wear(self._comfort)
        return self._cards[place]

    def built(self) -> list[Any]:
        """The pages that exist so far."""
        return list(self._pages.values())

    def bring(self, screen: Screen, comfort: Comfort) -> Any:
        """The page that stands on the glass from now on, as somebody wishes it; the hidden ones follow."""
        page, self._shown = self.page(screen), screen
        put_on(page.look)
        page.look.wear(comfort)
        if screen in self._full:
            self._full.remove(screen)
            page.forget()
        if comfort != self._comfort:
            self._comfort = comfort
            self._go_round()
        return page

    def foresee(self, journey: Journey) -> None:
        """This stands on the glass; once the finger rests, the page that likely follows is drawn with it, hidden."""
        self._draw_ahead_soon.cancel()
        self._coming = journey  # always: of a visit that ended nothing is kept
        if NEXT.get(journey.screen) in self._pages:
            self._draw_ahead_soon()

    def forget(self, blank: Journey) -> None:
        """A visit ended: the hidden pages show `blank` instead."""
        self._blank, self._full = blank, set(self._pages)
        forget_texts()
        self._go_round()

    def rest(self, resting: bool) -> None:
        """Whether nobody is here. What visits leave in memory is collected then."""
        self._rest.cancel()
        if resting:
            self._rest()

    def fit(self, size: tuple[float, float]) -> None:
        """Follow the window's size, pixels."""
        self._size = size
        for part in (*self._pages.values(), *self._cards.values()):
            part.look.fit(*size)

    def prepare(self) -> None:
        """Build the pages that are not there yet, one at a time, while nobody is waiting."""
        Clock.schedule_once(self._prepare_one, PREPARE_EVERY)

    def _build(self, place: str, screen: Screen | None) -> Any:
        look = Look()
        look.fit(*self._size)
        look.wear(self._comfort)
        module, _, name = place.partition(":")
        with wearing(look):
            part = getattr(import_module(module), name)()
        part.size = self._size
        self._furnish(screen, part)
        return part

    def _go_round(self) -> None:
        self._behind = list(self._pages)
        if self._round is None:
            self._round = Clock.schedule_once(self._begin_round)

    def _begin_round(self, _seconds: float) -> None:
        """After the picture that is wished for: the first hidden page took 20 ms of its turn."""
        self._round = Clock.schedule_interval(self._follow_one, 0)

    def _follow_one(self, _seconds: float) -> bool:
        self._draw_letters()
        if not self._behind:
            self._round = None
            return False
        screen = self._behind.pop()
        if screen is not self._shown:
            page = self._followed = self._pages[screen]
            with wearing(page.look):
                page.look.wear(self._comfort)
                if screen in self._full:
                    self._full.remove(screen)
                    page.show(self._blank)
                    page.forget()
        return True

    def _draw_ahead(self, _seconds: float) -> None:
        screen = NEXT[self._coming.screen]
        if screen in self._full:
            self._draw_ahead_soon()  # it still shows another's visit: that goes first
            return
        page = self._followed = self._pages[screen]
        with wearing(page.look):
            page.look.wear(self._comfort)
            page.show(replace(self._coming, screen=screen, overlay=None))
        Clock.schedule_once(lambda _seconds: self._draw_letters())

    def _draw_letters(self) -> None:
        """Kivy draws a text when it is first painted; for the page that followed a frame ago that is now.

        A page has thirty: left to the touch that brings it, they took a quarter of its time.
        """
        if self._followed is not None:
            for widget in self._followed.walk():
                if getattr(widget, "texture", None) is not None:
                    widget.texture.bind()
            self._followed = None

    def _prepare_one(self, _seconds: float) -> None:
        self._draw_letters()
        missing = [screen for screen in PAGES if screen not in self._pages]
        if missing and self._shown in (Screen.ATTRACT, Screen.FAULT):
            self._followed = self.page(missing[0])
        if missing or self._followed is not None:
            self.prepare()
        else:
            # A full collection walks a million objects, 150 ms in the middle of a touch. These stay for good: they are
            # taken out of its way once. What visits leave is collected at rest, and otherwise after dozens of them.
            gc.collect()
            gc.freeze()
            gc.set_threshold(*gc.get_threshold()[:2], 1000)
