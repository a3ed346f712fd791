"""The page shown when the interface does not start, drawn in advance.

provision/fault_page.py writes it to the framebuffer with Debian's own Python only: the page is drawn while the program
works, so showing it does not need this program, its libraries or kiosk.toml. A page is one line of JSON followed by the
compressed pixels. What is known only at the time of the fault, such as the key of a wrong setting, is composed from the
glyphs of `draw_glyphs`.
"""

import json
import zlib
from dataclasses import dataclass
from enum import Enum

from PIL import Image, ImageDraw, ImageFont

from kiosk_app.receipt.strips import ASSETS, DESCENT, LINE_HEIGHT, Typeface
from kiosk_app.settings import SETTINGS_ERROR_CODE
from protocol.bilingual_text import BilingualText
from thai.line_breaking import wrap

GLYPHS = "".join(map(chr, range(32, 127)))
_DEFAULT_DISPLAY_SIZES = ((1080, 1920), (1920, 1080))  # for a display of unknown size
_ICON = "\uea06"  # 'alert-triangle' in the icons' names.json
_BACKGROUND, _BOX_FILL, _INK, _SOFT = "#F6F3EA", "#FFFFFF", "#14213D", "#3F4B66"
_LINE, _NOTE, _NOTE_GROUND, _BLUE = "#D9D3C3", "#5E4206", "#FBF0D6", "#12376E"
_HOTLINE = "1567"


class FaultCause(Enum):
    """Why the interface does not start. The value names the page."""

    SETTINGS = "settings"
    PROGRAM = "program"


CAUSE_CODES = {FaultCause.SETTINGS: SETTINGS_ERROR_CODE, FaultCause.PROGRAM: "K-16"}
CAUSE_TEXTS = {
    FaultCause.SETTINGS: BilingualText("มีค่าที่ตั้งผิดใน kiosk.toml", "A setting in kiosk.toml is wrong"),
    FaultCause.PROGRAM: BilingualText("โปรแกรมของตู้เปิดไม่ขึ้น", "The kiosk's program does not start"),
}


@dataclass(frozen=True)
class Display:
    """A display and what differs between halls: the size of its framebuffer in pixels, the rotation of the picture on
    it (degrees counterclockwise), and the service desk's telephone number, '' when unknown."""

    width: int
    height: int
    rotation: int = 0
    phone: str = ""


def displays_to_draw(size: tuple[int, int] | None, rotation: int, phone: str) -> list[Display]:
    """The displays to draw pages for: the one of that size, and two common ones in case the display is replaced."""
    return [
        Display(width, height, rotation, phone)
        for width, height in dict.fromkeys([*([size] if size else []), *_DEFAULT_DISPLAY_SIZES])
    ]


def encode_page(picture: Image.Image, metadata: dict[str, object]) -> bytes:
    """A page, or the glyphs, in the format of provision/fault_page.py."""
    head = json.dumps({"width": picture.width, "height": picture.height, **metadata})
    return head.encode() + b"\n" + zlib.compress(picture.convert("RGB").tobytes("raw", "BGRX"), 9)


def draw_page(cause: FaultCause, display: Display) -> bytes:
    """The page upright, before it is rotated for the display. Raises ShapingMissingError."""
    picture, metadata = _PageCanvas(display).draw(cause)
    return encode_page(picture, {**metadata, "turn": display.rotation})


def draw_page_picture(cause: FaultCause, display: Display) -> Image.Image:
    """The page as a picture, for the handbook. Raises ShapingMissingError."""
    return _PageCanvas(display).draw(cause)[0]


def draw_glyphs(display: Display) -> bytes:
    """Printable ASCII characters side by side, in the colours of the page's box. `edges` are their left edges, and the
    right edge of the last one. Raises ShapingMissingError."""
    typeface = _PageCanvas(display).typeface("SemiBold", 34)
    edges = [0]
    for glyph in GLYPHS:
        edges.append(edges[-1] + round(typeface.width(glyph)))
    picture = Image.new("RGB", (edges[-1], round(typeface.size * 1.6)), _BOX_FILL)
    for left, right, glyph in zip(edges, edges[1:], GLYPHS, strict=False):
        cell = Image.new("RGB", (right - left, picture.height), _BOX_FILL)  # separate: a j extends beyond its cell
        ImageDraw.Draw(cell).text((0, typeface.size * 1.15), glyph, _INK, font=typeface.font, anchor="ls")
        picture.paste(cell, (left, 0))
    return encode_page(picture, {"edges": edges})


