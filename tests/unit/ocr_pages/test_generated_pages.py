"""The generated pages: nothing is in two splits, equal names give equal pages, and the truth is what is printed."""

import hashlib
import io
import os
import re
import subprocess
import sys
from dataclasses import fields
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.ocr_pages.catalogue import KINDS, PageName, list_pages, make_page, set_page
from tests.ocr_pages.degradations.recipe import RECIPES
from tests.ocr_pages.handwriting import draw_page
from tests.ocr_pages.layouts import LAYOUTS
from tests.ocr_pages.metrics import score_page
from tests.ocr_pages.sheet import Sheet, Style
from tests.ocr_pages.split import Split
from tests.ocr_pages.texts import SOURCES
from tests.ocr_pages.texts.source import Numerals, TextSource, TextWriter
from tests.ocr_pages.typefaces import typefaces_of
from tests.ocr_pages.unseen import UNSEEN_TEXTS
from thai.segmentation import words

ROOT = Path(__file__).parents[3]
SPLIT_PAIRS = list(combinations(Split, 2))
_SLOT = re.compile(r"\{\w+\}")
_INK = 128  # darker is ink


def templates(source: TextSource) -> list[str]:
    """Every text of a source except its table heading, whose words every table has."""
    texts: list[str] = []
    for field in fields(source):
        value = getattr(source, field.name)
        texts += [value] if isinstance(value, str) else value
    return texts


def make_sheet(layout: str, seed: int, *, spacing: float = 1.2) -> Sheet:
    chance = np.random.default_rng(seed)
    faces = typefaces_of(Split.HELD_OUT)
    sheet = Sheet(Style(faces[seed % len(faces)], letter_mm=2.3, spacing=spacing))
    LAYOUTS[layout](sheet, TextWriter(SOURCES[Split.HELD_OUT], Numerals.MIXED, chance), chance)
    return sheet


def test_there_are_at_least_300_pages_and_every_kind_is_in_every_split() -> None:
    pages = list_pages()
    assert len(pages) == len(set(pages)) >= 300
    for split in Split:
        assert {page.kind for page in list_pages(split)} == set(KINDS)


def test_every_split_has_typefaces_also_of_typewriters() -> None:
    for split in Split:
        assert typefaces_of(split, is_fixed_pitch=True)
        assert len(typefaces_of(split)) > 1


@pytest.mark.parametrize(("one", "other"), SPLIT_PAIRS)
def test_two_splits_share_no_typeface_strength_or_way_of_degrading(one: Split, other: Split) -> None:
    assert not {face.family for face in typefaces_of(one)} & {face.family for face in typefaces_of(other)}
    assert not set(RECIPES[one].strengths) & set(RECIPES[other].strengths)
    for means in ("blur", "noise", "wood", "dark", "light", "blotches"):
        assert getattr(RECIPES[one], means) != getattr(RECIPES[other], means)


@pytest.mark.parametrize(("one", "other"), SPLIT_PAIRS)
def test_two_splits_share_no_text(one: Split, other: Split) -> None:
    assert not set(templates(SOURCES[one])) & set(templates(SOURCES[other]))
    for name in ("given_names", "family_names", "villages", "subdistricts", "districts", "provinces"):
        assert not set(getattr(SOURCES[one], name)) & set(getattr(SOURCES[other], name))


@pytest.mark.parametrize("split", [Split.TRAINING, Split.TUNING])
def test_most_words_of_the_held_out_paragraphs_are_in_no_other_split(split: Split) -> None:
    def vocabulary(source: TextSource) -> set[str]:
        text = " ".join(_SLOT.sub(" ", paragraph) for paragraph in source.paragraphs)
        return {word for word in words(text) if len(word) > 3}

    held_out = vocabulary(SOURCES[Split.HELD_OUT])
    assert len(held_out & vocabulary(SOURCES[split])) < 0.2 * len(held_out)


