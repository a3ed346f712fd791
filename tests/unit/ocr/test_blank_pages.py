"""Blank page detection: shadows, dust and print that shines through are blank; faint pencil is not."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.prepare_page import is_blank, prepare
from simulators.sample_letters import (
    OFFICE_LETTER,
    add_noise,
    add_pencil_text,
    add_shadow,
    add_show_through,
    add_stamps,
    render_letter_page,
    render_scribble,
)
from tests.ocr_pages.picture_files import encode_picture

LETTER = render_letter_page(OFFICE_LETTER)
WHITE = Image.new("L", LETTER.size, 250)
BLEED_THROUGH_PAGE = add_show_through(LETTER)
THREE_LINES = "ขอความช่วยเหลือ\nน้ำไม่ไหล หมู่ 7\nโทร 081"


def with_scanner_noise(page: Image.Image, grain: float = 3) -> Image.Image:
    """The page with scanner noise; `grain` 6 is that of a cheap scanner."""
    return add_noise(page, amount=grain, specks=0)


def with_dust(page: Image.Image, specks: int) -> Image.Image:
    """The page with this many specks of 2 to 4 dots."""
    page, rng = page.copy(), np.random.default_rng(7)
    for _ in range(specks):
        x, y, size = int(rng.integers(150, 1500)), int(rng.integers(150, 2100)), int(rng.integers(2, 5))
        page.paste(60, (x, y, x + size, y + size))
    return page


def with_lid_shadow(page: Image.Image) -> Image.Image:
    """The page with the lid's shadow at two edges."""
    page = page.copy()
    ImageDraw.Draw(page).rectangle((0, 0, 14, page.height), fill=40)
    ImageDraw.Draw(page).rectangle((0, page.height - 20, page.width, page.height), fill=120)
    return page


@pytest.mark.parametrize(
    "draw_page",
    [
        lambda: WHITE,
        lambda: with_scanner_noise(WHITE),
        lambda: with_scanner_noise(WHITE, 6),
        lambda: with_scanner_noise(WHITE.point(lambda grey: grey * 0.8)),
        lambda: with_scanner_noise(with_lid_shadow(WHITE)),
        lambda: with_scanner_noise(with_dust(WHITE, 10)),
        lambda: with_scanner_noise(add_shadow(WHITE)),
        lambda: with_scanner_noise(BLEED_THROUGH_PAGE),
        lambda: with_scanner_noise(add_shadow(BLEED_THROUGH_PAGE, 0.6)),
        lambda: with_scanner_noise(add_show_through(LETTER, 0.06)),
    ],
    ids=[
        "clean",
        "noise",
        "noisy scanner",
        "grey paper",
        "lid",
        "dust",
        "shadow",
        "back",
        "back, shadow",
        "faint back",
    ],
)
def test_a_blank_page_is_blank(draw_page: Callable[[], Image.Image]) -> None:
    assert prepare(encode_picture(draw_page(), "PPM")).blank


@pytest.mark.parametrize(
    "draw_page",
    [
        lambda: with_scanner_noise(LETTER),
        render_scribble,
        lambda: add_stamps(WHITE, ((0.5, 0.5, "รับเรื่องแล้ว"),)),
        lambda: Image.blend(Image.new("RGB", WHITE.size, "white"), add_stamps(WHITE, ((0.5, 0.5, "รับเรื่องแล้ว"),)), 0.35),
        lambda: with_scanner_noise(add_pencil_text(WHITE, "- 2 -", 200)),
        lambda: with_scanner_noise(add_pencil_text(WHITE, "น้ำไม่ไหล", 35)),
        lambda: with_scanner_noise(add_pencil_text(WHITE, THREE_LINES, 35)),
        lambda: with_scanner_noise(add_shadow(add_pencil_text(WHITE, THREE_LINES, 45), 0.6)),
        lambda: with_scanner_noise(add_pencil_text(BLEED_THROUGH_PAGE, THREE_LINES, 60)),
        lambda: with_scanner_noise(add_pencil_text(WHITE, THREE_LINES, 60), 6),
    ],
    ids=[
        "letter", "scribble", "stamp", "faint stamp", "page number", "a word in light pencil", "light pencil",
        "pencil in a shadow", "pencil on a back", "pencil, noisy scanner",
    ],
)  # fmt: skip
def test_a_page_with_faint_content_is_not_blank(draw_page: Callable[[], Image.Image]) -> None:
    assert not prepare(encode_picture(draw_page(), "PPM")).blank


@pytest.mark.parametrize("dpi", [75, 100, 150, 300])
def test_blank_pages_are_detected_at_every_resolution(dpi: int) -> None:
    size = round(8.27 * dpi), round(11.69 * dpi)
    assert not is_blank(add_pencil_text(WHITE, THREE_LINES, 90).resize(size, Image.Resampling.LANCZOS))
    assert is_blank(with_scanner_noise(BLEED_THROUGH_PAGE).resize(size, Image.Resampling.LANCZOS))
