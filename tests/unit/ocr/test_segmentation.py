"""Lines are found without reading them: rows, marks, columns, tables, leaders, headings."""

import numpy as np
import pytest
from PIL import ImageDraw

from ocr.lines.dotted_leaders import is_leader_dot
from ocr.lines.line_pictures import LinePicture
from ocr.lines.segment_lines import segment_lines
from ocr.page.binarise import binarise
from ocr.page.components import find_components, is_texture, letter_height
from tests.unit.ocr.drawn_pages import SIZE_PX, WORDS, draw_lines, pixels


def segment(page) -> list[list[LinePicture]]:  # type: ignore[no-untyped-def]
    grey = pixels(page)
    ink = binarise(grey)
    height = letter_height(find_components(ink))
    assert height is not None
    return list(segment_lines(grey, ink, height))


@pytest.mark.parametrize("spacing", [1.0, 1.2, 1.6])
def test_marks_stay_with_their_letters_at_every_line_spacing(spacing: float) -> None:
    """The ink of each line's picture is that of the line drawn alone."""
    texts = ["ปู่ซื้อที่ดินผืนนี้", "ญาติกู้หนี้ให้หมู่บ้าน", "ฐานรั้วทรุดตัวใกล้ตู้ไฟ", "น้ำท่วมทุ่งทั้งปีที่แล้ว"]
    step = round(SIZE_PX * 1.3 * spacing)  # Sarabun's own line height is 1.3 of its size
    lines = segment(draw_lines([(60, 60 + step * number, text) for number, text in enumerate(texts)]))
    assert len(lines) == len(texts)
    for line, text in zip(lines, texts, strict=True):
        ((alone,),) = segment(draw_lines([(60, 60, text)]))
        (part,) = line
        assert (part.picture < 128).sum() == pytest.approx((alone.picture < 128).sum(), rel=0.04)


def test_two_columns_are_read_one_after_the_other() -> None:
    places = [(60 + 440 * column, 60 + 56 * row, WORDS) for row in range(9) for column in (0, 1)]
    lines = segment(draw_lines(places, size=(960, 640)))
    assert [len(line) for line in lines] == [1] * 18
    lefts = [line[0].box.left for line in lines]
    assert max(lefts[:9]) < 200 and min(lefts[9:]) > 400


@pytest.mark.parametrize(("second_lines", "columns"), [(5, 2), (3, 1)])
def test_short_columns_of_full_lines_are_columns(second_lines: int, columns: int) -> None:
    places = [(60, 60 + 56 * row, WORDS) for row in range(6)] + [
        (500, 60 + 56 * row, WORDS) for row in range(second_lines)
    ]
    lines = segment(draw_lines(places, size=(960, 640)))
    assert len(lines) == (6 + second_lines if columns == 2 else 6)


def test_cells_of_different_lengths_are_no_columns() -> None:
    texts = (WORDS, "น้ำไม่ไหล", "ถนนพัง", "ไฟดับบ่อย", WORDS)
    places = [(left, 60 + 56 * row, text) for row, text in enumerate(texts) for left in (60, 500)]
    assert [len(line) for line in segment(draw_lines(places, size=(960, 640)))] == [2] * 5


def test_a_table_is_read_row_by_row_without_its_rules() -> None:
    page = draw_lines([(left, 70 + 70 * row, text) for row in range(4) for left, text in ((70, "๑๒"), (300, WORDS))])
    draw = ImageDraw.Draw(page)
    for row in range(5):
        draw.line((50, 60 + 70 * row, 800, 60 + 70 * row), 20, 3)
    for left in (50, 280, 800):
        draw.line((left, 60, left, 340), 20, 3)
    lines = segment(page)
    assert [len(line) for line in lines] == [2] * 4
    assert all((part.picture[:, :2] > 200).all() for line in lines for part in line)  # no rule at an edge


def test_a_rule_close_to_a_letter_is_not_read() -> None:
    page = draw_lines([(70, 70 + 70 * row, WORDS) for row in range(4)])
    plain = [part.picture for line in segment(page) for part in line]
    draw = ImageDraw.Draw(page)
    draw.line((62, 60, 62, 340), 20, 2)
    assert [part.picture.shape for line in segment(page) for part in line] == [picture.shape for picture in plain]
    ruled = [part.picture for line in segment(page) for part in line]
    assert all(np.array_equal(one, other) for one, other in zip(ruled, plain, strict=True))


def test_marks_of_a_letter_alone_in_its_cell_belong_to_it() -> None:
    page = draw_lines([(300, 70 + 90 * row, WORDS) for row in range(3)])
    for row in range(3):  # ที่ in bold type: its two marks touch each other, and together are as high as a letter
        ImageDraw.Draw(page).rectangle((70, 88 + 90 * row, 92, 108 + 90 * row), outline=15, width=5)
        ImageDraw.Draw(page).rectangle((72, 70 + 90 * row, 92, 83 + 90 * row), outline=15, width=5)
    assert [len(line) for line in segment(page)] == [2] * 3


def test_left_and_right_of_a_letterhead_are_one_line() -> None:
    lines = segment(draw_lines([(60, 60, "ที่ ขก ๐๐๑๗"), (600, 60, WORDS), (60, 130, WORDS)]))
    assert [len(line) for line in lines] == [2, 1]
    assert lines[0][0].box.left < lines[0][1].box.left


def test_a_heading_in_large_type_is_a_line() -> None:
    page = draw_lines([(60, 260 + 56 * row, WORDS) for row in range(6)])
    page.paste(draw_lines([(250, 20, "บันทึกข้อความ")], size=(900, 200), type_px=80), (0, 20))
    lines = segment(page)
    assert len(lines) == 7
    assert lines[0][0].letter_height > 1.8 * lines[1][0].letter_height


