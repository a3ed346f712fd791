"""The receipt: compared with golden images, and read by a barcode reader from a poor print."""

import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFilter, ImageOps

from drivers.ports.receipt_printer import PAPER_WIDTHS_DOTS
from drivers.receipt_printer.print_job import build_job
from kiosk_app.receipt import ReceiptContent, draw_receipt, draw_slip, texts
from kiosk_app.receipt.strips import DOTS_PER_MM, Typeface
from thai.line_breaking import wrap

GOLDEN = Path(__file__).parents[2] / "golden"
CODE = "7KQ2M9XD4TBVS"
URL = "https://track.example.go.th/t#7KQ2-M9XD-4TBVS"


def sample_receipt(
    language: str = "th", *, saved_at: datetime | None = None, page_count: int = 2, copy_number: int = 1
) -> ReceiptContent:
    return ReceiptContent(
        centre_name_th="ศูนย์ดำรงธรรมจังหวัดขอนแก่น",
        centre_name_en="Khon Kaen Damrongdham Centre",
        code=CODE,
        number="KKN07A-000123-41",
        url=URL,
        page_count=page_count,
        saved_at=saved_at,
        language=language,
        copy_number=copy_number,
    )


def pixel_difference(one: Image.Image, other: Image.Image) -> float:
    """Share of dots that differ clearly after a blur, which hides the edges of another FreeType version."""
    blurred = [image.convert("L").filter(ImageFilter.GaussianBlur(2)) for image in (one, other)]
    apart = np.asarray(ImageChops.difference(*blurred))
    return float((apart > 80).mean())


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("width", PAPER_WIDTHS_DOTS)
def test_the_receipt_matches_its_golden_image(width: int, language: str, tmp_path: Path) -> None:
    """GOLDEN=write in the environment draws the golden images again; check them before committing."""
    drawn = draw_receipt(sample_receipt(language, saved_at=datetime(2026, 11, 21, 2, 12, tzinfo=UTC)), width)
    agreed = GOLDEN / f"receipt-{width}-{language}.png"
    if os.environ.get("GOLDEN") == "write":
        drawn.save(agreed)
    golden = Image.open(agreed)
    drawn.save(tmp_path / agreed.name)
    assert drawn.mode == "1"
    assert drawn.width == golden.width == width
    assert abs(drawn.height - golden.height) <= 4, f"see {tmp_path / agreed.name}"
    height = min(drawn.height, golden.height)
    box = (0, 0, width, height)
    assert pixel_difference(drawn.crop(box), golden.crop(box)) < 0.01, f"see {tmp_path / agreed.name}"


def test_the_comparison_detects_another_number() -> None:
    one = draw_receipt(sample_receipt(), 576)
    other = draw_receipt(sample_receipt(page_count=3), 576)
    assert one.size == other.size
    assert pixel_difference(one, other) > 0
    assert pixel_difference(one, draw_receipt(sample_receipt("en"), 576).crop((0, 0, *one.size))) > 0.01


@pytest.mark.parametrize("width", PAPER_WIDTHS_DOTS)
def test_the_code_can_be_read_from_a_poor_print(width: int) -> None:
    paper = np.asarray(draw_receipt(sample_receipt(), width).convert("L"))
    rng = np.random.default_rng(7)
    faded = np.where(rng.random(paper.shape) < 0.10, 255, paper).astype(np.uint8)  # a tenth of the dots not printed
    blurred = Image.fromarray(faded).filter(ImageFilter.GaussianBlur(2))
    barcodes = zxingcpp.read_barcodes(np.asarray(blurred))
    assert [barcode.text for barcode in barcodes] == [URL]


@pytest.mark.parametrize("width", PAPER_WIDTHS_DOTS)
def test_the_code_is_at_least_25_mm_wide_with_its_quiet_zone(width: int) -> None:
    paper = np.asarray(draw_receipt(sample_receipt(), width).convert("L"))
    (barcode,) = zxingcpp.read_barcodes(paper)
    where = barcode.position
    left, right, top, bottom = where.top_left.x, where.top_right.x, where.top_left.y, where.bottom_left.y
    assert right - left >= 25 * DOTS_PER_MM - 1
    dots = (right - left + 1) / 33  # modules of a version 4 symbol
    quiet = int(4 * dots) - 1
    assert (paper[top : bottom + 1, left - quiet : left - 1] == 255).all()
    assert (paper[top - quiet : top - 1, left : right + 1] == 255).all()
    assert (paper[bottom + 2 : bottom + quiet, left : right + 1] == 255).all()


def test_a_receipt_has_no_date_without_a_trusted_clock_and_no_row_without_pages() -> None:
    full = draw_receipt(sample_receipt(saved_at=datetime(2026, 11, 21, tzinfo=UTC)), 576)
    undated = draw_receipt(sample_receipt(), 576)
    assert undated.height < full.height
    assert draw_receipt(sample_receipt(page_count=0), 576).height < undated.height


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("width", PAPER_WIDTHS_DOTS)
def test_a_receipt_takes_less_than_half_the_bytes_of_its_bitmap(width: int, language: str) -> None:
    drawn = draw_receipt(sample_receipt(language, saved_at=datetime(2026, 11, 21, 2, 12, tzinfo=UTC)), width)
    assert len(build_job(drawn)) < width // 8 * drawn.height / 2


def test_a_reprint_is_marked_as_a_copy() -> None:
    assert draw_receipt(sample_receipt(copy_number=2), 576).height > draw_receipt(sample_receipt(), 576).height


def test_nothing_is_printed_at_the_edge() -> None:
    long_names = ReceiptContent(
        "ศูนย์ดำรงธรรมอำเภอพระนครศรีอยุธยา จังหวัดพระนครศรีอยุธยา",
        "Phra Nakhon Si Ayutthaya District Damrongdham Centre",
        CODE,
        "AYA99Z-999999-99",
        "https://a-rather-long-name-of-a-host.damrongdham.moi.example.go.th/t#7KQ2-M9XD-4TBVS",
        page_count=12,
        saved_at=datetime(2026, 9, 30, tzinfo=UTC),
    )
    for width in PAPER_WIDTHS_DOTS:
        ink = ImageOps.invert(draw_receipt(long_names, width).convert("L")).getbbox()
        assert ink is not None
        assert ink[0] >= 8
        assert ink[2] <= width - 8


def test_the_repr_hides_the_code() -> None:
    assert "7KQ2" not in repr(sample_receipt())


def test_an_unknown_paper_width_is_refused() -> None:
    with pytest.raises(ValueError, match="400"):
        draw_receipt(sample_receipt(), 400)


def test_a_slip_is_full_width_and_grows_with_its_lines() -> None:
    short = draw_slip("ทดสอบ", ["พร้อมใช้งาน"], 576)
    longer = draw_slip("ทดสอบ", ["พร้อมใช้งาน", "", "*ไม่พร้อม*: เครื่องสแกน"], 576)
    assert short.mode == "1"
    assert short.width == longer.width == 576
    assert longer.height > short.height


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60), st.sampled_from(PAPER_WIDTHS_DOTS))
def test_any_text_can_be_printed_on_a_slip(words: str, width: int) -> None:
    assert draw_slip(words, [words], width).width == width


def test_no_paragraph_ends_with_a_single_word() -> None:
    for language, sentence in (("th", texts.NEXT_STEP.th), ("en", texts.NEXT_STEP.en)):
        for size in (18, 22, 25, 28):
            face = Typeface("Medium", size)
            for room in (352, 470, 528):
                last = wrap(sentence, face.width, room, balance=True)[-1]
                assert face.width(last) > room / 3, (language, size, room, last)
