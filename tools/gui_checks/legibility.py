"""Checks legibility and touch targets: painted contrast, target sizes in millimetres."""

from collections.abc import Sequence
from importlib import import_module

from PIL import Image

from tools.gui_checks.drawn_items import Rect, list_drawn_items
from tools.gui_checks.window_harness import WindowHarness

MIN_TEXT_CONTRAST = 7.0  # WCAG 2.2, 1.4.6
MIN_ICON_CONTRAST = 3.0  # WCAG 2.2, 1.4.11
MIN_TARGET_MM = 20.0  # width and height
MIN_KEY_PITCH_MM = 15.0  # from one key or suggested word to the next
KEY_GAP_UNITS = 16.0  # units of the theme, between keys
PANEL_LONG_SIDE_MM = 477.0  # the longer side of a 21.5" panel

RgbColor = tuple[int, int, int]


def contrast_ratio(one: RgbColor, other: RgbColor) -> float:
    """WCAG's contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def find_low_contrast(harness: WindowHarness) -> list[str]:
    """Texts and icons with too little contrast to the background painted behind them."""
    picture = harness.screenshot()
    problems = []
    for item in list_drawn_items(harness.root_view.children[0], harness.window.size):
        shown = item.ink.intersection(item.clip)
        if not hasattr(item.widget, "texture_size") or not shown.has_area(4):
            continue
        ink = _to_rgb(item.widget.color[:3])
        background = _background_color(picture, shown, ink)
        alpha = item.widget.color[3]
        painted = _to_rgb(
            [(over * alpha + under * (1 - alpha)) / 255 for over, under in zip(ink, background, strict=True)]
        )
        ratio = contrast_ratio(painted, background)
        if ratio < (MIN_TEXT_CONTRAST if hasattr(item.widget, "display_text") else MIN_ICON_CONTRAST):
            problems.append(f"{item.name} is #{_to_hex(painted)} on #{_to_hex(background)}: {ratio:.1f} : 1")
    return problems


def find_small_targets(harness: WindowHarness) -> list[str]:
    """Touch targets that are hard to hit."""
    u = import_module("screens.theme").current_theme().unit
    scale = PANEL_LONG_SIDE_MM / max(harness.window.size)
    problems = []
    for widget in harness.root_view.children[0].walk(restrict=True):
        for name, _text, rect in widget.tap_targets() if hasattr(widget, "tap_targets") else ():
            is_key = name.startswith(("key.", "suggest."))
            gap = KEY_GAP_UNITS * u if is_key else 0.0
            width, height = (rect.width + gap) * scale, (rect.height + gap) * scale
            if min(width, height) < (MIN_KEY_PITCH_MM if is_key else MIN_TARGET_MM) - 0.05:
                problems.append(f"{name} is {width:.1f} × {height:.1f} mm")
    return problems


def _background_color(picture: Image.Image, shown: Rect, ink: RgbColor) -> RgbColor:
    """The most frequent colour in the rectangle other than the ink."""
    height = picture.size[1]
    box = (round(shown.left), round(height - shown.top), round(shown.right), round(height - shown.bottom))
    crop = picture.crop(box)
    counts: list[tuple[int, RgbColor]] = crop.getcolors(crop.width * crop.height)  # type: ignore[assignment]
    return max(((count, color) for count, color in counts if color != ink), default=(0, ink))[1]


def _to_rgb(parts: Sequence[float]) -> RgbColor:
    red, green, blue = (round(255 * part) for part in parts)
    return red, green, blue


def _luminance(color: RgbColor) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(part) for part in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_hex(color: RgbColor) -> str:
    return "".join(f"{part:02x}" for part in color)