def test_held_out_and_unseen_texts_are_in_no_other_file() -> None:
    """Training texts, samples and pages of the repository may not teach what is measured."""
    paragraphs = [*SOURCES[Split.HELD_OUT].paragraphs, *(block for document in UNSEEN_TEXTS for block in document)]
    pieces = [max(_SLOT.split(paragraph), key=len).strip()[:40] for paragraph in paragraphs]
    patterns = [argument for piece in pieces if len(piece) > 12 for argument in ("-e", piece)]
    command = ["git", "grep", "--fixed-strings", "--name-only", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert set(listed) == {"tests/ocr_pages/texts/held_out.py", "tests/ocr_pages/unseen.py"}


def test_equal_names_give_equal_pages_in_every_process() -> None:
    name = PageName(Split.TUNING, "low resolution", 1)
    first = make_page(name)
    assert first == make_page(name)
    assert first.file != make_page(PageName(Split.TUNING, "low resolution", 2)).file
    program = (
        "import hashlib; from tests.ocr_pages.catalogue import *; "
        "page = make_page(PageName(Split.TUNING, 'low resolution', 1)); "
        "print(hashlib.sha256(page.file).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": "12345"}
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, env=environment
    )
    assert output.stdout.strip() == hashlib.sha256(first.file).hexdigest()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_piece_of_ink_is_a_true_line_or_a_shape(layout: str) -> None:
    sheet = make_sheet(layout, seed=len(layout))
    ink = np.asarray(sheet.picture.convert("L")) < _INK
    for line in sheet.lines:
        left, top, right, bottom = line.box
        assert ink[top:bottom, left:right].any(), line
    for left, top, right, bottom in [line.box for line in sheet.lines] + sheet.shapes:
        ink[max(0, top - 1) : bottom + 2, max(0, left - 1) : right + 2] = False
    assert not ink.any()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_line_is_inside_the_sheet(layout: str) -> None:
    for seed in range(2):
        sheet = make_sheet(layout, seed, spacing=1.0 + 0.6 * seed)
        width, height = sheet.black.size
        for line in sheet.lines:
            left, top, right, bottom = line.box
            assert 0 <= left < right <= width, line
            assert 0 <= top < bottom <= height, line


@pytest.mark.parametrize("layout", ["complaint", "second page", "numbers", "bilingual", "table"])
def test_the_truth_has_as_many_lines_as_the_page_has_rows(layout: str) -> None:
    """Counted on the picture: with wide spacing, rows of ink are separated by white."""
    sheet = make_sheet(layout, seed=2, spacing=2.2)
    ink = np.asarray(sheet.black) < _INK
    for left, top, right, bottom in sheet.shapes:
        ink[max(0, top) : bottom, max(0, left) : right] = False
    inked = np.flatnonzero(ink.any(axis=1))
    gap = sheet.pixels(1.5)  # wider than between a letter and its marks
    starts = [inked[0], *(y for before, y in pairwise(inked) if y - before > gap)]
    assert len(starts) == len(sheet.lines) > 5


def test_two_columns_are_read_one_after_the_other() -> None:
    sheet = make_sheet("two columns", seed=4)
    middle = sheet.black.width / 2
    is_right = [line.box[0] > middle for line in sheet.lines[1:]]
    assert is_right == sorted(is_right)
    assert {True, False} == set(is_right)


def test_text_that_is_read_from_the_handwriting_of_a_form_is_an_error() -> None:
    page = make_page(PageName(Split.TUNING, "form by hand", 0))
    printed = [line.text for line in page.lines if not line.is_handwritten]
    errors = [
        score_page(page.lines, read, is_by_paragraph=page.is_by_paragraph).character_errors
        for read in (printed, [*printed[:3], "๖ดขท", *printed[3:]])
    ]
    assert errors == [0, 4]


def test_a_form_filled_in_by_hand_has_printed_and_written_lines() -> None:
    lines = make_sheet("form by hand", seed=1).lines
    assert all(bool(line.text) != line.is_handwritten for line in lines)
    assert len({line.is_handwritten for line in lines}) == 2


def test_numerals_are_those_of_the_page() -> None:
    for index in range(3):
        thai = " ".join(line.text for line in set_page(PageName(Split.HELD_OUT, "thai numerals", index)).lines)
        assert re.search("[๐-๙]", thai)
        assert not re.search("[0-9]", thai.replace("PM2.5", ""))
    mixed = " ".join(line.text for line in set_page(PageName(Split.HELD_OUT, "mixed numerals", 0)).lines)
    assert re.search("[๐-๙]", mixed)
    assert re.search("[0-9]", mixed)


@pytest.mark.parametrize("kind", ["camera, dark ground", "three quarters turn", "stamps and signature"])
def test_a_degraded_page_is_a_picture_of_the_expected_form(kind: str) -> None:
    page = make_page(PageName(Split.HELD_OUT, kind, 0))
    picture = Image.open(io.BytesIO(page.file))
    assert picture.format == ("JPEG" if kind.startswith("camera") else "PPM")
    assert picture.mode == ("L" if kind == "three quarters turn" else "RGB")
    assert (picture.width > picture.height) == (kind == "three quarters turn")
    assert bool(page.marks) == (kind == "stamps and signature")


def test_handwriting_differs_by_seed_only() -> None:
    first, again, other = (draw_page(np.random.default_rng(seed), dpi=50) for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes() != other.tobytes()
