"""A line as Tesseract feeds it to the network."""

import numpy as np
import pytest

from ocr.training.line_input import LINE_HEIGHT, brightness_range, network_input, scaled_line


@pytest.mark.parametrize(("height", "width"), [(24, 100), (37, 333), (48, 7), (61, 512), (200, 900)])
def test_every_line_becomes_48_pixels_high_at_its_proportions(height: int, width: int) -> None:
    scaled = scaled_line(np.full((height, width), 200, np.uint8))
    assert scaled.shape[0] == LINE_HEIGHT
    assert abs(scaled.shape[1] - width * LINE_HEIGHT / height) <= 1
    assert set(np.unique(scaled)) == {200}


def test_columns_keep_their_order() -> None:
    line = np.repeat(np.linspace(0, 255, 301, dtype=np.uint8)[None], 96, 0)
    scaled = scaled_line(line)
    assert np.all(np.diff(scaled[20].astype(int)) >= 0)
    assert scaled[20, 0] < 5
    assert scaled[20, -1] > 250


def test_ink_becomes_minus_one_and_paper_one() -> None:
    line = np.full((48, 60), 180, np.uint8)
    line[:, 10:50:5] = 60
    assert brightness_range(line) == (60, 60)
    values = network_input(line)
    assert values.min() == -1
    assert values.max() == 1


def test_an_empty_line_divides_by_nothing() -> None:
    assert np.isfinite(network_input(np.full((48, 30), 255, np.uint8))).all()
