"""Rectangles in Kivy's window coordinates: pixels, origin bottom left."""

from dataclasses import dataclass

from kivy.uix.widget import Widget


@dataclass(frozen=True)
class Rect:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    def contains(self, x: float, y: float) -> bool:
        """Whether the point is inside or on the edge."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height

    def expanded(self, margin: float) -> "Rect":
        """This rectangle, larger by `margin` on each side."""
        return Rect(self.x - margin, self.y - margin, self.width + 2 * margin, self.height + 2 * margin)

    def intersection(self, clip: "Rect") -> "Rect | None":
        """The common part; None when it is a pixel or less in either direction."""
        x, y = max(self.x, clip.x), max(self.y, clip.y)
        right = min(self.x + self.width, clip.x + clip.width)
        top = min(self.y + self.height, clip.y + clip.height)
        return Rect(x, y, right - x, top - y) if right - x > 1 and top - y > 1 else None


def window_rect(widget: Widget) -> Rect:
    """The widget's rectangle in the window."""
    x, y = widget.to_window(*widget.pos)
    return Rect(x, y, widget.width, widget.height)
