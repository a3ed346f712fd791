"""Is every corner of the glass touched where the finger is? Marks to be hit, over the whole window."""

from collections.abc import Callable
from itertools import product
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle, SmoothEllipse
from kivy.uix.widget import Widget

from screens.theme import current_theme

GIVE_UP_AFTER_S = 20.0  # without a hit: whoever cannot hit a mark must get out
HIT_RADIUS_MM = 6.0  # how far beside the middle of a mark a finger may land: half a fingertip
TARGET_POSITIONS = tuple(product((0.05, 0.5, 0.95), (0.03, 0.5, 0.97)))  # parts of the window


class TouchTest(Widget):
    """Calls `done` with whether all marks were hit. `pixels_per_mm` is the panel's, by its setting."""

    def __init__(self, done: Callable[[bool], None], pixels_per_mm: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.theme = current_theme()
        self._done, self._hit_radius = done, HIT_RADIUS_MM * pixels_per_mm
        self._open_targets = set(TARGET_POSITIONS)
        self._give_up = Clock.create_trigger(lambda _seconds: self._end(passed=False), GIVE_UP_AFTER_S)
        self._give_up()
        self._draw()

    def on_touch_down(self, touch: Any) -> bool:
        """A hit takes its mark away; the last one ends it."""
        hit = {mark for mark in self._open_targets if self._distance_to(mark, touch) <= self._hit_radius}
        if hit:
            self._open_targets -= hit
            self._give_up.cancel()
            self._give_up()
            self._draw()
        if not self._open_targets:
            self._end(passed=True)
        return True

    def tap_targets(self) -> Any:
        """None: what is hit here are places, not things."""
        return iter(())

    def _distance_to(self, mark: tuple[float, float], touch: Any) -> float:
        across, up = self._center_of(mark)
        return float(((touch.x - across) ** 2 + (touch.y - up) ** 2) ** 0.5)

    def _center_of(self, mark: tuple[float, float]) -> tuple[float, float]:
        return self.x + mark[0] * self.width, self.y + mark[1] * self.height

    def _draw(self) -> None:
        self.canvas.clear()
        with self.canvas:
            Color(*self.theme.background)
            Rectangle(pos=self.pos, size=self.size)
            for mark in TARGET_POSITIONS:
                for share, color in ((1.0, self.theme.strong_border), (0.25, self.theme.background)):
                    Color(*(color if mark in self._open_targets else self.theme.success_background))
                    across, up = self._center_of(mark)
                    radius = self._hit_radius * share
                    SmoothEllipse(pos=(across - radius, up - radius), size=(2 * radius, 2 * radius))

    def _end(self, passed: bool) -> None:
        self._give_up.cancel()
        if self.parent is not None:
            self.parent.remove_widget(self)
            self._done(passed)
