"""The typefaces of the pages: the families of `ocr.training.typefaces`, in the same split.

`./run bench ocr` fetches all of them once (`fetch`). Without that, only those are used that Debian has installed: then
the pages are others, but tests of the generator need no network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from ocr.training import typefaces as table
from ocr.training.typeface_files import TypefaceError, characters, faces, fetch_typefaces
from tests.ocr_pages.split import Split

FOLDER = Path(__file__).parents[2] / "ocr-output" / "typefaces"
_TYPEWRITER, _INFORMAL = "typewriter", "informal"
_BOLD_ENDINGS = ("-Bold", "_700Bold", "-700-normal")
_REQUIRED = frozenset("กฎฐญฬฮะัาำิีึืุูเแโใไๅๆ็่้๊๋์๐๑๒๓๔๕๖๗๘๙0123456789ABYZabyz()/.,-:@")
# Raqm sets the marks of Tlwg Mono beside their letters; Tlwg Typewriter has no bold face with marks in place.
_EXCLUDED_FAMILIES = ("Tlwg Mono",)


@dataclass(frozen=True)
class Typeface:
    """A family with an upright and a bold face, which may be the same. `design` as in `ocr.training.typefaces`."""

    family: str
    split: Split
    design: str
    regular: Path
    bold: Path

    @property
    def is_fixed_pitch(self) -> bool:
        """Whether it is that of a typewriter."""
        return self.design == _TYPEWRITER


def fetch() -> str:
    """Fetch all typefaces that are missing. '' on success, otherwise one sentence that says what is used instead."""
    try:
        fetch_typefaces(FOLDER)
    except (TypefaceError, OSError) as error:
        return f"only Debian's installed typefaces are used, figures are not comparable: {error}"
    finally:
        typefaces_of.cache_clear()
    return ""


@lru_cache(maxsize=16)
def typefaces_of(split: Split, *, is_fixed_pitch: bool = False) -> Sequence[Typeface]:
    """The typefaces of a split in the table's order; with `is_fixed_pitch` only those of typewriters.

    Typefaces that look like handwriting and those without Latin letters are left out."""
    files = _files_by_family(split)
    return [
        Typeface(family.family, split, family.design, paths[0], _find_bold(paths))
        for family in table.typefaces_of(split.value)
        if (paths := files.get(family.family))
        and family.design != _INFORMAL
        and (family.design == _TYPEWRITER or not is_fixed_pitch)
        and family.family not in _EXCLUDED_FAMILIES
        and characters(paths[0]) >= _REQUIRED
    ]


def _files_by_family(split: Split) -> dict[str, list[Path]]:
    files: dict[str, list[Path]] = {}
    try:
        for face in faces(FOLDER, split.value):
            files.setdefault(face.family, []).append(face.path)
    except TypefaceError:
        for family in table.typefaces_of(split.value):
            installed = [Path("/") / f"{face}.ttf" for face in family.faces]  # where Debian's package has it
            if family.package.source == "debian" and all(path.exists() for path in installed):
                files[family.family] = installed
    return files


def _find_bold(paths: Sequence[Path]) -> Path:
    return next((path for path in paths if path.stem.endswith(_BOLD_ENDINGS)), paths[0])


@lru_cache(maxsize=64)
def open_font(path: Path, size_px: float) -> ImageFont.FreeTypeFont:
    """The face at a size of the em in pixels, shaped by Raqm: marks are in their places."""
    return ImageFont.truetype(path, size_px, layout_engine=ImageFont.Layout.RAQM)


@lru_cache(maxsize=64)
def em_for_letter_height(path: Path, letter_px: float) -> float:
    """The em at which «ก» is `letter_px` high. Faces differ by a third in letter height at one em."""
    top, bottom = open_font(path, 1000).getbbox("ก", anchor="ls")[1::2]
    return 1000 * letter_px / (bottom - top)
