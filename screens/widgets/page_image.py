"""Scanned pages on the glass: the whole page, a small one to tap, the part of a page that is being corrected."""

from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Line, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.image import Image
from PIL import Image as Pictures

from ocr import pixels
from screens.kv_loader import load_kv
from screens.theme import current_theme
from screens.widgets.buttons import PressableBox
from screens.widgets.containers import RoundedBox

EDGE_UNITS = 3.0  # units of the look: seen between white paper and a white ground
LINE_HEIGHT_SHARE = 0.026  # of a page's height: a line of 16-point type with its air


class PageImage(Image):
    """Shows the pixels of `ocr.pixels`, as large as its place allows, with an edge around it: paper and ground may both
    be white. Nothing is cached beyond the picture shown, and nothing is decoded: the picture is a stranger's."""

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        super().__init__(**kwargs)
        self._edge_color, self._edge = Color(), Line()
        self.canvas.after.add(self._edge_color)
        self.canvas.after.add(self._edge)
        draw = Clock.create_trigger(self._draw_edge, -1)
        for name in ("texture", "pos", "size", "norm_image_size"):
            self.fbind(name, draw)
        self.theme.fbind("contrast", draw)

    def show_image(self, picture: bytes | None) -> None:
        """Show this picture; None shows nothing. Raises ValueError for what is none."""
        self.texture = None if picture is None else _texture(pixels.unpack(picture))

    def show_thumbnail(self, picture: bytes, side: int) -> None:
        """Show it reduced to at most `side` pixels, which takes a tenth of the memory. Raises ValueError."""
        small = pixels.unpack(picture)
        small.thumbnail((side, side), reducing_gap=2)
        self.texture = _texture(small)

    def _draw_edge(self, *_args: object) -> None:
        wide, high = self.norm_image_size
        left, bottom = self.center_x - wide / 2, self.center_y - high / 2
        self._edge_color.rgba = (*self.theme.muted[:3], 1 if self.texture else 0)
        self._edge.width = max(1, EDGE_UNITS * self.theme.unit / 2)
        self._edge.rectangle = (round(left), round(bottom), round(wide), round(high))


def _texture(picture: Pictures.Image) -> Texture:
    texture = Texture.create(size=picture.size, colorfmt="rgb")
    texture.blit_buffer(picture.convert("RGB").tobytes(), colorfmt="rgb", bufferfmt="ubyte")
    texture.flip_vertical()
    return texture


class PageImageButton(PressableBox):
    """The picture of a page, to tap."""

    picture: PageImage = ObjectProperty(None)


class LineExcerpt(RoundedBox):
    """The part of a page around one of its lines, as wide as its place, with that line marked."""

    texture: Any = ObjectProperty(None, allownone=True)
    middle = NumericProperty(0)  # of the line: 0 is the page's top, 1 its bottom
    line = NumericProperty(LINE_HEIGHT_SHARE)  # height of the mark, in parts of the page's; 0 marks nothing

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        super().__init__(**kwargs)
        with self.canvas:
            self._paper_color, self._paper = Color(), Rectangle()
            self._mark_color, self._mark = Color(), Rectangle()
        paint = Clock.create_trigger(self._paint_page, -1)
        for name in ("texture", "middle", "line", "pos", "size"):
            self.fbind(name, paint)
        self.theme.fbind("contrast", paint)

    def _paint_page(self, *_args: object) -> None:
        inset = self.radius / 2
        wide, high = self.width - 2 * inset, self.height - 2 * inset
        shows = self.texture is not None and wide > 1 and high > 1
        self._paper_color.rgba = (1, 1, 1, 1 if shows else 0)
        self._mark_color.rgba = (*self.theme.gold[:3], 0.35 if shows and self.line else 0)
        if not shows:
            return
        across, down = self.texture.size
        share = min(1.0, high / (wide * down / across))  # of the page's height that there is room for
        high = min(high, wide * down / across)
        top = min(max(0.0, self.middle - share / 2), 1 - share)
        left, bottom = self.x + inset, self.top - inset - high
        u0, v0, u1, v1 = (self.texture.tex_coords[index] for index in (0, 1, 4, 5))  # of its lower left, upper right

        def height_of(part: float) -> float:
            return float(v1 + (v0 - v1) * part)  # 0 is the top of the page

        low, up = height_of(top + share), height_of(top)
        self._paper.texture = self.texture  # sets the coordinates too, so before them
        self._paper.tex_coords = (u0, low, u1, low, u1, up, u0, up)
        self._paper.pos, self._paper.size = (round(left), round(bottom)), (round(wide), round(high))
        band = self.line / share * high
        marked = bottom + high - (self.middle - top) / share * high
        self._mark.pos = round(left), round(max(bottom, min(marked - band / 2, bottom + high - band)))
        self._mark.size = round(wide), round(band)


load_kv(__file__)
