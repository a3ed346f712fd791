"""Recognition with the real Tesseract; unreadable pages are marked as unreadable."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr import recognise as recognition
from ocr.confined import child_process
from ocr.confined.child_process import ChildFailedError
from ocr.errors import OcrError, OcrErrorReason
from ocr.models import PROGRAM, find_missing_ocr, required_program
from ocr.page.binarise import binarise
from ocr.page.components import find_components, letter_height
from ocr.page.deskew import measure_skew
from ocr.prepare_page import prepare
from ocr.reading.repair_text import repair_line_of_debian_model, repair_thai_line
from ocr.recognise import recognise
from simulators.sample_letters import (
    MARKET_LETTER,
    OFFICE_LETTER,
    add_shadow,
    add_skew,
    add_stamps,
    render_letter_page,
    render_scribble,
    render_three_page_letter,
    strip_layout_marks,
    turn_upside_down,
)
from tests.ocr_pages.handwriting import draw_words
from tests.ocr_pages.metrics import character_error_percent
from tests.ocr_pages.picture_files import encode_picture
from tests.unit.ocr.drawn_pages import WORDS, draw_lines


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread, as `child_process.py` sets it; with more, the tests take four times as long on two cores."""
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")


def joined_text(result: recognition.Recognition) -> str:
    return "\n".join(line.text for line in result.lines)


@pytest.mark.parametrize(
    ("spoil", "most_percent"),
    [(lambda page: page, 2), (turn_upside_down, 2), (add_shadow, 3), (add_skew, 2), (add_stamps, 3)],
    ids=["clean", "upside down", "shadow", "skew", "stamp"],
)
def test_an_office_letter_is_read(spoil, most_percent: float) -> None:  # type: ignore[no-untyped-def]
    result = recognise(prepare(encode_picture(spoil(render_letter_page(OFFICE_LETTER)), "PPM")).jpeg)
    assert result.is_readable
    assert result.quarter_turns == (2 if spoil is turn_upside_down else 0)
    assert character_error_percent(joined_text(result), strip_layout_marks(OFFICE_LETTER)) < most_percent
    assert all(0 <= line.confidence <= 100 for line in result.lines)


@pytest.mark.parametrize(("lies", "quarters"), [(Image.Transpose.ROTATE_90, 1), (Image.Transpose.ROTATE_270, 3)])
def test_a_sideways_page_is_read_with_its_rotation(lies: Image.Transpose, quarters: int) -> None:
    raw = encode_picture(render_letter_page(OFFICE_LETTER).transpose(lies), "PPM")
    result = recognise(prepare(raw).jpeg)
    assert result.quarter_turns == quarters
    assert character_error_percent(joined_text(result), strip_layout_marks(OFFICE_LETTER)) < 2
    upright = prepare(raw, result.quarter_turns)
    assert upright.height > upright.width


def test_a_scribble_is_shown_as_a_picture_only() -> None:
    result = recognise(prepare(encode_picture(render_scribble(dpi=100), "PPM")).jpeg)
    assert not result.is_readable


def test_an_empty_page_has_no_lines_and_is_not_readable() -> None:
    result = recognise(prepare(encode_picture(render_letter_page(""), "PPM")).jpeg)
    assert result == recognition.Recognition((), False, 0.0)


def test_a_page_that_takes_too_long_says_that_it_is_not_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    page = prepare(encode_picture(draw_lines([(60, 60 + 70 * row, WORDS) for row in range(3)]), "PPM")).jpeg
    assert recognise(page).is_complete
    monkeypatch.setattr("ocr.read_page.MAX_READING_S", -1.0)
    assert recognise(page) == recognition.Recognition((), False, 0.0, is_complete=False)


def test_the_reprs_show_no_text() -> None:
    assert "บุญมา" not in repr(recognition.Line("นางบุญมา", 90.0, False))


def test_the_demo_letter_has_three_pages_of_a4() -> None:
    pages = render_three_page_letter()
    assert [page.size for page in pages] == [(1654, 2338)] * 3