def test_dots_of_a_leader_are_no_text() -> None:
    page = draw_lines([(60, 60, "ชื่อ" + "." * 40), (60, 130, "พ.ศ. ๒๕๖๙ น. ต.")])
    components = find_components(binarise(pixels(page)))
    assert int(is_leader_dot(components, 20).sum()) == 40
    leader, text = segment(page)
    assert leader[0].picture.shape[1] < 120
    assert text[0].picture.shape[1] > 200


def test_dots_between_typed_letters_belong_to_the_leader() -> None:
    page = draw_lines([(60, 60, "." * 60), (200, 50, "ส ม ช า ย")])
    components = find_components(binarise(pixels(page)))
    dots = is_leader_dot(components, 20)
    assert not any(dots[components.height > 8])
    assert int(dots.sum()) >= 45  # the others touch letters


def test_dots_above_each_other_are_no_leader() -> None:
    ink = np.zeros((300, 500), np.uint8)
    ink[100:160:2, 100:400:20] = 255  # a halftone; followed from dot to dot without a pitch, it has no end
    assert not any(is_leader_dot(find_components(ink), 20))


def test_a_row_that_bends_is_straightened() -> None:
    page = pixels(draw_lines([(60, 300, WORDS * 2)]))
    bent = np.stack(
        [np.roll(page[:, column], round(14 * (column / 450 - 1) ** 2)) for column in range(page.shape[1])], axis=1
    )
    ink = binarise(bent)
    ((part,),) = segment_lines(bent, ink, 20)
    ((straight,),) = segment_lines(page, binarise(page), 20)
    ink_rows = [np.flatnonzero((each.picture < 128).any(axis=1)) for each in (part, straight)]
    heights = [rows[-1] - rows[0] for rows in ink_rows]
    assert abs(heights[0] - heights[1]) <= 4


def test_noise_and_halftone_are_texture_and_text_is_not() -> None:
    noise = (np.random.default_rng(1).random((1200, 900)) < 0.25).astype(np.uint8) * np.uint8(255)
    dots = np.full((1200, 900), 255, np.uint8)
    dots[::6, ::6] = dots[1::6, ::6] = dots[::6, 1::6] = dots[1::6, 1::6] = dots[2::6, ::6] = dots[2::6, 1::6] = 0
    assert is_texture(find_components(binarise(dots))) or letter_height(find_components(binarise(dots))) is None
    assert is_texture(find_components(noise))
    text = draw_lines([(20, 10 + 40 * row, WORDS * 3) for row in range(16)])
    assert not is_texture(find_components(binarise(pixels(text))))


def test_a_thin_digit_alone_in_its_cell_is_a_row_and_a_scratch_is_not() -> None:
    words = [(300, 70 + 90 * row, WORDS) for row in range(3)]  # letters are 20 pixels high, the first base line at 109
    page, scratched = draw_lines(words), draw_lines(words)
    ImageDraw.Draw(page).rectangle((80, 90, 82, 109), 15)
    assert [len(line) for line in segment(page)] == [2, 1, 1]
    ImageDraw.Draw(scratched).rectangle((80, 80, 82, 99), 15)
    assert [len(line) for line in segment(scratched)] == [1] * 3


def test_small_digits_at_the_ends_of_a_row_belong_to_it_and_a_distant_one_does_not() -> None:
    """In some faces ๐ is half as high as the letters: 11 pixels here, on the base line."""
    words = [(300, 70 + 90 * row, WORDS) for row in range(3)]
    plain = segment(draw_lines(words))[0][0].box
    left, right, base = plain.left + 14, plain.right - 14, 109

    def drawn(*lefts: int) -> tuple[int, int]:
        page = draw_lines(words)
        for row in range(3):
            for each in lefts:
                place = (each, base - 10 + 90 * row, each + 10, base + 90 * row)
                ImageDraw.Draw(page).ellipse(place, outline=15, width=3)
        (part,) = segment(page)[0]
        return part.box.left + 14, part.box.right - 14

    assert drawn(right + 24, right + 40) == (left, right + 51)
    assert drawn(left - 35) == (left - 35, right)
    assert drawn(right + 60) == (left, right)


def test_a_dash_behind_the_full_stop_of_a_typewriter_belongs_to_its_row() -> None:
    page = draw_lines([(60, 60 + 70 * row, "ก  ว  ด  ท  ร  า  ง  บ  น  4") for row in range(3)])
    plain = segment(page)
    pitch = int((plain[0][0].box.right - plain[0][0].box.left) / 10)
    right, base = plain[0][0].box.right - 14, plain[0][0].box.bottom - 14
    draw = ImageDraw.Draw(page)
    for row in range(3):
        stop, dash = right + pitch - 12, right + 2 * pitch - 16
        draw.rectangle((stop, base - 4 + 70 * row, stop + 3, base - 1 + 70 * row), 15)
        draw.rectangle((dash, base - 12 + 70 * row, dash + 12, base - 10 + 70 * row), 15)
    lines = segment(page)
    assert len(lines) == 3 and all(line[-1].box.right > right + 2 * pitch - 5 for line in lines)


def test_a_full_stop_of_a_typewriter_belongs_to_its_row() -> None:
    page = draw_lines([(60, 60 + 70 * row, "ก  ว  ด  ท  ร  า  ง  บ  น  4") for row in range(3)])
    box = segment(page)[0][0].box
    right, base = box.right - 14, box.bottom - 14
    for row in range(3):
        place = (right + 18, base - 4 + 70 * row, right + 21, base - 1 + 70 * row)
        ImageDraw.Draw(page).rectangle(place, 15)
    assert all(line[-1].box.right > right + 21 for line in segment(page))
