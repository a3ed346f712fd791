"""Cutting what is painted to a rectangle of the glass."""

from typing import Any

from kivy.base import EventLoop
from kivy.graphics import ScissorPush
from kivy.vector import Vector


class ClipRect(ScissorPush):
    """Cuts what follows, up to a ScissorPop. A stencil paints its rectangle twice: 4 ms in software graphics."""

    def fit(self, x: float, y: float, width: float, height: float, window: Any = None) -> None:
        """The rectangle, in pixels of the window. The graphics cut the glass itself, which may hang turned."""
        window = window or EventLoop.window
        middle, glass = Vector(window.size) / 2, Vector(window._get_effective_size()) / 2
        corners = [
            (Vector(corner) - middle).rotate(window.rotation) + glass for corner in ((x, y), (x + width, y + height))
        ]
        self.x, self.y = (round(min(parts)) for parts in zip(*corners, strict=True))
        right, top = (round(max(parts)) for parts in zip(*corners, strict=True))
        self.width, self.height = right - self.x, top - self.y
