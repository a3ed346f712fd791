"""The targets of the touch calibration, shown one after the other over the whole window."""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle, SmoothEllipse
from kivy.uix.widget import Widget

from screens.theme import current_theme

# In parts of the picture from its top left corner; kiosk_app.setup.touch_matrix has the same ones.
TARGETS = ((0.1, 0.1), (0.9, 0.1), (0.5, 0.5), (0.1, 0.9), (0.9, 0.9))
GIVE_UP_AFTER_S = 20.0  # without a touch: a technician whose touches are not felt can leave


class TouchCalibration(Widget):
    """Calls `done` with the touches as "x,y x,y …", or with '' when a target was not touched."""

    def __init__(self, done: Callable[[str], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.theme = current_theme()
        self._done = done
        self._touches: list[str] = []
        self._give_up = Clock.create_trigger(lambda _seconds: self._end(""), GIVE_UP_AFTER_S)
        self._give_up()
        self._draw()

    def on_touch_down(self, touch: Any) -> bool:
        """Every touch belongs to the target that is shown, wherever it is felt."""
        x, y = (touch.x - self.x) / self.width, 1 - (touch.y - self.y) / self.height
        self._touches.append(f"{x:.4f},{y:.4f}")
        self._give_up.cancel()
        if len(self._touches) == len(TARGETS):
            self._end(" ".join(self._touches))
        else:
            self._give_up()
            self._draw()
        return True

    def _end(self, touches: str) -> None:
        self._give_up.cancel()
        if self.parent is not None:
            self.parent.remove_widget(self)
        self._done(touches)

    def _draw(self) -> None:
        """A dot in a ring at the present target."""
        x, y = TARGETS[len(self._touches)]
        centre_x, centre_y = self.x + x * self.width, self.y + (1 - y) * self.height
        self.canvas.clear()
        with self.canvas:
            Color(*self.theme.background)
            Rectangle(pos=self.pos, size=self.size)
            for color, side in ((self.theme.primary, 120), (self.theme.background, 96), (self.theme.primary, 24)):
                pixels = side * self.theme.unit
                Color(*color)
                SmoothEllipse(pos=(centre_x - pixels / 2, centre_y - pixels / 2), size=(pixels, pixels))
