"""The technician's PIN screen."""

from typing import Any

from kivy.graphics import Color, InstructionGroup, SmoothEllipse
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from journey.events import EnterPin
from journey.language import _
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.theme import current_theme
from screens.widgets.keyboard import Keyboard
from screens.widgets.screen_view import ScreenView

MAX_PIN_DIGITS = 12
LOCKED = _("Too many incorrect PINs. Wait a moment")
WRONG = _("Incorrect PIN")
CHECKING = _("Checking the PIN …")


class PinDots(Widget):
    """One circle for each digit of the PIN, painted: the typeface has no such character."""

    count = NumericProperty(0)
    side = NumericProperty(40)  # pixels, diameter of a circle

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        super().__init__(**kwargs)
        self._color = Color()
        self._circles = InstructionGroup()
        self.canvas.add(self._color)
        self.canvas.add(self._circles)
        for name in ("count", "side", "pos", "size"):
            self.fbind(name, self._paint)
        self.theme.fbind("ink", self._paint)

    def _paint(self, *_args: object) -> None:
        """One centred row, closer together when the circles would not fit."""
        self._circles.clear()
        self._color.rgba = self.theme.ink
        step = min(1.6 * self.side, self.width / max(1, self.count))
        left = self.center_x - step * self.count / 2 + (step - self.side) / 2
        for index in range(int(self.count)):
            position = round(left + index * step), round(self.center_y - self.side / 2)
            self._circles.add(SmoothEllipse(pos=position, size=(round(self.side), round(self.side))))


class TechnicianPinView(ScreenView):
    """The keyboard writes into this view: it has the methods of a field."""

    pin = StringProperty()
    status_message = StringProperty()
    is_checking = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._failures = 0
        self.tray.add_widget(Keyboard(layout="digits", field=self))

    def update(self, journey: Journey) -> None:
        """Show whether the PIN is being checked, was wrong, or is locked."""
        if journey.pin_failures != self._failures:
            self._failures, self.pin = journey.pin_failures, ""
        locked = journey.pin_locked_until > journey.now
        self.is_checking = bool(journey.pending_pin_check_id)
        failure_message = LOCKED if locked else WRONG if journey.pin_failures else ""
        self.status_message = CHECKING if self.is_checking else failure_message
        self._update_button()

    def enter(self, journey: Journey) -> None:
        """Begin with an empty PIN."""
        super().enter(journey)
        self.pin = ""

    def _update_button(self) -> None:
        self.primary_enabled = bool(self.pin) and not self.is_checking

    def on_pin(self, _widget: object, pin: str) -> None:
        """The PIN changed."""
        self._update_button()

    def write(self, text: str) -> None:
        """Called by the keyboard."""
        if len(self.pin) < MAX_PIN_DIGITS:
            self.pin += text

    def delete_backward(self) -> None:
        """Called by the keyboard."""
        self.pin = self.pin[:-1]

    def press_primary(self) -> None:
        """Check the PIN."""
        pin, self.pin = self.pin, ""
        self.send(EnterPin(pin))


load_kv(__file__)
