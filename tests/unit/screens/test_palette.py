"""The palettes: contrast of text and signs on their backgrounds.

The texts of the screens are measured as painted (appearance_gui). These are the colours that are drawn on a canvas or
shown only after a touch or a fault.
"""

import pytest

from screens import theme
from tools.gui_checks.legibility import MIN_ICON_CONTRAST, MIN_TEXT_CONTRAST, RgbColor, contrast_ratio

BACKGROUNDS = ("background", "panel", "tint", "key_muted", "disabled_fill", "key")
TEXT_PAIRS = [
    *(("ink", background) for background in BACKGROUNDS),
    *(("muted", background) for background in BACKGROUNDS),
    ("key_corner", "key"),
    ("gold_ink", "gold"),
    ("gold_ink", "gold_pressed"),
    ("primary_ink", "primary"),
    ("primary_ink", "primary_pressed"),
    *(
        (ink, background)
        for ink in ("attract_ink", "attract_muted")
        for background in ("attract_bottom", "attract_top")
    ),
    ("attract_ink", "attract_pressed"),
    ("success_ink", "success"),
    ("error", "error_background"),
    ("error", "background"),
    ("warning", "warning_background"),
]
# Borders of what can be touched or is selected, icons, the caret, the current step.
SIGN_PAIRS = [
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
@pytest.mark.parametrize(("ink", "background"), TEXT_PAIRS)
def test_texts_have_enough_contrast(palette: dict[str, str], ink: str, background: str) -> None:
    assert contrast_ratio(rgb(palette[ink]), rgb(palette[background])) >= MIN_TEXT_CONTRAST


@PALETTES
@pytest.mark.parametrize(("sign", "background"), SIGN_PAIRS)
def test_signs_have_enough_contrast(palette: dict[str, str], sign: str, background: str) -> None:
    assert contrast_ratio(rgb(palette[sign]), rgb(palette[background])) >= MIN_ICON_CONTRAST


def test_contrast_is_computed_as_in_wcag() -> None:
    assert contrast_ratio((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast_ratio((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
