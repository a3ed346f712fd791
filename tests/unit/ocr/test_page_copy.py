"""The copy that is read: sheet, light, colour, turning, and its way back to the stored page."""

import cv2
import numpy as np
import pytest
from PIL import Image

from ocr.arrays import Grey
from ocr.page.binarise import binarise
from ocr.page.box import Box
from ocr.page.coloured_ink import separate_inks
from ocr.page.components import find_components, letter_height
from ocr.page.even_light import even_light
from ocr.page.find_page import find_corners
from ocr.page.level_creases import level_creases
from ocr.page.orientation import runs_down, turn
from ocr.page.page_copy import PageCopy, copy_page, quarter_turn_matrix
from tests.unit.ocr.drawn_pages import WORDS, draw_lines, pixels

CORNERS = np.array([[120, 160], [1020, 120], [1080, 1420], [90, 1380]], np.float32)


def photograph(ground: float | Grey, *, shadow: bool = False) -> Grey:
    """A sheet with text, seen at an angle on a ground of this grey."""
    sheet = pixels(draw_lines([(60, 60 + 60 * row, WORDS) for row in range(15)], size=(900, 1200), paper=235))
    size = (1200, 1600)
    target = np.array([[0, 0], [900, 0], [900, 1200], [0, 1200]], np.float32)
    matrix = cv2.getPerspectiveTransform(target, CORNERS)
    seen = cv2.warpPerspective(sheet, matrix, size)
    mask = cv2.warpPerspective(np.full_like(sheet, 255), matrix, size)
    picture = np.where(mask > 127, seen, np.asarray(ground, np.uint8))
    if shadow:
        fall = np.clip((np.arange(1600) - 700) / 300, 0, 1)[:, None]
        picture = (picture * (1 - 0.55 * fall)).astype(np.uint8)
    noise = np.random.default_rng(3).normal(0, 3, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("ground", [40, 120, 170])
@pytest.mark.parametrize("shadow", [False, True])
def test_a_sheet_on_a_darker_ground_is_found(ground: int, shadow: bool) -> None:
    corners = find_corners(photograph(ground, shadow=shadow))
    assert corners is not None
    assert np.abs(corners - CORNERS).max() < 16


def test_a_page_printed_ground_is_left_alone() -> None:
    page = pixels(draw_lines([(60, 60 + 60 * row, WORDS) for row in range(15)], size=(900, 1200)))
    shadow = np.clip((np.arange(1200) - 500) / 400, 0, 1)[:, None]
    for picture in (page, (page * (1 - 0.6 * shadow)).astype(np.uint8), np.full((1200, 900), 128, np.uint8)):
        assert find_corners(picture) is None


def test_a_bright_box_in_a_picture_with_soft_edges_is_no_sheet() -> None:
    picture = np.full((1200, 900), 90, np.uint8)
    picture[300:900, 200:700] = 230
    assert find_corners(cv2.GaussianBlur(picture, (0, 0), 30)) is None


def test_shadow_becomes_paper_and_faint_ink_becomes_black() -> None:
    page = pixels(draw_lines([(60, 60 + 60 * row, WORDS) for row in range(10)]))
    light = np.linspace(1, 0.4, 900)[None]
    even = even_light((light * (140 + 115 * (page / 255))).astype(np.uint8))
    assert np.percentile(even[:, :30], 5) > 215 and np.percentile(even[:, -30:], 5) > 215
    assert np.percentile(even[page < 60], 10) < 60


def test_a_crease_disappears_and_letters_under_it_stay() -> None:
    page = pixels(draw_lines([(60, 60 + 60 * row, WORDS) for row in range(10)]))
    creased = page.astype(float)
    distance = np.abs(np.arange(700) - 275)[:, None]  # through the letters of a line
    creased *= 1 - 0.4 * np.exp(-((distance / 4) ** 2))
    creased *= 1 - 0.3 * np.exp(-(((np.arange(900) - 210) / 4) ** 2))[None]
    level = level_creases(creased.astype(np.uint8))
    assert level[275, :50].min() > 245 and level[:40, 210].min() > 245
    assert (binarise(level) != binarise(page)).mean() < 0.002
    ruled = page.copy()
    ruled[275:278] = 20
    assert level_creases(ruled)[276, :50].max() < 60


def test_a_stamp_is_removed_and_coloured_print_is_not() -> None:
    black = draw_lines([(60, 60 + 60 * row, WORDS) for row in range(10)]).convert("RGB")
    stamped = black.copy()
    stamped.paste((210, 60, 60), (300, 100, 420, 110))
    blue = Image.merge("RGB", (black.getchannel(0), black.getchannel(1), Image.new("L", black.size, 200)))
    printed = copy_page(stamped)
    assert printed.grey[104, 400] > 230
    assert printed.coloured is not None and printed.is_over_print
    assert printed.coloured[104, 400] < 128 and printed.coloured[400:].min() > 230
    assert "coloured ink removed" in printed.steps
    coloured = copy_page(blue)
    assert "coloured ink removed" not in coloured.steps
    assert (coloured.grey < 128).sum() > 5000
    assert coloured.coloured is None


@pytest.mark.parametrize("paper", [(255, 215, 225), (200, 230, 200), (240, 225, 185), (255, 255, 255)])
def test_black_print_on_tinted_paper_is_not_coloured_ink(paper: tuple[int, int, int]) -> None:
    grey = np.asarray(draw_lines([(60, 60 + 60 * row, WORDS) for row in range(10)]), np.float32)[..., None] / 255
    tinted = Image.fromarray((grey * np.array(paper)).astype(np.uint8))
    tinted.paste((90, 40, 150), (300, 20, 420, 45))
    inks = separate_inks(np.asarray(tinted))
    assert inks.coloured is not None and inks.is_over_print
    assert inks.coloured[60:].min() > 120  # no print
    assert inks.black[30, 350] > 180
    plain = np.asarray(tinted.convert("L"))[60:]
    assert (inks.black[60:] < 100).sum() > 0.9 * (plain < 100).sum()


def test_what_is_written_in_colour_over_print_is_a_picture_of_its_own() -> None:
    page = draw_lines([(60, 60 + 60 * row, WORDS) for row in range(3)]).convert("RGB")
    for row in range(3, 10):
        page.paste((40, 60, 190), (60, 80 + 60 * row, 800, 90 + 60 * row))
    inks = separate_inks(np.asarray(page))
    assert inks.coloured is not None and not inks.is_over_print
    assert not (inks.coloured[:240] < 128).any() and not (inks.black[240:] < 128).any()
    assert (inks.coloured[240:] < 128).any() and (inks.black[:240] < 128).any()


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_lines_that_run_down_are_noticed(quarters: int) -> None:
    page = turn(pixels(draw_lines([(60, 60 + 60 * row, WORDS) for row in range(10)])), quarters)
    components = find_components(binarise(page))
    height = letter_height(components)
    assert height is not None
    assert runs_down(components, height) is bool(quarters % 2)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_place_on_the_copy_is_a_place_on_the_stored_page(quarters: int) -> None:
    """A mark keeps its place through a rotation and quarter turns."""
    stored = np.full((300, 200), 255, np.uint8)
    stored[40:50, 150:170] = 0
    copy = PageCopy(stored, np.eye(3)).rotated(2.0).turned(quarters)
    down, across = np.nonzero(copy.grey < 128)
    box = Box(int(across.min()), int(down.min()), int(across.max()) + 1, int(down.max()) + 1)
    assert copy.stored_box(box) == pytest.approx([150, 40, 170, 50], abs=3)


def test_quarter_turns_of_places_agree_with_those_of_pictures() -> None:
    picture = np.zeros((30, 20), np.uint8)
    picture[4, 15] = 255
    for quarters in range(4):
        down, across = (int(value[0]) for value in np.nonzero(turn(picture, quarters)))
        moved = quarter_turn_matrix(quarters, 20, 30) @ [15.5, 4.5, 1]
        assert (across + 0.5, down + 0.5) == pytest.approx(tuple(moved[:2]))
