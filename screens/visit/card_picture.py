"""A picture of a Thai ID card at the slot, the edge with the chip first: understandable without words.

The shapes on the card are given in millimetres from its top left corner (ISO 7810), the card upright, and are drawn
rotated by a right angle: the left edge, where the chip is, is at the slot. Nothing moves.
"""

from typing import Any, NamedTuple

from kivy.clock import Clock
from kivy.graphics import Color, SmoothEllipse, SmoothRoundedRectangle, SmoothTriangle
from kivy.properties import StringProperty
from kivy.uix.widget import Widget

from screens.theme import current_theme

CARD_LENGTH_MM, CARD_WIDTH_MM = 85.6, 54.0
INSERTED_MM = 3.0  # the part of the card that is in the slot
SLOT_HEIGHT_MM, SLOT_WIDTH_MM = 15.0, 96.0  # of the drawn slot
BORDER_MM = 0.5


class CardShape(NamedTuple):
    """A rounded rectangle printed on the card. Lengths are millimetres."""

    color: str  # of the theme
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
    # The chip seen from behind: only its outline.
    CardShape("gold_border", 1, 8.6, 22.4, 14.2, 12.2, 2.2),
    CardShape("tint", 1, 9.4, 23.2, 12.6, 10.6, 1.6),
)


class CardPicture(Widget):
    """The card below the slot, with arrows beside it. `chip_side` is 'up', or 'down' for the back of the card."""

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
        mm = min(self.height / (SLOT_HEIGHT_MM + CARD_LENGTH_MM - INSERTED_MM), self.width / SLOT_WIDTH_MM)  # pixels
        left = self.center_x - CARD_WIDTH_MM / 2 * mm
        card_top = self.top - (SLOT_HEIGHT_MM - INSERTED_MM) * mm
        with self.canvas:
            self._draw_card(left, card_top, mm)
            for shape in (*FRONT_SHAPES, *CHIP_SHAPES) if self.chip_side == "up" else BACK_SHAPES:
                # Rotated clockwise: the card's left is at the top of the picture, its bottom at the left.
                x = left + (CARD_WIDTH_MM - shape.y - shape.height) * mm
                y = card_top - (shape.x + shape.width) * mm
                Color(*getattr(self.theme, shape.color)[:3], shape.alpha)
                self._draw_rounded(x, y, shape.height * mm, shape.width * mm, shape.radius * mm)
            for side in (-1, 1):
                self._draw_arrow(self.center_x + side * 38.5 * mm, self.top - (SLOT_HEIGHT_MM + 5) * mm, mm)
            self._draw_slot(mm)

    def _draw_card(self, left: float, top: float, mm: float) -> None:
        bottom, width, height = top - CARD_LENGTH_MM * mm, CARD_WIDTH_MM * mm, CARD_LENGTH_MM * mm
        Color(*self.theme.icon)
        self._draw_rounded(left, bottom, width, height, 3.2 * mm)
        Color(*self.theme.tint)
        border = BORDER_MM * mm
        self._draw_rounded(left + border, bottom + border, width - 2 * border, height - 2 * border, 2.8 * mm)

    def _draw_arrow(self, middle: float, tip: float, mm: float) -> None:
        Color(*self.theme.gold_border)
        head, shaft = 8 * mm, 30 * mm
        SmoothTriangle(points=(middle - head, tip - 1.4 * head, middle + head, tip - 1.4 * head, middle, tip))
        self._draw_rounded(middle - 2.5 * mm, tip - 1.2 * head - shaft, 5 * mm, shaft, 2.5 * mm)

    def _draw_slot(self, mm: float) -> None:
        left, height = self.center_x - SLOT_WIDTH_MM / 2 * mm, (SLOT_HEIGHT_MM - INSERTED_MM / 2) * mm
        bottom, width, border = self.top - height, SLOT_WIDTH_MM * mm, BORDER_MM * mm
        Color(*self.theme.divider)
        self._draw_rounded(left, bottom, width, height, 3 * mm)
        Color(*self.theme.overlay_background)
        self._draw_rounded(left + border, bottom + border, width - 2 * border, height - 2 * border, 2.6 * mm)
        Color(*self.theme.gold)
        self._draw_rounded(self.center_x - 30 * mm, bottom + 2.4 * mm, 60 * mm, 2 * mm, mm)

    def _draw_rounded(self, x: float, y: float, width: float, height: float, radius: float) -> None:
        if radius > min(width, height) / 2 - 0.01 and abs(width - height) < 0.5:
            SmoothEllipse(pos=(x, y), size=(width, height))
        else:
            SmoothRoundedRectangle(pos=(x, y), size=(width, height), radius=[radius], segments=8)
