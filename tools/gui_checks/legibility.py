"""Whether everybody can read and touch what stands on the glass: contrast as painted, targets in millimetres."""

from collections.abc import Sequence
from importlib import import_module

from PIL import Image

from tools.gui_checks.drawn_items import Rect, pieces
from tools.gui_checks.window_harness import Stage

LEAST_CONTRAST = 7.0  # of words: WCAG 2.2, 1.4.6
LEAST_CONTRAST_OF_ICONS = 3.0  # 1.4.11
LEAST_TARGET = 20.0  # mm, either way
LEAST_PITCH = 15.0  # mm, from one key or suggested word to the next
KEY_GAP = 16.0  # units of the look, between keys
PANEL_MM = 477.0  # the longer side of the 21.5" panel that all this is made for

Rgb = tuple[int, int, int]


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG's contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def faint(stage: Stage) -> list[str]:
    """Words and icons whose colour is too near to the ground that was painted under them."""
    picture = stage.picture()
    found = []
    for piece in pieces(stage.shell.children[0], stage.window.size):
        shown = piece.ink.meets(piece.clip)
        if not hasattr(piece.widget, "texture_size") or not shown.shows(4):
            continue
        ink = _bytes(piece.widget.color[:3])
        ground = _ground(picture, shown, ink)
        opaque = piece.widget.color[3]
        seen = _bytes([(over * opaque + under * (1 - opaque)) / 255 for over, under in zip(ink, ground, strict=True)])
        least = LEAST_CONTRAST if hasattr(piece.widget, "said") else LEAST_CONTRAST_OF_ICONS
        if contrast(seen, ground) < least:
            found.append(f"{piece.name} is #{_hex(seen)} on #{_hex(ground)}: {contrast(seen, ground):.1f} : 1")
    return found


def small(stage: Stage) -> list[str]:
    """What is hard to hit."""
    u = import_module("screens.theme").worn().u
    scale = PANEL_MM / max(stage.window.size)
    found = []
    for widget in stage.shell.children[0].walk(restrict=True):
        for name, _text, box in widget.taps() if hasattr(widget, "taps") else ():
            key = name.startswith(("key.", "suggest."))
            room = KEY_GAP * u if key else 0.0
            least = LEAST_PITCH if key else LEAST_TARGET
            width, height = (box.width + room) * scale, (box.height + room) * scale
            if min(width, height) < least - 0.05:
                found.append(f"{name} is {width:.1f} × {height:.1f} mm")
    return found


def _ground(picture: Image.Image, shown: Rect, ink: Rgb) -> Rgb:
    """The colour seen most where the words are, that of the words aside."""
    height = picture.size[1]
    box = (round(shown.left), round(height - shown.top), round(shown.right), round(height - shown.bottom))
    crop = picture.crop(box)
    seen: list[tuple[int, Rgb]] = crop.getcolors(crop.width * crop.height)  # type: ignore[assignment]
    return max(((count, color) for count, color in seen if color != ink), default=(0, ink))[1]


def _bytes(parts: Sequence[float]) -> Rgb:
    red, green, blue = (round(255 * part) for part in parts)
    return red, green, blue


def _luminance(color: Rgb) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(part) for part in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _hex(color: Rgb) -> str:
    return "".join(f"{part:02x}" for part in color)
