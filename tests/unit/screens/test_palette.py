"""The palettes: what stands on what can be read.

The screens' own words are measured as painted (appearance_gui). Here stands what a canvas draws, and what only a
touch or a fault brings up.
"""

import pytest

from screens import theme
from tools.gui_checks.legibility import MIN_ICON_CONTRAST, MIN_TEXT_CONTRAST, RgbColor, contrast_ratio

GROUNDS = ("background", "panel", "tint", "key_muted", "disabled_fill", "key")
WORDS = [
    *(("ink", ground) for ground in GROUNDS),
    *(("muted", ground) for ground in GROUNDS),
    ("key_corner", "key"),
    ("gold_ink", "gold"),
    ("gold_ink", "gold_pressed"),
    ("primary_ink", "primary"),
    ("primary_ink", "primary_pressed"),
    *((ink, ground) for ink in ("attract_ink", "attract_muted") for ground in ("attract_bottom", "attract_top")),
    ("attract_ink", "attract_pressed"),
    ("success_ink", "success"),
    ("error", "error_background"),
    ("error", "background"),
    ("warning", "warning_background"),
]
# Borders of what can be touched or is chosen, icons, the caret, the step one is at.
SIGNS = [
    ("strong_border", "background"),
    ("strong_border", "panel"),
    ("icon", "tint"),
    ("icon", "background"),
    ("gold_border", "panel"),
    ("gold_border", "background"),
    ("success", "panel"),
]
PALETTES = pytest.mark.parametrize("palette", theme.PALETTES.values(), ids=[key.value for key in theme.PALETTES])


def rgb(color: str) -> RgbColor:
    red, green, blue = bytes.fromhex(color[1:7])
    return red, green, blue


@PALETTES
@pytest.mark.parametrize(("ink", "ground"), WORDS)
def test_words_stand_out(palette: dict[str, str], ink: str, ground: str) -> None:
    assert contrast_ratio(rgb(palette[ink]), rgb(palette[ground])) >= MIN_TEXT_CONTRAST


@PALETTES
@pytest.mark.parametrize(("sign", "ground"), SIGNS)
def test_signs_stand_out(palette: dict[str, str], sign: str, ground: str) -> None:
    assert contrast_ratio(rgb(palette[sign]), rgb(palette[ground])) >= MIN_ICON_CONTRAST


def test_contrast_is_wcags() -> None:
    assert contrast_ratio((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast_ratio((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
