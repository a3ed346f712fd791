"""Every page of the benchmark: kinds, how many of each are in a split, and how one is made from its name."""

import hashlib
from dataclasses import dataclass

import numpy as np
from PIL import Image

from tests.ocr_pages.degradations import camera, scans
from tests.ocr_pages.degradations.recipe import RECIPES
from tests.ocr_pages.degradations.scans import Degradation
from tests.ocr_pages.layouts import LAYOUTS
from tests.ocr_pages.page_file import PageFile
from tests.ocr_pages.picture_files import encode_picture
from tests.ocr_pages.sheet import Sheet, Style
from tests.ocr_pages.split import Split
from tests.ocr_pages.texts import SOURCES
from tests.ocr_pages.texts.source import Numerals, TextWriter
from tests.ocr_pages.typefaces import typefaces_of

PAGES_PER_KIND = {Split.TRAINING: 3, Split.TUNING: 3, Split.HELD_OUT: 6}
SEED = 2569
_LETTERS = ("memo", "official letter", "complaint", "second page")
_PHOTO_QUALITY = 88  # of a telephone's JPEG
_SPACINGS = (1.0, 1.6)  # of the face's own line height
_LETTER_MM = (2.0, 2.7)
_NUMERAL_SHARES = {Numerals.THAI: 0.6, Numerals.ARABIC: 0.2, Numerals.MIXED: 0.2}


@dataclass(frozen=True)
class Kind:
    """What the pages of one row of the results share. `is_by_paragraph`: text beside the paragraphs does not count,
    because a photograph shows more than the page."""

    name: str
    degradations: tuple[Degradation, ...] = (scans.scan,)
    layouts: tuple[str, ...] = _LETTERS
    numerals: Numerals | None = None
    is_photo: bool = False
    is_by_paragraph: bool = False
    is_fixed_pitch: bool = False
    spacing: float | None = None


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("memo", layouts=("memo",)),
        Kind("official letter", layouts=("official letter",)),
        Kind("complaint", layouts=("complaint",)),
        Kind("page number", layouts=("second page",)),
        Kind("two columns", layouts=("two columns",)),
        Kind("table", layouts=("table",)),
        Kind("form", layouts=("form",)),
        Kind("form by hand", layouts=("form by hand",)),
        Kind("mixed numerals", layouts=("numbers",), numerals=Numerals.MIXED),
        Kind("thai numerals", layouts=("numbers",), numerals=Numerals.THAI),
        Kind("thai and english", layouts=("bilingual",)),
        Kind("stamps and signature", layouts=("stamped",)),
        Kind("single spacing", layouts=("second page", "complaint"), spacing=1.0),
        Kind("faint ribbon", (scans.faint_ribbon,), is_fixed_pitch=True),
        Kind("fax", (scans.fax,)),
        Kind("copy of a copy", (scans.copy_of_copy,)),
        Kind("fold", (scans.fold,)),
        Kind("low resolution", (scans.low_resolution,)),
        Kind("shadow", (scans.shadow,)),
        Kind("show-through", (scans.show_through,)),
        Kind("skew", (scans.skew,)),
        Kind("quarter turn", (scans.turn_quarter,)),
        Kind("half turn", (scans.turn_half,)),
        Kind("three quarters turn", (scans.turn_three_quarters,)),
        Kind("camera, dark ground", (camera.on_dark_ground,), is_photo=True, is_by_paragraph=True),
        Kind("camera, light ground", (camera.on_light_ground,), is_photo=True, is_by_paragraph=True),
        Kind("camera, wood", (camera.on_wood,), is_photo=True, is_by_paragraph=True),
        Kind("camera, blotchy ground", (camera.on_blotchy_ground,), is_photo=True, is_by_paragraph=True),
        Kind("copied, folded and skew", (scans.copy_of_copy, scans.fold, scans.skew)),
    )
}


@dataclass(frozen=True)
class PageName:
    """Identifies a page; everything about it follows from the name."""

    split: Split
    kind: str
    index: int

    def __str__(self) -> str:
        return f"{self.split}/{self.kind}/{self.index}"


def list_pages(split: Split | None = None) -> list[PageName]:
    """The names of all pages of a split, or of all splits."""
    return [
        PageName(part, kind, index)
        for part in ([split] if split else Split)
        for kind in KINDS
        for index in range(PAGES_PER_KIND[part])
    ]


def set_page(name: PageName) -> Sheet:
    """The sheet as printed, before anything happens to it."""
    kind, chance = KINDS[name.kind], _chance(name, "sheet")
    faces = typefaces_of(name.split, is_fixed_pitch=kind.is_fixed_pitch)
    style = Style(
        typeface=faces[(name.index + _hash(name.kind)) % len(faces)],  # the pages of a kind have different faces
        letter_mm=float(chance.uniform(*_LETTER_MM)),
        spacing=kind.spacing or float(chance.uniform(*_SPACINGS)),
        ink_grey=int(chance.integers(0, 50)),
    )
    numerals = kind.numerals or Numerals(chance.choice(list(_NUMERAL_SHARES), p=list(_NUMERAL_SHARES.values())))
    sheet = Sheet(style)
    layout = kind.layouts[(name.index + _hash(name.kind) // 7) % len(kind.layouts)]
    LAYOUTS[layout](sheet, TextWriter(SOURCES[name.split], numerals, chance), chance)
    return sheet


def make_picture(name: PageName, sheet: Sheet) -> Image.Image:
    """The sheet as a scanner or camera delivers it."""
    kind, recipe = KINDS[name.kind], RECIPES[name.split]
    picture, chance = sheet.picture, _chance(name, "degradation")
    for degrade in kind.degradations:
        picture = degrade(picture, strength_of(name), recipe, chance)
    return picture


def strength_of(name: PageName) -> float:
    """How strongly the page is degraded, 0 to 1."""
    strengths = RECIPES[name.split].strengths
    return strengths[name.index % len(strengths)]


def make_page(name: PageName) -> PageFile:
    """The page as a file with its truth. Equal names give equal pages."""
    kind, sheet = KINDS[name.kind], set_page(name)
    picture = make_picture(name, sheet)
    return PageFile(
        split=name.split,
        kind=name.kind,
        index=name.index,
        typeface=sheet.style.typeface.family,
        strength=strength_of(name),
        file=encode_picture(picture, "JPEG", quality=_PHOTO_QUALITY)
        if kind.is_photo
        else encode_picture(picture, "PPM"),
        lines=tuple(sheet.lines),
        marks=tuple(sheet.marks),
        is_by_paragraph=kind.is_by_paragraph,
        sheet_size=sheet.black.size,
    )


def _chance(name: PageName, purpose: str) -> np.random.Generator:
    return np.random.default_rng(_hash(f"{SEED}/{name}/{purpose}"))


def _hash(text: str) -> int:
    """The same in every process; `hash` is not."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
