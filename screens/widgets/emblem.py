"""The emblem and the long press on it, which is the technician's hidden entry."""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from journey.events import Event, OpenTechnician
from screens.kv_loader import load_kv
from screens.widgets import text_labels as _text_labels  # noqa: F401  the rule uses its icon

LONG_PRESS_S = 2.5  # longer than a hand rests by accident, short enough to explain on the phone


class TechnicianEntryArea(BoxLayout):
    """Opens the technician's PIN screen when a finger rests on it for LONG_PRESS_S."""

    send: Callable[[Event], None] = ObjectProperty(lambda event: None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._long_press_timer = Clock.create_trigger(self._long_pressed, LONG_PRESS_S)

    def on_touch_down(self, touch: Any) -> bool:
        """A finger went down: start the timer."""
        is_handled = bool(super().on_touch_down(touch))
        if self.collide_point(*touch.pos) and not touch.is_mouse_scrolling:
            touch.grab(self)
            self._long_press_timer()
            return True
        return is_handled

    def on_touch_move(self, touch: Any) -> bool:
        """A finger that leaves the area cancels the long press."""
        if touch.grab_current is self and not self.collide_point(*touch.pos):
            self._long_press_timer.cancel()
        return bool(super().on_touch_move(touch))

    def on_touch_up(self, touch: Any) -> bool:
        """The finger was lifted: before the long press it was a tap."""
        if touch.grab_current is not self:
            return bool(super().on_touch_up(touch))
        touch.ungrab(self)
        if self._long_press_timer.is_triggered:
            self._long_press_timer.cancel()
            self.handle_tap()
        return True

    def handle_tap(self) -> None:
        """A tap; does nothing unless a subclass overrides it."""

    def _long_pressed(self, _seconds: float) -> None:
        self.send(OpenTechnician())


class Emblem(TechnicianEntryArea):
    """The emblem in a ring."""

    side = NumericProperty(92)


load_kv(__file__)
