"""The test of the touch panel: targets to hit, spread over the whole window."""

from collections.abc import Callable
from itertools import product
from math import hypot
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle, SmoothEllipse
from kivy.uix.widget import Widget

from screens.theme import current_theme

GIVE_UP_AFTER_S = 20.0  # seconds without a hit end the test, so that a technician who cannot hit a target can leave
HIT_RADIUS_MM = 6.0  # distance from the centre of a target that counts as a hit: half a fingertip
TARGET_POSITIONS = tuple(product((0.05, 0.5, 0.95), (0.03, 0.5, 0.97)))  # parts of the window


class TouchTest(Widget):
    """Calls `done` with whether all targets were hit. `pixels_per_mm` is computed from the panel's width setting."""

    def __init__(self, done: Callable[[bool], None], pixels_per_mm: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.theme = current_theme()
        self._done, self._hit_radius = done, HIT_RADIUS_MM * pixels_per_mm
        self._open_targets = set(TARGET_POSITIONS)
        self._give_up = Clock.create_trigger(lambda _seconds: self._end(passed=False), GIVE_UP_AFTER_S)
        self._give_up()
        self._draw()

    def on_touch_down(self, touch: Any) -> bool:
        """A hit closes its target; the last one ends the test."""
        hit = {target for target in self._open_targets if self._distance_to(target, touch) <= self._hit_radius}
        if hit:
            self._open_targets -= hit
            self._give_up.cancel()
            self._give_up()
            self._draw()
        if not self._open_targets:
            self._end(passed=True)
        return True

    def tap_targets(self) -> Any:
        """None: the targets of the test are not named."""
        return iter(())

    def _distance_to(self, target: tuple[float, float], touch: Any) -> float:
        x, y = self._center_of(target)
        return hypot(touch.x - x, touch.y - y)

    def _center_of(self, target: tuple[float, float]) -> tuple[float, float]:
        return self.x + target[0] * self.width, self.y + target[1] * self.height

    def _draw(self) -> None:
        self.canvas.clear()
        with self.canvas:
            Color(*self.theme.background)
            Rectangle(pos=self.pos, size=self.size)
            for target in TARGET_POSITIONS:
                x, y = self._center_of(target)
                for share, color in ((1.0, self.theme.strong_border), (0.25, self.theme.background)):
                    Color(*(color if target in self._open_targets else self.theme.success_background))
                    radius = self._hit_radius * share
                    SmoothEllipse(pos=(x - radius, y - radius), size=(2 * radius, 2 * radius))

    def _end(self, passed: bool) -> None:
        self._give_up.cancel()
        if self.parent is not None:
            self.parent.remove_widget(self)
            self._done(passed)
