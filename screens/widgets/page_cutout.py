"""A part of a scanned page as a picture: what was written by hand, or the place of what a letter offers."""

from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Line, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from ocr import pixels
from screens.theme import current_theme
from screens.widgets.page_image import EDGE_UNITS, make_texture

# Width of a whole page at which 16-point type is as large as 1.3 times the body text: easy to compare with it.
PAGE_WIDTH_UNITS = 1900.0
# Of the page, a tenth of a line above and below: the box of a line already has room for the marks of most letters.
MARGIN, SIDE_MARGIN = 0.003, 0.012
WHOLE = (0.0, 0.0, 1.0, 1.0)

Box = tuple[float, ...]


class PageCutout(Widget):
    """Shows a part of a page, as wide as this widget or smaller. Its height follows from the part's proportions, also
    before there is a picture, so that nothing moves when it comes."""

    box: Box = ObjectProperty(WHOLE)  # left, top, right, bottom, as fractions of the page
    aspect = NumericProperty(0.7)  # width of the page divided by its height
    texture: Any = ObjectProperty(None, allownone=True)
    texture_box: Box = ObjectProperty(WHOLE)  # the part of the texture that is shown

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        super().__init__(size_hint_y=None, **kwargs)
        with self.canvas:
            self._picture_color, self._picture = Color(1, 1, 1, 1), Rectangle()
            self._edge_color, self._edge = Color(), Line()
        for name in ("box", "aspect", "width"):
            self.fbind(name, self._update_height)
        self._draw_soon = Clock.create_trigger(self._draw, -1)
        for name in ("box", "aspect", "texture", "texture_box", "pos", "size"):
            self.fbind(name, self._draw_soon)
        # Weak: the theme outlives this widget, which has a citizen's picture.
        self.theme.bind(unit=self._update_height, scale=self._update_height, contrast=self._on_contrast)
        self._update_height()

    def _on_contrast(self, *_args: object) -> None:
        self._draw_soon()

    def show_part(self, box: Box, page_size: tuple[int, int], page_texture: Texture | None) -> None:
        """Show this part of the page whose picture is `page_texture`."""
        self.aspect = page_size[0] / page_size[1]
        self.box = self.texture_box = with_margin(box)
        self.texture = page_texture

    def cut_from(self, picture: bytes) -> None:
        """Take the part from this picture of the page (`ocr.pixels`), without keeping the rest. Raises ValueError when
        it is no picture."""
        page = pixels.unpack(picture)
        edges = [round(share * side) for share, side in zip(self.box, page.size * 2, strict=True)]
        left, top, right, bottom = edges
        self.texture_box = WHOLE
        self.texture = make_texture(page.crop((left, top, max(right, left + 1), max(bottom, top + 1))))

    def _drawn_size(self) -> tuple[float, float]:
        left, top, right, bottom = self.box
        width = min(self.width, (right - left) * PAGE_WIDTH_UNITS * self.theme.unit * self.theme.scale)
        return width, width * (bottom - top) / ((right - left) * self.aspect)

    def _update_height(self, *_args: object) -> None:
        self.height = round(self._drawn_size()[1])

    def _draw(self, *_args: object) -> None:
        width, height = map(round, self._drawn_size())
        self._picture_color.a = 1 if self.texture else 0
        self._edge_color.rgba = (*self.theme.muted[:3], 1 if self.texture else 0)
        if self.texture is None:
            return
        left, bottom = round(self.x), round(self.top) - height
        self._picture.texture = self.texture  # also sets the coordinates, so it comes first
        self._picture.tex_coords = _tex_coords(self.texture, self.texture_box)
        self._picture.pos, self._picture.size = (left, bottom), (width, height)
        self._edge.width = max(1, EDGE_UNITS * self.theme.unit / 2)
        self._edge.rectangle = left, bottom, width, height


def with_margin(box: Box) -> Box:
    """The box with some of the page around it."""
    left, top, right, bottom = box
    return (
        max(0.0, left - SIDE_MARGIN),
        max(0.0, top - MARGIN),
        min(1.0, right + SIDE_MARGIN),
        min(1.0, bottom + MARGIN),
    )


def _tex_coords(texture: Texture, box: Box) -> tuple[float, ...]:
    page_left, page_bottom, page_right, page_top = (texture.tex_coords[index] for index in (0, 1, 4, 5))
    left, right = (page_left + (page_right - page_left) * share for share in (box[0], box[2]))
    top, bottom = (page_top + (page_bottom - page_top) * share for share in (box[1], box[3]))
    return left, bottom, right, bottom, right, top, left, top
