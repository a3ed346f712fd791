"""Reading order of rows: columns beside a gutter, lines of two inks; samples that show which end of a page is up."""

from collections.abc import Sequence

import numpy as np
import pytest

from ocr.arrays import Grey
from ocr.lines.chain_letters import Row
from ocr.lines.page_line import PageLine, merge_by_height
from ocr.lines.reading_order import order_rows
from ocr.lines.segment_lines import Segmentation
from ocr.page.components import find_components
from ocr.reading.line_reader import Word
from ocr.reading.upside_down import _MAX_SAMPLES, _SAMPLE_LINES, _samples, is_upside_down

PAPER = np.full((400, 900), 255, np.uint8)


def row(left: int, top: int, *, width: int = 200, height: int = 20, letters: int = 10) -> Row:
    """A row of `letters` letters side by side."""
    centres = np.linspace(left, left + width, letters)
    edges = np.full(letters, float(top))
    pieces = np.arange(letters, dtype=np.int64)
    return Row(pieces, left, left + width, top, top + height, height, centres, edges, edges + height)


def segmentation(*lines: list[Row]) -> Segmentation:
    return Segmentation(PAPER, find_components(np.zeros_like(PAPER)), list(lines), {})


def places(black: list[Row], coloured: list[Row]) -> list[tuple[int, int]]:
    """Left edge and top of the merged lines of one row each."""
    parts = [[PageLine(segmentation([line]), [line]) for line in lines] for lines in (black, coloured)]
    return [(line.box.left, line.box.top) for line in merge_by_height(*parts)]


def test_lines_of_coloured_ink_are_put_between_those_of_print() -> None:
    black = [row(0, 0), row(0, 100), row(0, 200)]
    assert places(black, [row(50, 60), row(50, 150)]) == [(0, 0), (50, 60), (0, 100), (50, 150), (0, 200)]
    assert places(black, [row(50, 300)])[-1] == (50, 300)
    assert places([row(0, 100)], [row(50, 0)]) == [(50, 0), (0, 100)]
    assert places([], [row(50, 0)]) == [(50, 0)]


def test_on_one_height_the_line_further_to_the_left_is_first() -> None:
    """Handwriting is higher than the print beside it, and seldom on its base line."""
    prompt, answer = row(0, 100), row(300, 88, height=40)
    assert places([prompt, row(0, 160)], [answer]) == [(0, 100), (300, 88), (0, 160)]
    assert places([row(500, 100), row(0, 160)], [answer]) == [(300, 88), (500, 100), (0, 160)]


def test_print_keeps_its_order_where_columns_are_read_one_after_the_other() -> None:
    columns = [row(0, 0), row(0, 100), row(500, 0), row(500, 100)]
    merged = places(columns, [row(500, 50)])
    assert [place for place in merged if place != (500, 50)] == [(0, 0), (0, 100), (500, 0), (500, 100)]
    assert merged.index((500, 50)) == 3


def columns(count: int, *, gutter: int = 60, width: int = 380, shift: int = 0) -> list[list[Row]]:
    """Lines of two columns beside a white gutter, 20 pixels high; each line `shift` pixels further to the right."""
    lefts = [(60 + shift * number, 60 + width + gutter + shift * number) for number in range(count)]
    return [[row(left, 40 * number, width=width) for left in both] for number, both in enumerate(lefts)]


def order(lines: list[list[Row]], page_width: int = 900) -> list[list[tuple[int, int]]]:
    ordered = order_rows([each for line in lines for each in line], page_width)
    return [[(each.left, int(each.top)) for each in line] for line in ordered]


def test_columns_beside_a_gutter_are_read_one_after_the_other() -> None:
    lines = order(columns(7))
    assert [place for (place,) in lines] == [(left, 40 * number) for left in (60, 500) for number in range(7)]


@pytest.mark.parametrize(("gutter", "is_columns"), [(12, False), (17, True)])
def test_a_gutter_is_at_least_most_of_a_letter_wide(gutter: int, is_columns: bool) -> None:
    assert len(order(columns(7, gutter=gutter))) == (14 if is_columns else 7)


def test_columns_end_where_their_lines_share_no_white_any_more() -> None:
    """A skew moves each line further to the right."""
    assert len(order(columns(7, shift=5))) == 14
    lines = order(columns(7, shift=12))
    assert [len(line) for line in lines] == [1] * 8 + [2] * 3, "two columns of four lines, then three lines across"


def test_a_line_across_the_gutter_ends_the_columns() -> None:
    across = [[row(60, 280, width=800)]]
    lines = order([*columns(7), *across, *[[row(60, 320, width=800)]]])
    assert len(lines) == 16 and lines[-2:] == [[(60, 280)], [(60, 320)]]
    heading = [[row(200, -80, width=500)], *columns(7)]
    assert order(heading)[0] == [(200, -80)]


def test_a_page_number_below_columns_is_read_last() -> None:
    lines = order([*columns(7), [row(430, 400, width=20, letters=1)]])
    assert len(lines) == 15 and lines[-1] == [(430, 400)]


def test_narrow_cells_are_no_columns() -> None:
    assert len(order(columns(9, width=200, gutter=300))) == 9


def test_samples_are_rows_of_ordinary_length_from_the_middle_first() -> None:
    rows = [row(0, 40 * number, letters=10 + number % 3) for number in range(30)]
    short, long = row(0, 2000, letters=3), row(0, 2040, letters=80)
    samples = _samples(segmentation(*([each] for each in [short, *rows, long])))
    assert len(samples) == _MAX_SAMPLES and all(len(sample) == _SAMPLE_LINES for sample in samples)
    sampled = [each for sample in samples for each in sample]
    assert len({id(each) for each in sampled}) == len(sampled)
    assert not any(each is short or each is long for each in sampled)
    assert [len(each.letters) for each in samples[0]] == [12, 12, 12]
    assert all(10 * 40 <= each.top <= 20 * 40 for each in samples[0])


def test_a_page_of_short_rows_is_sampled_too() -> None:
    assert [len(sample) for sample in _samples(segmentation([row(0, 0, letters=3)]))] == [1]
    assert _samples(segmentation()) == []


class ConfidentReader:
    """Reads the pictures of each call with the next of these confidences."""

    def __init__(self, *confidences: float) -> None:
        self.confidences = list(confidences)

    def read(self, pictures: Sequence[Grey]) -> list[tuple[Word, ...]]:
        confidence = self.confidences.pop(0)
        return [(Word("คำ", confidence, confidence, 0, 10),) for _ in pictures]


@pytest.mark.parametrize(
    ("confidences", "expected"),
    [
        ((95,), False),  # read once: it is print
        ((70, 90), True),
        ((70, 60, 75, 92), True),  # the first sample is handwriting, the second decides
        ((40, 42) * _MAX_SAMPLES, False),
        ((40, 50) * _MAX_SAMPLES, True),
    ],
)
def test_a_page_is_turned_when_it_reads_better_upside_down(confidences: tuple[float, ...], expected: bool) -> None:
    rows = [[row(0, 30 * number)] for number in range(_SAMPLE_LINES * _MAX_SAMPLES)]
    ink = np.zeros_like(PAPER)
    ink[10:20, 0:400:20] = 255
    page = Segmentation(PAPER, find_components(ink), rows, {})
    reader = ConfidentReader(*confidences)
    assert is_upside_down(page, reader) is expected
    assert reader.confidences == []
