"""Hostile files are what their names say."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageOps
from pypdf import PdfReader

from simulators.sample_letters import MARKET_LETTER, render_letter_page
from tests.ocr_pages.hostile import HOSTILE_FILES, Expectation, make_pdf

FILES: dict[str, Callable[[], bytes]] = {file.name: file.make for file in HOSTILE_FILES}


def test_names_are_distinct_and_every_expectation_occurs() -> None:
    assert len(FILES) == len(HOSTILE_FILES)
    assert {file.expectation for file in HOSTILE_FILES} == set(Expectation)


@pytest.mark.parametrize("name", [file.name for file in HOSTILE_FILES if file.expectation is Expectation.READ])
def test_a_file_to_be_read_shows_the_letter(name: str) -> None:
    with Image.open(io.BytesIO(FILES[name]())) as picture:
        upright = ImageOps.exif_transpose(picture)
        if upright.mode.startswith("I"):
            upright = Image.fromarray((np.asarray(upright) // 257).astype(np.uint8))
        if upright.has_transparency_data:
            upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright.convert("RGBA"))
        letter = np.asarray(render_letter_page(MARKET_LETTER), np.int16)
        assert np.abs(np.asarray(upright.convert("L"), np.int16) - letter).mean() < 6


def test_the_pdf_has_its_pages() -> None:
    pdf = PdfReader(io.BytesIO(make_pdf(12, points=(100, 200), content=b"0 0 m 9 9 l S")))
    assert len(pdf.pages) == 12
    assert float(pdf.pages[11].mediabox.height) == 200
    contents = pdf.pages[0].get_contents()
    assert contents is not None
    assert contents.get_data() == b"0 0 m 9 9 l S"
