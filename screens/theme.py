"""The theme: colours, six sizes of type, the unit of length, and how this visit wants to be shown.

Each view has a theme of its own, so that another size of type lays out the page on the glass first and the hidden ones
afterwards: all eighteen at once took 250 ms, one takes 15 to 25. Whatever is built while a theme is applied keeps it:
rules in .kv know it as `theme`, widgets ask for it by `current_theme()`. Only the view cache applies and changes
themes.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from kivy.event import EventDispatcher
from kivy.lang.parser import global_idmap
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.utils import get_color_from_hex

from journey.state import AccessibilityOptions, Contrast
from screens.kivy_setup import ASSETS_DIR

OTHER_LANGUAGE: Final = {"th": "en", "en": "th"}

# Contrast of text on its ground is at least 7:1, of borders that mean something 3:1 (docs/look.md §2).
STANDARD_PALETTE: Final = {
    "background": "#F6F3EA",
    "panel": "#FFFFFF",
    "ink": "#14213D",
    "muted": "#3F4B66",
    "divider": "#D9D3C3",
    "strong_border": "#12376E",  # border of what can be touched or is chosen
    "primary": "#12376E",
    "primary_pressed": "#1F4F9E",  # under a finger
    "primary_ink": "#FFFFFF",
    "tint": "#E6EFFA",  # the square behind an icon
    "icon": "#12376E",
    "disabled_fill": "#ECE7DA",  # what cannot be pressed now
    "gold": "#F3B63A",
    "gold_pressed": "#E0A02A",
    "gold_border": "#B57F12",
    "gold_ink": "#14213D",
    "success": "#0A5A3A",
    "success_background": "#E2F1E9",
    "success_ink": "#FFFFFF",
    "error": "#8C1D18",
    "error_background": "#FBE7E4",
    "warning": "#5E4206",
    "warning_background": "#FBF0D6",
    "keyboard_background": "#D9D3C3",  # under the keyboard
    "key": "#FFFFFF",
    "key_muted": "#ECE7DA",
    "key_corner": "#735006",  # the shifted sign in a key's corner
    "attract_top": "#17408A",  # the attract screen's ground
    "attract_bottom": "#0B2144",
    "attract_pressed": "#2658A0",
    "attract_ink": "#FFFFFF",
    "attract_muted": "#D6E0F2",
    "overlay_background": "#14213D",  # the ground of a question
    "step_done": "#12376E",  # the steps that lie behind
}
DARK_PALETTE: Final = STANDARD_PALETTE | {
    "background": "#0A1122",
    "panel": "#14213D",
    "ink": "#FFFFFF",
    "muted": "#DCE4F2",
    "divider": "#7F8FB3",
    "strong_border": "#F3B63A",
    "primary": "#F3B63A",
    "primary_pressed": "#FFD98A",
    "primary_ink": "#14213D",
    "tint": "#2A3B63",
    "icon": "#FFFFFF",
    "disabled_fill": "#14213D",
    "gold_pressed": "#FFD98A",
    "gold_border": "#F3B63A",
    "success": "#8FE3B8",
    "success_background": "#0D3A29",
    "success_ink": "#0A1122",
    "error": "#FFB9B2",
    "error_background": "#4A1714",
    "warning": "#FFE3A6",
    "warning_background": "#42320B",
    "keyboard_background": "#0A1122",
    "key": "#1E2E54",
    "key_muted": "#14213D",
    "key_corner": "#F3B63A",
    "attract_top": "#0A1122",
    "attract_bottom": "#0A1122",
    "attract_pressed": "#2A3B63",
    "attract_muted": "#FFFFFF",
    "overlay_background": "#000000",
    "step_done": "#DCE4F2",
}
LIGHT_PALETTE: Final = STANDARD_PALETTE | {
    "background": "#FFFFFF",
    "ink": "#000000",
    "muted": "#1C1C1C",
    "divider": "#5C5C5C",
    "strong_border": "#000000",
    "primary": "#00205B",
    "primary_pressed": "#1F4F9E",
    "tint": "#E4ECFA",
    "icon": "#000000",
    "disabled_fill": "#E4E4E4",
    "gold": "#FFD21F",
    "gold_pressed": "#D9AE00",
    "gold_border": "#6B4E00",
    "gold_ink": "#000000",
    "success": "#00472B",
    "success_background": "#FFFFFF",
    "error": "#7A0000",
    "error_background": "#FFFFFF",
    "warning": "#332300",
    "warning_background": "#FFF6CC",
    "keyboard_background": "#B8B8B8",
    "key_muted": "#E4E4E4",
    "key_corner": "#5A3D00",
    "attract_top": "#FFFFFF",
    "attract_bottom": "#FFFFFF",
    "attract_pressed": "#D6E0F2",
    "attract_ink": "#000000",
    "attract_muted": "#1C1C1C",
    "overlay_background": "#000000",
    "step_done": "#00205B",
}
PALETTES: Final = {Contrast.NORMAL: STANDARD_PALETTE, Contrast.DARK: DARK_PALETTE, Contrast.LIGHT: LIGHT_PALETTE}

Palette: Final = type(
    "Palette", (EventDispatcher,), {name: ColorProperty(value) for name, value in STANDARD_PALETTE.items()}
)


class Theme(Palette):  # type: ignore[valid-type, misc]
    """What every rule may bind to. Lengths are pixels: `unit` is one of 1080 parts of the window's narrow side, or
    of 1600 of the long one where that is less."""

    unit = NumericProperty(1.0)
    portrait = BooleanProperty(True)
    language = StringProperty("th")
    other_language = StringProperty("en")
    contrast = StringProperty(Contrast.NORMAL.value)
    low_reach = BooleanProperty(False)
    left_handed = BooleanProperty(False)  # what the right hand does by habit stands at the left
    long_press_keys = BooleanProperty(False)  # a key that is held writes its other sign
    scale = NumericProperty(1.0)  # 1, 1.4 or 1.8
    has_spare_room = BooleanProperty(True)  # a tall window and type of the usual size: ornaments may be large

    display = NumericProperty(112)
    headline = NumericProperty(64)
    button = NumericProperty(44)
    body = NumericProperty(40)
    body_small = NumericProperty(34)
    caption = NumericProperty(28)

    margin = NumericProperty(48)
    gap = NumericProperty(24)
    corner = NumericProperty(26)

    _is_tall = True

    def resize(self, width: float, height: float) -> None:
        """Follow the window's size."""
        self.portrait, self._is_tall = height > width * 1.05, height > width * 1.5
        # 1600: for windows nearly square
        self.unit = max(0.2, min(min(width, height) / 1080, max(width, height) / 1600))
        self._update_sizes()

    def apply(self, accessibility: AccessibilityOptions) -> None:
        """Follow the citizen's wishes."""
        self.language = accessibility.language
        self.other_language = OTHER_LANGUAGE[accessibility.language]
        self.low_reach, self.left_handed = accessibility.low_reach, accessibility.left_handed
        self.long_press_keys = accessibility.long_press_keys
        self.scale = accessibility.text_size.value / 100
        self._update_sizes()
        if accessibility.contrast.value != self.contrast:
            for name, value in PALETTES[accessibility.contrast].items():
                setattr(self, name, get_color_from_hex(value))
            self.contrast = accessibility.contrast.value  # after the colours: whoever follows it takes them

    def _update_sizes(self) -> None:
        u, scale = self.unit, self.scale
        self.has_spare_room = self._is_tall and scale == 1
        big = 1 + (scale - 1) / 3  # what is large already grows less
        middle = 1 + (scale - 1) * 2 / 3
        self.display, self.headline = round(112 * u * big), round(64 * u * big)
        self.button, self.body = round(44 * u * middle), round(40 * u * scale)
        self.body_small, self.caption = round(34 * u * scale), round(28 * u * scale)
        self.margin, self.gap, self.corner = 48 * u, 24 * u, 26 * u


# Glyph of each icon by its name.
ICONS: Final[dict[str, str]] = {
    name: chr(int(point, 16)) for name, point in json.loads((ASSETS_DIR / "icons" / "names.json").read_text()).items()
}


def current_theme() -> Theme:
    """The theme of what is being built now."""
    theme: Theme = global_idmap["theme"]
    return theme


def apply_theme(theme: Theme) -> None:
    """From now on what is built takes this theme."""
    global_idmap["theme"] = theme


@contextmanager
def theme_applied(theme: Theme) -> Iterator[None]:
    """Apply it for a while."""
    before = current_theme()
    apply_theme(theme)
    try:
        yield
    finally:
        apply_theme(before)


apply_theme(Theme())
