"""The technician's PIN."""

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
    """One circle for each sign that was entered, painted: no sign of the typeface is one."""

    count = NumericProperty(0)
    side = NumericProperty(40)  # pixels across one circle

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
        """In one row in the middle, closer together when they would not fit."""
        self._circles.clear()
        self._color.rgba = self.theme.ink
        step = min(1.6 * self.side, self.width / max(1, self.count))
        left = self.center_x - step * self.count / 2 + (step - self.side) / 2
        for index in range(int(self.count)):
            place = round(left + index * step), round(self.center_y - self.side / 2)
            self._circles.add(SmoothEllipse(pos=place, size=(round(self.side), round(self.side))))


class TechnicianPinView(ScreenView):
    """Dots for digits; the pad writes straight into this page."""

    pin = StringProperty()
    status_message = StringProperty()
    is_checking = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._failures = 0
        self.tray.add_widget(Keyboard(layout="digits", field=self))

    def update(self, journey: Journey) -> None:
        """Wrong, or locked for how long."""
        if journey.pin_failures != self._failures:
            self._failures, self.pin = journey.pin_failures, ""
        locked = journey.pin_locked_until > journey.now
        self.is_checking = bool(journey.pending_pin_check_id)
        failed = LOCKED if locked else WRONG if journey.pin_failures else ""
        self.status_message = CHECKING if self.is_checking else failed
        self._update_button()

    def enter(self, journey: Journey) -> None:
        """Begin empty."""
        super().enter(journey)
        self.pin = ""

    def _update_button(self) -> None:
        self.primary_enabled = bool(self.pin) and not self.is_checking

    def on_pin(self, _widget: object, pin: str) -> None:
        """Another digit."""
        self._update_button()

    def write(self, sign: str) -> None:
        """From the pad."""
        if len(self.pin) < MAX_PIN_DIGITS:
            self.pin += sign

    def delete_backward(self) -> None:
        """From the pad."""
        self.pin = self.pin[:-1]

    def press_primary(self) -> None:
        """Try it."""
        pin, self.pin = self.pin, ""
        self.send(EnterPin(pin))


load_kv(__file__)
