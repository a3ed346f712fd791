"""Bad pictures are refused early and clearly; good ones become compact pages."""

import io
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import segno
from PIL import Image

from ocr import pixels
from ocr.decode_picture import decode, find_qr
from ocr.errors import OcrError, OcrErrorReason
from ocr.prepare_page import prepare
from ocr.prepared_page import MAX_JPEG_BYTES, MAX_LONG_SIDE_PX, MAX_SHORT_SIDE_PX
from simulators.sample_letters import MARKET_LETTER, OFFICE_LETTER, add_noise, add_stamps, render_letter_page
from tests.ocr_pages.picture_files import encode_picture, png_of_zeros

PAGE = render_letter_page(MARKET_LETTER, dpi=100)


@pytest.mark.parametrize(
    "make_picture",
    [
        lambda: b"P6\n10000 10000\n255\n" + bytes(1000),
        lambda: b"P5 20000 20000 255\n" + bytes(1000),
        lambda: png_of_zeros(10_000, 10_000),
        lambda: png_of_zeros(40_000, 10_000),
    ],
    ids=["pnm", "larger pnm", "png bomb", "larger png bomb"],
)
def test_a_hundred_megapixels_are_refused_before_decoding(make_picture: Callable[[], bytes]) -> None:
    raw = make_picture()
    begun = time.process_time()
    with pytest.raises(OcrError) as refusal:
        prepare(raw)
    assert refusal.value.reason is OcrErrorReason.TOO_LARGE
    assert "60 megapixels" in str(refusal.value)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("kind", ["PPM", "PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.97])
def test_a_truncated_picture_is_reported_as_incomplete(kind: str, share: float) -> None:
    raw = encode_picture(PAGE, kind)
    with pytest.raises(OcrError) as refusal:
        decode(raw[: int(len(raw) * share)])
    assert refusal.value.reason is OcrErrorReason.TRUNCATED


@pytest.mark.parametrize("raw", [b"", b"hello", b"%PDF-1.7", b"GIF89a" + bytes(100), bytes(1000)])
def test_unreadable_picture_data_is_reported_as_such(raw: bytes) -> None:
    with pytest.raises(OcrError) as refusal:
        decode(raw)
    assert refusal.value.reason is OcrErrorReason.NOT_AN_IMAGE


def test_a_letter_sent_as_webp_is_a_page_and_a_large_one_is_refused() -> None:
    page, same = prepare(encode_picture(PAGE, "WEBP")), prepare(encode_picture(PAGE, "PNG"))
    assert (page.width, page.height, page.blank) == (same.width, same.height, False)
    with pytest.raises(OcrError) as refusal:
        decode(encode_picture(Image.new("L", (6000, 4001), "white"), "WEBP"))
    assert refusal.value.reason is OcrErrorReason.TOO_LARGE


def test_random_bytes_raise_no_other_error() -> None:
    rng = np.random.default_rng(5)
    whole = bytearray(encode_picture(PAGE, "PNG"))
    for _ in range(60):
        broken = bytearray(whole)
        for place in rng.integers(0, len(broken), 20):
            broken[place] = int(rng.integers(0, 256))
        try:
            decode(bytes(broken))
        except OcrError:
            continue


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_read(mode: str) -> None:
    picture = Image.new(mode, (40, 30), {"LA": (200, 255), "RGB": (200, 200, 200), "RGBA": (9, 9, 9, 0)}.get(mode, 1))
    assert decode(encode_picture(picture, "PNG")).mode in ("L", "RGB")


@pytest.mark.parametrize(
    "draw_page",
    [
        lambda: render_letter_page(OFFICE_LETTER),
        lambda: add_noise(render_letter_page(OFFICE_LETTER)),
        lambda: add_stamps(render_letter_page(OFFICE_LETTER)),
        lambda: Image.fromarray(np.random.default_rng(1).integers(0, 256, (2339, 1654, 3), np.uint8)),
    ],
    ids=["clean", "noise", "stamp", "pure noise"],
)
def test_a_page_takes_at_most_300_kb(draw_page: Callable[[], Image.Image]) -> None:
    prepared = prepare(encode_picture(draw_page(), "PPM"))
    assert len(prepared.jpeg) <= MAX_JPEG_BYTES
    assert decode(prepared.jpeg).size == (prepared.width, prepared.height)


def test_a_grey_page_stays_grey_and_a_stamped_page_stays_in_colour() -> None:
    yellowish = Image.merge("RGB", [PAGE, PAGE, PAGE.point(lambda grey: grey * 0.85)])
    assert decode(prepare(encode_picture(yellowish, "PPM")).jpeg).mode == "L"
    assert decode(prepare(encode_picture(add_stamps(render_letter_page(OFFICE_LETTER)), "PPM")).jpeg).mode == "RGB"


def test_a_page_of_600_dpi_becomes_one_of_200() -> None:
    prepared = prepare(encode_picture(Image.new("L", (4960, 7016), 255), "PPM"))
    assert prepared.height == pytest.approx(2339, abs=1)
    assert prepared.width == MAX_SHORT_SIDE_PX


@pytest.mark.parametrize(("width_mm", "height_mm"), [(216, 330), (330, 216), (148, 210), (210, 1000)])
def test_every_paper_size_keeps_nearly_200_dpi(width_mm: int, height_mm: int) -> None:
    page = Image.new("L", (round(width_mm / 25.4 * 200), round(height_mm / 25.4 * 200)), 255)
    prepared = prepare(encode_picture(page, "PPM"))
    assert prepared.width / page.width == pytest.approx(prepared.height / page.height, abs=0.01)
    if height_mm < 1000:
        assert prepared.width / page.width > 0.97
    assert max(prepared.width, prepared.height) <= MAX_LONG_SIDE_PX


def test_quarters_turn_clockwise() -> None:
    marked = Image.new("L", (40, 60), 255)
    marked.paste(0, (0, 0, 20, 20))  # top left
    raw = encode_picture(marked, "PPM")
    for turn, corner in ((0, (5, 5)), (1, (55, 5)), (2, (35, 55)), (3, (5, 35)), (4, (5, 5))):
        page = decode(prepare(raw, turn).jpeg)
        assert page.size == ((40, 60) if turn % 2 == 0 else (60, 40))
        grey: Any = page.getpixel(corner)
        assert grey < 60


def test_a_stored_page_is_rotated_without_loss() -> None:
    """Any number of rotations changes only the orientation tag, not the compressed picture."""
    prepared = prepare(encode_picture(PAGE, "PPM")).jpeg
    untouched = Image.open(io.BytesIO(prepared)).tobytes()
    turned = prepared
    for quarters in range(1, 9):
        page = prepare(turned, 1)
        turned = page.jpeg
        assert Image.open(io.BytesIO(turned)).tobytes() == untouched
        upright = decode(turned)
        assert upright.size == (page.width, page.height)
        assert upright.tobytes() == decode(prepared).rotate(-90 * quarters, expand=True).tobytes()
        shown = pixels.unpack(page.preview)
        assert shown.size[0] < shown.size[1] or quarters % 2
    assert len(turned) < len(prepared) + 40, "the EXIF block is replaced, not repeated"
    assert prepare(prepared, 2).jpeg == prepare(prepare(prepared, 1).jpeg, 1).jpeg
    other = encode_picture(PAGE, "JPEG", quality=95)
    assert decode(prepare(other, 1).jpeg).size == (PAGE.height, PAGE.width), "a JPEG from elsewhere is encoded again"


def test_a_pages_repr_shows_no_content() -> None:
    assert "jpeg" not in repr(prepare(encode_picture(PAGE, "PPM")))


def test_a_receipt_on_the_scanner_gives_its_code() -> None:
    held = io.BytesIO()
    segno.make_qr("https://track.example.go.th/t#7KQ2-M9XD-4TBVS", error="m").save(held, kind="png", scale=9, border=4)
    page = render_letter_page(MARKET_LETTER)
    page.paste(Image.open(io.BytesIO(held.getvalue())).convert("L"), (600, 1500))
    assert find_qr(encode_picture(page, "PPM")) == ["https://track.example.go.th/t#7KQ2-M9XD-4TBVS"]
    assert find_qr(encode_picture(PAGE, "PPM")) == []
