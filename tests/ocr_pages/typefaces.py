"""The typefaces of the pages, each in one split. All have the ten Thai digits and Latin letters.

Free typefaces only: Debian's `fonts-tlwg-*` and `fonts-arundina`, and Sarabun from this repository. What is not
installed is left out; `missing_typefaces` names it.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from tests.ocr_pages.split import Split

_TLWG = Path("/usr/share/fonts/truetype/tlwg")
_ARUNDINA = Path("/usr/share/fonts/truetype/arundina")
_ASSETS = Path(__file__).parents[2] / "assets" / "fonts"


@dataclass(frozen=True)
class Typeface:
    """A family with an upright and a bold face. `is_fixed_pitch`: of a typewriter."""

    family: str
    split: Split
    regular: Path
    bold: Path
    is_fixed_pitch: bool = False


def _tlwg(family: str, split: Split, *, is_fixed_pitch: bool = False) -> Typeface:
    return Typeface(family, split, _TLWG / f"{family}.ttf", _TLWG / f"{family}-Bold.ttf", is_fixed_pitch)


def _arundina(family: str, split: Split, *, is_fixed_pitch: bool = False) -> Typeface:
    return Typeface(family, split, _ARUNDINA / f"{family}.ttf", _ARUNDINA / f"{family}-Bold.ttf", is_fixed_pitch)


_ALL = (
    Typeface("Sarabun", Split.TRAINING, _ASSETS / "Sarabun-Regular.ttf", _ASSETS / "Sarabun-Bold.ttf"),
    _tlwg("Laksaman", Split.TRAINING),
    _tlwg("Kinnari", Split.TRAINING),
    _tlwg("Garuda", Split.TRAINING),
    _tlwg("Umpush", Split.TRAINING),
    _tlwg("Sawasdee", Split.TRAINING),
    _tlwg("TlwgTypist", Split.TRAINING, is_fixed_pitch=True),
    _tlwg("TlwgTypo", Split.TRAINING, is_fixed_pitch=True),
    _arundina("ArundinaSerif", Split.TRAINING),
    _arundina("ArundinaSansMono", Split.TUNING, is_fixed_pitch=True),
    _tlwg("Loma", Split.TUNING),
    _tlwg("Norasi", Split.HELD_OUT),
    _tlwg("Waree", Split.HELD_OUT),
    Typeface(  # its bold face has misplaced marks
        "TlwgTypewriter",
        Split.HELD_OUT,
        _TLWG / "TlwgTypewriter.ttf",
        _TLWG / "TlwgTypewriter.ttf",
        is_fixed_pitch=True,
    ),
    _arundina("ArundinaSans", Split.HELD_OUT),
)
TYPEFACES = tuple(typeface for typeface in _ALL if typeface.regular.exists() and typeface.bold.exists())


def missing_typefaces() -> list[str]:
    """Families that are not installed."""
    return sorted({typeface.family for typeface in _ALL} - {typeface.family for typeface in TYPEFACES})


def typefaces_of(split: Split, *, is_fixed_pitch: bool = False) -> list[Typeface]:
    """The installed typefaces of a split; with `is_fixed_pitch` only those of typewriters."""
    return [
        typeface
        for typeface in TYPEFACES
        if typeface.split is split and (typeface.is_fixed_pitch or not is_fixed_pitch)
    ]


@lru_cache(maxsize=64)
def open_font(path: Path, size_px: float) -> ImageFont.FreeTypeFont:
    """The face at a size of the em in pixels, shaped by Raqm: marks are in their places."""
    return ImageFont.truetype(path, size_px, layout_engine=ImageFont.Layout.RAQM)


@lru_cache(maxsize=64)
def em_for_letter_height(path: Path, letter_px: float) -> float:
    """The em at which «ก» is `letter_px` high. Faces differ by a third in letter height at one em."""
    top, bottom = open_font(path, 1000).getbbox("ก", anchor="ls")[1::2]
    return 1000 * letter_px / (bottom - top)