@pytest.mark.parametrize("degrees", [-3.0, -0.8, 0.0, 1.5, 4.0])
def test_skew_is_measured(degrees: float) -> None:
    components = find_components(binarise(np.asarray(add_skew(render_letter_page(MARKET_LETTER), degrees))))
    height = letter_height(components)
    assert height is not None
    assert measure_skew(components, height) == pytest.approx(-degrees, abs=0.15)


def test_every_program_and_model_is_installed() -> None:
    assert find_missing_ocr() is None


def test_a_missing_program_or_model_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assert "tesseract-ocr-eng" in (find_missing_ocr() or "")
    with pytest.raises(OcrError) as refusal:
        recognise(prepare(encode_picture(render_letter_page(MARKET_LETTER, dpi=100), "PPM")).jpeg)
    assert refusal.value.reason is OcrErrorReason.UNAVAILABLE
    monkeypatch.setattr("ocr.models.LIBRARY", "no_such_library")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "not installed" in (find_missing_ocr() or "")
    with pytest.raises(OcrError) as refusal:
        recognise(prepare(encode_picture(render_letter_page(MARKET_LETTER, dpi=100), "PPM")).jpeg)
    assert refusal.value.reason is OcrErrorReason.UNAVAILABLE


def test_a_page_reads_the_same_in_the_sandbox() -> None:
    """The sandbox allows every file that recognition needs: the models, and the dictionary for repairing
    misreadings."""
    page = prepare(encode_picture(render_letter_page(MARKET_LETTER, dpi=150), "PPM"))
    unconfined = recognise(page.jpeg)
    assert (
        child_process.run_in_child(recognise, page.jpeg, deadline_s=90, memory_mb=1600, program=required_program())
        == unconfined
    )
    assert "น้ำ" in "".join(line.text for line in unconfined.lines)


def test_a_letter_is_written_to_no_disk_and_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """tests/unit/ocr/test_sandbox.py tries every other place to write to."""
    page = prepare(encode_picture(render_letter_page(MARKET_LETTER, dpi=100), "PPM"))
    with tempfile.TemporaryDirectory(
        dir=child_process.MEMORY_DIR
    ) as memory:  # other programs may process letters at the same time
        monkeypatch.setattr(child_process, "MEMORY_DIR", memory)
        assert child_process.run_in_child(
            recognise, page.jpeg, deadline_s=60, memory_mb=1600, program=required_program()
        ).lines
        place = child_process.run_in_child(tempfile.gettempdir, deadline_s=60, memory_mb=1600, program=PROGRAM)
        assert place.startswith(f"{memory}/dk-picture-")
        assert list(Path(memory).iterdir()) == []
    with pytest.raises(
        ChildFailedError, match="FileNotFoundError"
    ):  # without a program there is no directory for files
        child_process.run_in_child(tempfile.gettempdir, deadline_s=60, memory_mb=1600)


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("ต\u0e4dาบล", "ตำบล"),
        ("น\u0e4d้าใส น้\u0e4dาใส", "น้ำใส น้ำใส"),
        ("เเก้ไข", "แก้ไข"),
        ("น้้าดื่ม", "น้ำดื่ม"),
        ("มีบ่อน้าบาดาล", "มีบ่อน้ำบาดาล"),
        ("หน้าบ้านมีน้าท่วม", "หน้าบ้านมีน้ำท่วม"),
        ("คุณน้าสมศรี น้าชาย", "คุณน้าสมศรี น้าชาย"),
        ("เหตุเกิดซ้าอีก ต่ากว่า", "เหตุเกิดซ้ำอีก ต่ำกว่า"),
        ("ค่าน้าค่าไฟ ถ้าช้า", "ค่าน้ำค่าไฟ ถ้าช้า"),
        ("แจ้งสถานที่ ที่เกิดเหตุ", "แจ้งสถานที่ ที่เกิดเหตุ"),
        ("ติดต่อได้        |", "ติดต่อได้"),
        ("Please\u200b reply  soon", "Please reply soon"),
    ],
)
def test_habitual_misreadings_are_repaired(read: str, meant: str) -> None:
    assert repair_line_of_debian_model(read) == meant


