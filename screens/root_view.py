"""The root widget of the window: shows the screen and overlay of the state and turns touches into events."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from drivers.ports.speaker import Speaker
from journey.events import Event, ScreenTouched, ToggleReadAloud
from journey.language.recordings import Recordings
from journey.screens import Screen
from journey.state import Journey, Overlay, Visit
from screens.audio_feedback import AudioFeedback
from screens.focus_ring import FocusRing, FocusTarget
from screens.keypad import KEYPAD_DEVICE, KeypadKey
from screens.spoken_text import describe_target
from screens.touch_guard import TouchGuard, may_act, touch_handled
from screens.touch_targets import TouchTarget, visible_touch_targets
from screens.view_cache import ViewCache

BLACK = (0.0, 0.0, 0.0, 1.0)


class RootView(FloatLayout):
    """The window's content.

    `send` takes events; `page_image` returns a scanned page packed by `ocr.pixels`, None when it is gone;
    `readiness_report` returns the technician's report, pairs of name and sentence, in a language; `now` is the touch
    guard's clock in seconds.
    """

    def __init__(
        self,
        send: Callable[[Event], None],
        page_image: Callable[[str], bytes | None] = lambda page_id: None,
        readiness_report: Callable[[str], list[tuple[str, str]]] = lambda language: [],
        now: Callable[[], float] = time.monotonic,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._send, self._page_image, self._readiness_report = send, page_image, readiness_report
        self._views = ViewCache(self._inject)
        self.audio: AudioFeedback | None = None
        self.focus = FocusRing(self, self._top_widget, self._speak_target)
        self._shown_journey = Journey()
        self._screen: Screen | None = None
        self._visit_id: int | None = None
        self._shown_state: tuple[object, ...] = ()  # screen, visit, overlay, asleep
        self.touch_guard = TouchGuard(self._top_widget, now)
        self._dark_widget = Widget()
        self._clear_color: Sequence[float] = BLACK
        self._set_clear_color_soon = Clock.create_trigger(self._set_clear_color, -1)
        self.bind(size=lambda _root_view, size: self._views.resize(size))
        self._views.resize(self.size)  # the initial size dispatches no change
        touch_handled.bind(on_touch_handled=self._play_touch)
        Window.bind(on_flip=lambda _window: self.touch_guard.frame_painted())

    def show(self, journey: Journey) -> None:
        """Show this state. Call it on the Kivy thread for every change; unchanged parts cost almost nothing."""
        visit_id = journey.visit.visit_id if journey.visit is not None else None
        state = journey.screen, visit_id, journey.overlay, journey.asleep
        if state != self._shown_state:
            self._shown_state = state
            self.touch_guard.screen_changed()
        if self._visit_id not in (None, visit_id):
            self._views.clear(replace(journey, visit=Visit(visit_id=0), overlay=None))
        view = self._views.show(journey.screen, journey.accessibility)
        view.show(journey)
        if (journey.screen, visit_id) != (self._screen, self._visit_id):
            self._screen, self._visit_id = journey.screen, visit_id
            view.size = self.size
            view.enter(journey)
            self._views.set_idle(journey.screen is Screen.ATTRACT)
            if journey.screen is Screen.ATTRACT:
                self.focus.reset()
        if journey.asleep:
            self._mount(self._dark_widget, BLACK)
            return
        overlay_view = self._build_overlay(journey)
        self._mount(
            overlay_view or view, overlay_view.theme.overlay_background if overlay_view else view.theme.background
        )
        self._views.preload(journey)
        before, self._shown_journey = self._shown_journey, journey
        if self.audio is not None:
            self.audio.update(before, journey, self._top_widget())

    def view(self, screen: Screen) -> Any:
        """The view of a screen."""
        return self._views.view(screen)

    def built_views(self) -> list[Any]:
        """The views that were built so far."""
        return self._views.built_views()

    def build_ahead(self) -> None:
        """Build the missing views while nobody is waiting."""
        self._views.build_ahead()

    def visible_touch_targets(self) -> list[TouchTarget]:
        """Everything that can be tapped now: on the overlay if there is one, else on the view."""
        return visible_touch_targets(self._top_widget())

    def attach_speaker(self, speaker: Speaker, recordings: Recordings, private: bool) -> None:
        """Use this speaker from now on; see screens.audio_feedback."""
        self.audio = AudioFeedback(speaker, recordings, private)

    def press_key(self, key: KeypadKey) -> None:
        """A key of the tactile keypad was pressed."""
        self._send(ScreenTouched())
        if self._dark_widget.parent is not None:
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
                self._press_help()

    def _press_help(self) -> None:
        """Switch reading aloud on; read the view again when it is on."""
        accessibility = self._shown_journey.accessibility
        if self.audio is not None and not self.audio.can_read(accessibility.language):
            self.audio.play_error()
        elif not accessibility.read_aloud:
            self._send(ToggleReadAloud())
        elif self.audio is not None:
            self.audio.repeat_reading()

    def on_touch_down(self, touch: Any) -> bool:
        """Every touch counts as activity. A touch that wakes the dark screen, or that the touch guard ignores, presses
        nothing. A touch by a finger removes the focus ring."""
        if not self.collide_point(*touch.pos):
            return False
        if touch.device != KEYPAD_DEVICE:
            self.focus.reset()
        if touch.is_mouse_scrolling:
            return bool(super().on_touch_down(touch))
        is_dark = self._dark_widget.parent is not None
        counts = self.touch_guard.touch_began(touch)
        self._send(ScreenTouched())
        return is_dark or not counts or bool(super().on_touch_down(touch))

    def on_touch_move(self, touch: Any) -> bool:
        """Dispatched only for a touch that counts."""
        return not may_act(touch) or bool(super().on_touch_move(touch))

    def on_touch_up(self, touch: Any) -> bool:
        """Dispatched only for a touch that counts."""
        self.touch_guard.touch_ended(touch)
        return not may_act(touch) or bool(super().on_touch_up(touch))

    def _top_widget(self) -> Any:
        """The overlay if there is one, else the view."""
        return self.children[0] if self.children else self

    def _play_touch(self, _signal: object) -> None:
        if self.audio is not None:
            self.audio.play_touch()

    def _speak_target(self, target: FocusTarget) -> None:
        accessibility = self._shown_journey.accessibility
        if self.audio is not None and accessibility.read_aloud:
            self.audio.speak(*describe_target(target.widget, target.name, target.text, accessibility.language))

    def _inject(self, view: Any) -> None:
        """Give a new view or overlay what it needs: a view that declares one of these properties gets it."""
        view.send = self._send
        if hasattr(view, "page_image_of"):
            view.page_image_of = self._page_image
        if hasattr(view, "readiness_report"):
            view.readiness_report = self._readiness_report

    def _mount(self, top: Any, background: Sequence[float]) -> None:
        """Paint only `top`. A view under an overlay is not painted: the next person cannot read it, and it costs no
        time.

        The window is cleared with the background colour: to paint the background took 9 ms of software graphics.
        """
        if self.children != [top]:
            self.clear_widgets()
            self.add_widget(top)
        self._clear_color = background
        self._set_clear_color_soon()

    def _set_clear_color(self, _seconds: float) -> None:
        """Set the colour just before painting, because the first state is shown before this widget is in its window."""
        if (window := self.get_root_window()) is not None:
            window.clearcolor = self._clear_color

    def _build_overlay(self, journey: Journey) -> Any | None:
        """The overlay of the state, showing it; None without an overlay."""
        if journey.overlay is None:
            return None
        overlay_view = self._views.overlay_view(journey.overlay)
        if journey.overlay is Overlay.ACCESSIBILITY:
            can_read = self.audio is not None and self.audio.can_read(journey.accessibility.language)
            overlay_view.audio_support = self.audio is not None, can_read
        overlay_view.show(journey)
        return overlay_view
