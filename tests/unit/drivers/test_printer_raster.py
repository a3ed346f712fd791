"""The raster commands together print the picture, in few bytes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from drivers.receipt_printer.print_job import build_job
from drivers.receipt_printer.raster import (
    BLOCK_ROWS,
    MODE_QUADRUPLE,
    BitMatrix,
    BlankRows,
    RasterBlock,
    split_into_commands,
    to_black_dots,
)


def assemble_picture(black: BitMatrix) -> BitMatrix:
    """The picture that a printer prints from these commands."""
    rows = []
    for piece in split_into_commands(black):
        if isinstance(piece, BlankRows):
            rows.append(np.zeros((piece.rows, black.shape[1]), bool))
            continue
        bits = piece.bits
        if piece.mode == MODE_QUADRUPLE:
            bits = np.repeat(np.repeat(bits, 2, axis=0), 2, axis=1)
        assert len(bits) <= BLOCK_ROWS
        rows.append(np.pad(bits, ((0, 0), (0, black.shape[1] - bits.shape[1]))))
    return np.concatenate(rows) if rows else np.zeros((0, black.shape[1]), bool)


@settings(deadline=None)
@given(
    small=arrays(bool, st.tuples(st.integers(1, 90), st.just(48)), elements=st.booleans(), fill=st.just(False)),
    times=st.integers(1, 2),
    shift=st.integers(0, 1),
)
def test_nothing_is_lost_or_moved(small: BitMatrix, times: int, shift: int) -> None:
    black = np.repeat(np.repeat(small, times, axis=0), times, axis=1)
    black = np.roll(black, shift, axis=1)
    assert np.array_equal(assemble_picture(black), black)


def test_white_rows_become_paper_feed() -> None:
    assert list(split_into_commands(np.zeros((300, 576), bool))) == [BlankRows(300)]


def test_doubled_dots_are_sent_once() -> None:
    code = np.repeat(np.repeat(np.random.default_rng(1).random((60, 288)) < 0.5, 2, axis=0), 2, axis=1)
    blocks = [piece for piece in split_into_commands(code) if isinstance(piece, RasterBlock)]
    assert all(block.mode == MODE_QUADRUPLE for block in blocks)


def test_a_right_margin_costs_nothing() -> None:
    narrow, wide = Image.new("1", (576, 64), 1), Image.new("1", (576, 64), 1)
    narrow.paste(0, (0, 0, 80, 63))
    wide.paste(0, (0, 0, 560, 63))
    assert len(build_job(narrow)) < len(build_job(wide)) / 5


def test_grey_is_thresholded_and_not_dithered() -> None:
    assert not to_black_dots(Image.new("L", (32, 8), 200)).any()
    assert to_black_dots(Image.new("L", (32, 8), 90)).all()


def test_a_job_initialises_the_printer_and_cuts_the_paper() -> None:
    job = build_job(Image.new("1", (384, 10), 1))
    assert job.startswith(b"\x1b@\x1da\x00\x1dP")
    assert job.endswith(b"\x1dVB\x00")