def test_only_debians_model_gets_a_ring_back() -> None:
    """A model that reads ำ is believed when it reads น้า."""
    assert repair_thai_line("คุณน้าดื่มน้า เเล้วต\u0e4dาหนิ") == "คุณน้าดื่มน้า แล้วตำหนิ"


def test_repair_leaves_good_text_alone() -> None:
    for line in (strip_layout_marks(OFFICE_LETTER) + strip_layout_marks(MARKET_LETTER)).splitlines():
        assert repair_thai_line(line) == repair_line_of_debian_model(line) == line.strip()


@pytest.mark.parametrize("pen", [(40, 60, 190), (30, 30, 30)], ids=["blue pen", "black pen"])
def test_the_prompts_of_a_form_filled_by_hand_are_read(pen: tuple[int, int, int]) -> None:
    prompts = ("เขียนที่", "บ้านเลขที่", "ในเขตอำเภอ", "โทรศัพท์")
    page = draw_lines(
        [(100, 150 + 110 * row, text) for row, text in enumerate(prompts)], size=(1200, 1500), type_px=38
    ).convert("RGB")
    chance = np.random.default_rng(7)
    for row in range(len(prompts)):
        words = draw_words(700, 36, chance)
        page.paste(pen, (330, 128 + 110 * row), words)
    for row in range(4):
        words = draw_words(1000, 36, chance)
        page.paste(pen, (100, 700 + 110 * row), words)
    result = recognise(prepare(encode_picture(page, "PPM")).jpeg)
    assert all(any(line.text.replace(" ", "").startswith(prompt) for line in result.lines) for prompt in prompts)
    assert sum(line.is_handwritten for line in result.lines) >= 4
    assert result.quarter_turns == 0


def test_a_few_words_by_pen_and_a_heading_in_colour_are_not_lost_with_the_stamps() -> None:
    page = draw_lines([(60, 160 + 70 * row, WORDS * 2) for row in range(9)], size=(1300, 1000)).convert("RGB")
    heading, stamp = "ประชาคมหมู่บ้านหนองสองห้อง", "ด่วน"
    for text, place, colour in ((heading, (300, 30), (30, 60, 170)), (stamp, (1050, 240), (200, 40, 50))):
        mask = draw_lines([(0, 0, text)], size=(900, 90), type_px=56).point(lambda grey: 255 - grey)
        page.paste(colour, place, mask)
    page.paste((25, 35, 140), (200, 800), draw_words(500, 36, np.random.default_rng(3)))
    lines = recognise(prepare(encode_picture(page, "PPM")).jpeg).lines
    assert [line.text for line in lines] == [heading, *[WORDS * 2] * 9, ""]
    assert lines[-1].is_handwritten and 0.78 < lines[-1].centre_y < 0.9


def test_a_letter_in_blue_ink_is_read_beside_a_dark_edge() -> None:
    page = Image.new("RGB", (1200, 900), "white")
    text = draw_lines([(100, 100 + 80 * row, "ขอให้ซ่อมถนนหน้าโรงเรียน") for row in range(8)], size=page.size)
    page.paste((40, 60, 190), (0, 0), text.point(lambda grey: 255 - grey))
    page.paste((10, 10, 10), (0, 0, 8, 900))
    result = recognise(prepare(encode_picture(page, "PPM")).jpeg)
    assert [line.text for line in result.lines] == ["ขอให้ซ่อมถนนหน้าโรงเรียน"] * 8


def test_a_page_of_full_lines_is_noticed_upside_down() -> None:
    line = "ชาวบ้านหมู่ที่ ๔ ขอให้ซ่อมถนนหน้าโรงเรียนบ้านหนองสองห้อง ซึ่งชำรุดเป็นหลุมเป็นบ่อมานานแล้ว"
    page = draw_lines([(60, 80 + 70 * row, line) for row in range(9)], size=(1500, 900))
    result = recognise(prepare(encode_picture(turn_upside_down(page), "PPM")).jpeg)
    assert result.quarter_turns == 2
    assert all("โรงเรียน" in line.text for line in result.lines)