class _PageCanvas:
    """One page while it is drawn, from the top to the bottom."""

    def __init__(self, display: Display) -> None:
        is_sideways = display.rotation in (90, 270)
        self._width, self._height = (display.height, display.width) if is_sideways else (display.width, display.height)
        self._phone = display.phone
        is_portrait = self._height > self._width
        self._unit = min(self._width / 1080, self._height / (1500 if is_portrait else 1180))
        self._column = min(self._width - 96 * self._unit, (984 if is_portrait else 1500) * self._unit)
        self._picture = Image.new("RGB", (self._width, self._height), _BACKGROUND)
        self._draw = ImageDraw.Draw(self._picture)
        self._y = 0.0

    def typeface(self, weight: str, size: float) -> Typeface:
        """A typeface; `size` is in pixels on a display 1080 pixels wide."""
        return Typeface(weight, max(10, round(size * self._unit)))

    def draw(self, cause: FaultCause) -> tuple[Image.Image, dict[str, object]]:
        """The picture, and the position of the detail for staff."""
        self._y = max(40 * self._unit, (self._height - 1100 * self._unit) / 2.2)
        self._draw_badge(200)
        self._draw_paragraph("ตู้นี้หยุดให้บริการชั่วคราว", "Bold", 64, _INK)
        self._draw_paragraph("This kiosk is out of service for now", "Regular", 34, _SOFT)
        self._y += 36 * self._unit
        self._draw_paragraph("โปรดแจ้งเรื่องที่เคาน์เตอร์ หรือโทร", "Regular", 44, _INK)
        self._draw_paragraph("Please go to the service desk, or call", "Regular", 30, _SOFT)
        self._draw_paragraph(
            " · ".join(filter(None, (_HOTLINE, self._phone))), "Bold", 112 if not self._phone else 84, _BLUE
        )
        self._y = max(self._y + 40 * self._unit, self._height - 330 * self._unit)
        left, top = (self._width - self._column) / 2, self._y
        frame = (left, top, left + self._column, top + 262 * self._unit)
        self._draw.rounded_rectangle(
            frame, radius=28 * self._unit, fill=_BOX_FILL, outline=_LINE, width=max(2, round(3 * self._unit))
        )
        self._y += 26 * self._unit
        self._draw_paragraph(f"{CAUSE_CODES[cause]} · {CAUSE_TEXTS[cause].th}", "SemiBold", 34, _INK)
        self._draw_paragraph(CAUSE_TEXTS[cause].en, "Regular", 30, _SOFT)
        detail = {
            "x": round(left + 32 * self._unit),
            "y": round(self._y),
            "width": round(self._column - 64 * self._unit),
        }
        self._y += 66 * self._unit
        self._draw_paragraph("เครื่องจะลองเปิดใหม่เองทุก 5 นาที · It tries again every 5 minutes", "Regular", 28, _SOFT)
        return self._picture, {"detail": detail}

    def _draw_badge(self, side: float) -> None:
        side *= self._unit
        left = (self._width - side) / 2
        self._draw.ellipse((left, self._y, left + side, self._y + side), fill=_NOTE_GROUND)
        icons = ImageFont.truetype(ASSETS / "icons" / "icons.ttf", round(side * 0.55))
        self._draw.text((self._width / 2, self._y + side / 2), _ICON, _NOTE, font=icons, anchor="mm")
        self._y += side + 20 * self._unit

    def _draw_paragraph(self, words: str, weight: str, size: float, ink: str) -> None:
        """A centred paragraph in balanced lines."""
        typeface = self.typeface(weight, size)
        for line in wrap(words, typeface.width, self._column - 64 * self._unit, balance=True):
            baseline = self._y + typeface.size * (LINE_HEIGHT - DESCENT)
            self._draw.text((self._width / 2, baseline), line, ink, font=typeface.font, anchor="ms", language="th")
            self._y += typeface.size * LINE_HEIGHT
