"""The theme: colours, type sizes, lengths, and the accessibility options of the visit.

Each view has its own theme, so that a new text size lays out the visible view first and the hidden ones afterwards: all
eighteen at once took 250 ms, one takes 15 to 25 ms. A widget keeps the theme that is applied while it is built: .kv
rules refer to it as `theme`, Python code gets it from `current_theme()`. Only the view cache applies and changes
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

# Contrast of text on its background is at least 7:1, of meaningful borders 3:1 (docs/look.md §2).
STANDARD_PALETTE: Final = {
    "background": "#F6F3EA",
    "panel": "#FFFFFF",
    "ink": "#14213D",
    "muted": "#3F4B66",
    "divider": "#D9D3C3",
    "strong_border": "#12376E",  # border of what can be touched or is selected
    "primary": "#12376E",
    "primary_pressed": "#1F4F9E",  # under a finger
    "primary_ink": "#FFFFFF",
    "tint": "#E6EFFA",  # behind an icon; a pressed white button
    "icon": "#12376E",
    "disabled_fill": "#ECE7DA",  # a disabled button
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
    "key_corner": "#735006",  # the shifted character in a key's corner
    "attract_top": "#17408A",  # the attract screen's gradient
    "attract_bottom": "#0B2144",
    "attract_pressed": "#2658A0",
    "attract_ink": "#FFFFFF",
    "attract_muted": "#D6E0F2",
    "overlay_background": "#14213D",  # around the panel of an overlay
    "step_done": "#12376E",  # completed steps in the step indicator
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
    """Properties that .kv rules bind to. Lengths are pixels."""

    unit = NumericProperty(1.0)  # 1/1080 of the window's short side, or 1/1600 of the long side where that is less
    portrait = BooleanProperty(True)
    language = StringProperty("th")
    other_language = StringProperty("en")
    contrast = StringProperty(Contrast.NORMAL.value)
    low_reach = BooleanProperty(False)
    left_handed = BooleanProperty(False)  # rows are mirrored: the main button is at the left
    long_press_keys = BooleanProperty(False)  # a key that is held writes its shifted character
    scale = NumericProperty(1.0)  # of text: 1, 1.4 or 1.8
    has_spare_room = BooleanProperty(True)  # a tall window and normal text size: icons may be large

    display = NumericProperty(112)
    headline = NumericProperty(64)
    button = NumericProperty(44)
    body = NumericProperty(40)
    body_small = NumericProperty(34)
    caption = NumericProperty(28)

    margin = NumericProperty(48)
    gap = NumericProperty(24)

    # Heights of buttons.
    edit_button_height = NumericProperty(92)  # in a row of the review
    small_button_height = NumericProperty(104)
    test_button_height = NumericProperty(108)  # on the technician's screen
    inline_button_height = NumericProperty(112)  # inside the content of a screen
    button_height = NumericProperty(126)
    overlay_button_height = NumericProperty(140)
    large_button_height = NumericProperty(150)

    # Ink on a white panel that looks like the printed receipt, whatever the palette.
    printed_ink = ColorProperty("#14213D")
    printed_muted = ColorProperty("#46536E")

    _is_tall = True

    def resize(self, width: float, height: float) -> None:
        """Recompute all lengths for a window of this size in pixels."""
        self.portrait, self._is_tall = height > width * 1.05, height > width * 1.5
        # 1600: for windows nearly square
        self.unit = max(0.2, min(min(width, height) / 1080, max(width, height) / 1600))
        self._update_sizes()

    def apply(self, accessibility: AccessibilityOptions) -> None:
        """Recompute colours, type sizes and lengths for these options."""
        self.language = accessibility.language
        self.other_language = OTHER_LANGUAGE[accessibility.language]
        self.low_reach, self.left_handed = accessibility.low_reach, accessibility.left_handed
        self.long_press_keys = accessibility.long_press_keys
        self.scale = accessibility.text_size.value / 100
        self._update_sizes()
        if accessibility.contrast.value != self.contrast:
            for name, value in PALETTES[accessibility.contrast].items():
                setattr(self, name, get_color_from_hex(value))
            self.contrast = accessibility.contrast.value  # last: what is bound to it reads the new colours

    def _update_sizes(self) -> None:
        u, scale = self.unit, self.scale
        self.has_spare_room = self._is_tall and scale == 1
        large = 1 + (scale - 1) / 3  # large type grows less
        medium = 1 + (scale - 1) * 2 / 3
        self.display, self.headline = round(112 * u * large), round(64 * u * large)
        self.button, self.body = round(44 * u * medium), round(40 * u * scale)
        self.body_small, self.caption = round(34 * u * scale), round(28 * u * scale)
        self.margin, self.gap = 48 * u, 24 * u
        self.edit_button_height, self.small_button_height, self.test_button_height = 92 * u, 104 * u, 108 * u
        self.inline_button_height, self.button_height = 112 * u, 126 * u
        self.overlay_button_height, self.large_button_height = 140 * u, 150 * u


# The character of each icon in the icon typeface, by the icon's name.
ICONS: Final[dict[str, str]] = {
    name: chr(int(point, 16)) for name, point in json.loads((ASSETS_DIR / "icons" / "names.json").read_text()).items()
}


def current_theme() -> Theme:
    """The theme that widgets built now get."""
    theme: Theme = global_idmap["theme"]
    return theme


def apply_theme(theme: Theme) -> None:
    """Give this theme to all widgets built from now on."""
    global_idmap["theme"] = theme


@contextmanager
def theme_applied(theme: Theme) -> Iterator[None]:
    """Apply this theme to widgets built inside the `with` block."""
    before = current_theme()
    apply_theme(theme)
    try:
        yield
    finally:
        apply_theme(before)


apply_theme(Theme())
