"""Scanned pages on the screen: the whole page, a thumbnail to tap, and the line that is being corrected."""

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

EDGE_UNITS = 3.0  # units of the theme: visible between a white page and a white background
LINE_HEIGHT_SHARE = 0.026  # of a page's height: a line of 16-point type with its spacing


class PageImage(Image):
    """Shows a page packed by `ocr.pixels`, as large as it fits, with an edge around it: page and background may both be
    white.

    Only the picture shown is kept. Nothing is decoded here, because scanned pictures are untrusted input.
    """

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
        """Show this picture; None shows nothing. Raises ValueError when it is no picture."""
        self.texture = None if picture is None else make_texture(pixels.unpack(picture))

    def show_thumbnail(self, picture: bytes, side: int) -> None:
        """Show it reduced to at most `side` pixels, which takes a tenth of the memory. Raises ValueError when it is no
        picture."""
        thumbnail = pixels.unpack(picture)
        thumbnail.thumbnail((side, side), reducing_gap=2)
        self.texture = make_texture(thumbnail)

    def _draw_edge(self, *_args: object) -> None:
        width, height = self.norm_image_size
        left, bottom = self.center_x - width / 2, self.center_y - height / 2
        self._edge_color.rgba = (*self.theme.muted[:3], 1 if self.texture else 0)
        self._edge.width = max(1, EDGE_UNITS * self.theme.unit / 2)
        self._edge.rectangle = (round(left), round(bottom), round(width), round(height))


def make_texture(picture: Pictures.Image) -> Texture:
    """A texture with this picture."""
    texture = Texture.create(size=picture.size, colorfmt="rgb")
    texture.blit_buffer(picture.convert("RGB").tobytes(), colorfmt="rgb", bufferfmt="ubyte")
    texture.flip_vertical()
    return texture


class PageImageButton(PressableBox):
    """A page that can be tapped."""

    picture: PageImage = ObjectProperty(None)


class LineExcerpt(RoundedBox):
    """The part of a page around one of its lines, as wide as this widget, with the line marked."""

    texture: Any = ObjectProperty(None, allownone=True)
    middle = NumericProperty(0)  # of the line, in parts of the page's height from its top
    line_height = NumericProperty(LINE_HEIGHT_SHARE)  # of the mark, in parts of the page's height; 0 marks nothing

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        super().__init__(**kwargs)
        with self.canvas:
            self._page_color, self._page = Color(), Rectangle()
            self._mark_color, self._mark = Color(), Rectangle()
        paint = Clock.create_trigger(self._paint_page, -1)
        for name in ("texture", "middle", "line_height", "pos", "size"):
            self.fbind(name, paint)
        self.theme.fbind("contrast", paint)

    def _paint_page(self, *_args: object) -> None:
        inset = self.radius / 2
        width, height = self.width - 2 * inset, self.height - 2 * inset
        is_visible = self.texture is not None and width > 1 and height > 1
        self._page_color.rgba = (1, 1, 1, 1 if is_visible else 0)
        self._mark_color.rgba = (*self.theme.gold[:3], 0.35 if is_visible and self.line_height else 0)
        if not is_visible:
            return
        page_width, page_height = self.texture.size
        full_height = width * page_height / page_width  # of the page at this width
        share = min(1.0, height / full_height)  # of the page's height that is visible
        height = min(height, full_height)
        first = min(max(0.0, self.middle - share / 2), 1 - share)  # top of the visible part, in parts of the page
        left, bottom = self.x + inset, self.top - inset - height
        self._page.texture = self.texture  # also sets the coordinates, so it comes first
        self._page.tex_coords = self._tex_coords(first, first + share)
        self._page.pos, self._page.size = (round(left), round(bottom)), (round(width), round(height))
        mark_height = self.line_height / share * height
        mark_middle = bottom + height - (self.middle - first) / share * height
        mark_bottom = max(bottom, min(mark_middle - mark_height / 2, bottom + height - mark_height))
        self._mark.pos, self._mark.size = (round(left), round(mark_bottom)), (round(width), round(mark_height))

    def _tex_coords(self, first: float, last: float) -> tuple[float, ...]:
        """Texture coordinates of the part between two heights, in parts of the page's height from its top."""
        left, page_bottom, right, page_top = (self.texture.tex_coords[index] for index in (0, 1, 4, 5))
        bottom, top = (page_top + (page_bottom - page_top) * part for part in (last, first))
        return left, bottom, right, bottom, right, top, left, top


load_kv(__file__)
