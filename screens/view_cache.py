"""All views and overlays: built when first needed, kept, and updated while they are hidden.

Work that would take too long during a touch is done for one view per frame; preparation is done while nobody touches
the screen. See decision 0007 and docs/screen-performance.md.
"""

import gc
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

from kivy.clock import Clock

from journey.screens import SCREEN_RULES, Screen
from journey.state import AccessibilityOptions, Journey, Overlay
from screens.theme import Theme, apply_theme, theme_applied
from screens.widgets.text_metrics import clear_text_caches

# Module and class of each screen's view: a new screen adds one line. Imported with their rules when first needed, so
# that the attract screen does not wait for all the others.
VIEWS: dict[Screen, str] = {
    Screen.ATTRACT: "screens.visit.attract:AttractView",
    Screen.NOTICE: "screens.visit.privacy_notice:PrivacyNoticeView",
    Screen.IDENTIFY: "screens.visit.identify:IdentifyView",
    Screen.TOPIC: "screens.visit.topic:TopicView",
    Screen.PLACE: "screens.visit.place:PlaceView",
    Screen.STORY: "screens.visit.story:StoryView",
    Screen.SCAN: "screens.visit.scan:ScanView",
    Screen.REVIEW: "screens.visit.review:ReviewView",
    Screen.CONTACT: "screens.visit.name:NameView",
    Screen.PHONE: "screens.visit.phone:PhoneView",
    Screen.DETAILS: "screens.visit.details:DetailsView",
    Screen.RECEIPT: "screens.visit.receipt:ReceiptView",
    Screen.FAREWELL: "screens.visit.farewell:FarewellView",
    Screen.TRACK: "screens.track.tracking_code:TrackView",
    Screen.TRACKING_RESULT: "screens.track.case_status:CaseStatusView",
    Screen.RATING: "screens.track.rating:RatingView",
    Screen.ABOUT: "screens.staff.about:AboutView",
    Screen.TECHNICIAN_PIN: "screens.staff.technician_pin:TechnicianPinView",
    Screen.TECHNICIAN: "screens.staff.technician:TechnicianView",
    Screen.SETUP: "screens.setup.setup:SetupView",
    Screen.FAULT: "screens.fault:FaultView",
}
# The screen that most likely comes next: its view is preloaded with the data of the visit.
LIKELY_NEXT: dict[Screen, Screen] = {
    Screen.NOTICE: Screen.IDENTIFY,
    **{screen: rules.next for screen, rules in SCREEN_RULES.items() if rules.next is not None},
    Screen.REVIEW: Screen.RECEIPT,
    Screen.TRACK: Screen.TRACKING_RESULT,
    Screen.TRACKING_RESULT: Screen.RATING,
}
OVERLAYS: dict[Overlay, str] = {Overlay.ACCESSIBILITY: "screens.accessibility:AccessibilityOverlay"}
QUESTION_OVERLAY = "screens.question_overlay:QuestionOverlay"  # for every other overlay
COLLECT_AFTER_S = 3.0  # on the attract screen until garbage of the visit is collected
PRELOAD_AFTER_S = 0.15  # without a change until the next view is preloaded: not between two key presses
BUILD_INTERVAL_S = 0.4  # between two views that are built while nobody is here


