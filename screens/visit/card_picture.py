"""A Thai ID card on its way into the slot, the edge with the chip first: understood without words.

The card is described as it lies before a reader, in millimetres of ISO 7810 from its upper left corner, and drawn
turned by a right angle: the left edge, where the chip is, goes up into the slot. Drawn once; nothing moves.
"""

from typing import Any, NamedTuple

from kivy.clock import Clock
from kivy.graphics import Color, SmoothEllipse, SmoothRoundedRectangle, SmoothTriangle
from kivy.properties import StringProperty
from kivy.uix.widget import Widget

from screens.theme import current_theme

CARD_LENGTH_MM, CARD_WIDTH_MM = 85.6, 54.0  # mm
INSERTED_MM = 3.0  # mm of the card that are in the slot already
SLOT_HEIGHT_MM = 15.0  # mm, height of the drawn slot
SLOT_WIDTH_MM = 96.0  # mm, its width
BORDER_MM = 0.5  # mm


class CardShape(NamedTuple):
    """Something printed on the card: colour of the theme, strength, place in mm, radius of its corners."""

    color: str
    alpha: float
    x: float
    y: float
    width: float
    height: float
    radius: float


CHIP_SHAPES = (
    CardShape("gold_border", 1, 8.6, 19.4, 14.2, 12.2, 2.2),
    CardShape("gold", 1, 9.2, 20.0, 13.0, 11.0, 1.8),
    CardShape("gold_border", 1, 13.4, 20.0, 0.6, 11.0, 0),
    CardShape("gold_border", 1, 17.4, 20.0, 0.6, 11.0, 0),
    CardShape("gold_border", 1, 9.2, 25.2, 13.0, 0.6, 0),
)
FRONT_SHAPES = (
    CardShape("icon", 0.45, 5.0, 4.0, 7.0, 7.0, 3.5),  # the emblem
    CardShape("icon", 0.45, 16.0, 4.4, 42.0, 2.6, 1.3),
    CardShape("icon", 0.45, 16.0, 9.0, 30.0, 2.6, 1.3),
    CardShape("icon", 0.3, 27.0, 17.0, 40.0, 2.2, 1.1),
    CardShape("icon", 0.3, 27.0, 22.0, 32.0, 2.2, 1.1),
    CardShape("icon", 0.3, 27.0, 27.0, 28.0, 2.2, 1.1),
    CardShape("icon", 0.3, 9.0, 37.0, 40.0, 2.2, 1.1),
    CardShape("icon", 0.3, 9.0, 42.0, 34.0, 2.2, 1.1),
    CardShape("icon", 0.2, 62.0, 24.0, 19.0, 25.0, 2.0),  # the photo
    CardShape("icon", 0.8, 67.5, 28.0, 8.0, 8.0, 4.0),
    CardShape("icon", 0.8, 64.5, 38.5, 14.0, 9.5, 4.0),
)
BACK_SHAPES = (
    CardShape("icon", 0.3, 16.0, 8.0, 54.0, 2.2, 1.1),
    CardShape("icon", 0.3, 16.0, 44.0, 38.0, 2.2, 1.1),
    # The chip shines through from below: its outline alone.
    CardShape("gold_border", 1, 8.6, 22.4, 14.2, 12.2, 2.2),
    CardShape("tint", 1, 9.4, 23.2, 12.6, 10.6, 1.6),
)


class CardPicture(Widget):
    """The card under the slot, with arrows beside it. `chip_side` 'down' shows the card's back."""

    chip_side = StringProperty("up")

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        super().__init__(**kwargs)
        draw = Clock.create_trigger(self._draw, -1)
        for name in ("pos", "size", "chip_side"):
            self.fbind(name, draw)
        self.theme.fbind("contrast", draw)
        draw()

    def _draw(self, *_args: object) -> None:
        self.canvas.clear()
        unit = min(
            self.height / (SLOT_HEIGHT_MM + CARD_LENGTH_MM - INSERTED_MM), self.width / SLOT_WIDTH_MM
        )  # pixels of a mm
        top, left = self.top, self.center_x - CARD_WIDTH_MM / 2 * unit
        edge = top - (SLOT_HEIGHT_MM - INSERTED_MM) * unit  # where the card begins, under the slot
        with self.canvas:
            self._card(left, edge, unit)
            for part in (*FRONT_SHAPES, *CHIP_SHAPES) if self.chip_side == "up" else BACK_SHAPES:
                # Turned clockwise: from the card's left to the picture's top, from its bottom to the picture's left.
                width, height = part.height * unit, part.width * unit
                x, y = left + (CARD_WIDTH_MM - part.y - part.height) * unit, edge - (part.x + part.width) * unit
                Color(*getattr(self.theme, part.color)[:3], part.alpha)
                self._rounded(x, y, width, height, part.radius * unit)
            for side in (-1, 1):
                self._arrow(self.center_x + side * 38.5 * unit, top - (SLOT_HEIGHT_MM + 5) * unit, unit)
            self._slot(top, unit)

    def _card(self, left: float, edge: float, unit: float) -> None:
        bottom, width, height = edge - CARD_LENGTH_MM * unit, CARD_WIDTH_MM * unit, CARD_LENGTH_MM * unit
        Color(*self.theme.icon)
        self._rounded(left, bottom, width, height, 3.2 * unit)
        Color(*self.theme.tint)
        rim = BORDER_MM * unit
        self._rounded(left + rim, bottom + rim, width - 2 * rim, height - 2 * rim, 2.8 * unit)

    def _arrow(self, middle: float, tip: float, unit: float) -> None:
        Color(*self.theme.gold_border)
        head, shaft = 8 * unit, 30 * unit
        SmoothTriangle(points=(middle - head, tip - 1.4 * head, middle + head, tip - 1.4 * head, middle, tip))
        self._rounded(middle - 2.5 * unit, tip - 1.2 * head - shaft, 5 * unit, shaft, 2.5 * unit)

    def _slot(self, top: float, unit: float) -> None:
        left, height = self.center_x - SLOT_WIDTH_MM / 2 * unit, (SLOT_HEIGHT_MM - INSERTED_MM / 2) * unit
        Color(*self.theme.divider)
        self._rounded(left, top - height, SLOT_WIDTH_MM * unit, height, 3 * unit)
        Color(*self.theme.overlay_background)
        rim = BORDER_MM * unit
        self._rounded(left + rim, top - height + rim, SLOT_WIDTH_MM * unit - 2 * rim, height - 2 * rim, 2.6 * unit)
        Color(*self.theme.gold)
        self._rounded(self.center_x - 30 * unit, top - height + 2.4 * unit, 60 * unit, 2 * unit, unit)

    def _rounded(self, x: float, y: float, width: float, height: float, radius: float) -> None:
        if radius > min(width, height) / 2 - 0.01 and abs(width - height) < 0.5:
            SmoothEllipse(pos=(x, y), size=(width, height))
        else:
            SmoothRoundedRectangle(pos=(x, y), size=(width, height), radius=[radius], segments=8)
