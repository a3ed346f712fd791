"""What stands before a page until it is answered."""

from collections.abc import Callable
from typing import Any

from kivy.properties import ObjectProperty
from kivy.uix.floatlayout import FloatLayout

from journey.events import DismissOverlay, Event, RequestStaff
from screens.theme import current_theme


class OverlayView(FloatLayout):
    """A card with a question; subclasses fill it by their rule and follow the journey in `show`."""

    send: Callable[[Event], None] = ObjectProperty(lambda event: None)

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        super().__init__(**kwargs)

    def dismiss(self) -> None:
        """Go on with the page."""
        self.send(DismissOverlay())

    def press_staff(self) -> None:
        """Ask staff."""
        self.send(RequestStaff())

    def on_touch_down(self, touch: Any) -> bool:
        """What is not on the card presses nothing."""
        super().on_touch_down(touch)
        return True