class ViewCache:
    """The views by screen. `on_built` is called with each view or overlay after it was built."""

    def __init__(self, on_built: Callable[[Any], None]) -> None:
        self._on_built = on_built
        self._size = (100.0, 100.0)
        self._accessibility = AccessibilityOptions()
        self._views: dict[Screen, Any] = {}
        self._overlay_views: dict[str, Any] = {}  # by import path
        self._shown_screen: Screen | None = None
        self._outdated: list[Screen] = []  # hidden views that are not updated yet
        self._uncleared: set[Screen] = set()  # those of them that still show an ended visit
        self._blank_journey = Journey()
        self._untextured_view: Any = None  # the view updated last: its texts are not drawn yet
        self._update_event: Any = None
        self._collect_later = Clock.create_trigger(lambda _seconds: gc.collect(), COLLECT_AFTER_S)
        self._preload_journey = self._blank_journey
        self._preload_soon = Clock.create_trigger(self._preload_next, PRELOAD_AFTER_S)

    def view(self, screen: Screen) -> Any:
        """The view of a screen."""
        if screen not in self._views:
            self._views[screen] = self._build(VIEWS[screen])
        return self._views[screen]

    def overlay_view(self, overlay: Overlay) -> Any:
        """The view of an overlay."""
        import_path = OVERLAYS.get(overlay, QUESTION_OVERLAY)
        if import_path not in self._overlay_views:
            self._overlay_views[import_path] = self._build(import_path)
        self._overlay_views[import_path].theme.apply(self._accessibility)
        return self._overlay_views[import_path]

    def built_views(self) -> list[Any]:
        """The views that were built so far."""
        return list(self._views.values())

    def show(self, screen: Screen, accessibility: AccessibilityOptions) -> Any:
        """The view of the screen, updated to these options. Hidden views are updated later."""
        view, self._shown_screen = self.view(screen), screen
        apply_theme(view.theme)
        view.theme.apply(accessibility)
        if screen in self._uncleared:
            self._uncleared.remove(screen)
            view.clear()
        if accessibility != self._accessibility:
            self._accessibility = accessibility
            self._update_hidden()
        return view

    def preload(self, journey: Journey) -> None:
        """Preload the view that likely comes next after `journey`, once nothing has changed for PRELOAD_AFTER_S."""
        self._preload_soon.cancel()
        self._preload_journey = journey  # always, so that no ended visit is kept
        if LIKELY_NEXT.get(journey.screen) in self._views:
            self._preload_soon()

    def clear(self, blank: Journey) -> None:
        """Remove an ended visit's data: the hidden views show `blank`."""
        self._blank_journey, self._uncleared = blank, set(self._views)
        clear_text_caches()
        self._update_hidden()

    def set_idle(self, is_idle: bool) -> None:
        """Set whether the kiosk is unused. The garbage of visits is then collected after COLLECT_AFTER_S."""
        self._collect_later.cancel()
        if is_idle:
            self._collect_later()

    def resize(self, size: tuple[float, float]) -> None:
        """Follow the window's size, pixels."""
        self._size = size
        for view in (*self._views.values(), *self._overlay_views.values()):
            view.theme.resize(*size)

    def build_ahead(self) -> None:
        """Build the missing views, one at a time, while nobody is waiting."""
        Clock.schedule_once(self._build_one, BUILD_INTERVAL_S)

    def _build(self, import_path: str) -> Any:
        theme = Theme()
        theme.resize(*self._size)
        theme.apply(self._accessibility)
        module, _, name = import_path.partition(":")
        with theme_applied(theme):
            view = getattr(import_module(module), name)()
        view.size = self._size
        self._on_built(view)
        return view

    def _update_hidden(self) -> None:
        self._outdated = list(self._views)
        if self._update_event is None:
            self._update_event = Clock.schedule_once(self._begin_update)

    def _begin_update(self, _seconds: float) -> None:
        """Begin one turn of the clock after the change, so that the visible view is painted first: the first hidden
        view takes 20 ms."""
        self._update_event = Clock.schedule_interval(self._update_one, 0)

    def _update_one(self, _seconds: float) -> bool:
        self._upload_textures()
        if not self._outdated:
            self._update_event = None
            return False
        screen = self._outdated.pop()
        if screen is not self._shown_screen:
            view = self._untextured_view = self._views[screen]
            with theme_applied(view.theme):
                view.theme.apply(self._accessibility)
                if screen in self._uncleared:
                    self._uncleared.remove(screen)
                    view.show(self._blank_journey)
                    view.clear()
        return True

    def _preload_next(self, _seconds: float) -> None:
        screen = LIKELY_NEXT[self._preload_journey.screen]
        if screen in self._uncleared:
            self._preload_soon()  # it still shows an ended visit, which is cleared first
            return
        view = self._untextured_view = self._views[screen]
        with theme_applied(view.theme):
            view.theme.apply(self._accessibility)
            view.show(replace(self._preload_journey, screen=screen, overlay=None))
        Clock.schedule_once(lambda _seconds: self._upload_textures())

    def _upload_textures(self) -> None:
        """Draw the texts of the view that was updated in the last frame.

        Kivy draws a text when it is first painted. A view has thirty; drawn in the touch that shows the view, they took
        a quarter of its time.
        """
        if self._untextured_view is not None:
            for widget in self._untextured_view.walk():
                if getattr(widget, "texture", None) is not None:
                    widget.texture.bind()
            self._untextured_view = None

    def _build_one(self, _seconds: float) -> None:
        self._upload_textures()
        missing = [screen for screen in VIEWS if screen not in self._views]
        if missing and self._shown_screen in (Screen.ATTRACT, Screen.FAULT):
            self._untextured_view = self.view(missing[0])
        if missing or self._untextured_view is not None:
            self.build_ahead()
        else:
            # A full garbage collection visits a million objects and takes 150 ms, perhaps during a touch. Those of the
            # views are permanent and excluded once. Garbage of visits is collected while nobody is here, otherwise only
            # after dozens of visits.
            gc.collect()
            gc.freeze()
            gc.set_threshold(*gc.get_threshold()[:2], 1000)
