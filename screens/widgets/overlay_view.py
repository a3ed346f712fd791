"""The base class of overlays, which cover a view until they are answered."""

from collections.abc import Callable
from typing import Any

from kivy.properties import ObjectProperty
from kivy.uix.floatlayout import FloatLayout

from journey.events import DismissOverlay, Event, RequestStaff
from screens.theme import current_theme


class OverlayView(FloatLayout):
    """A panel on a plain background. Subclasses fill the panel by their rule and follow the journey in `show`."""

    send: Callable[[Event], None] = ObjectProperty(lambda event: None)

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        super().__init__(**kwargs)

    def dismiss(self) -> None:
        """Close the overlay and continue with the view."""
        self.send(DismissOverlay())

    def press_staff(self) -> None:
        """Call staff."""
        self.send(RequestStaff())

    def on_touch_down(self, touch: Any) -> bool:
        """Take every touch: one beside the panel presses nothing."""
        super().on_touch_down(touch)
        return True
