"""The header of a PNM picture."""

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from drivers.letter_scanner.pnm import PnmError, PnmHeader, parse_header
from drivers.letter_scanner.sane_scanner import check_page
from drivers.ports.letter_scanner import ScanError


@given(st.sampled_from(["1", "L", "RGB", "I;16"]), st.integers(1, 70), st.integers(1, 9))
def test_the_length_is_computed_from_the_header(mode: str, width: int, height: int) -> None:
    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, format="PPM")
    assert parse_header(out.getvalue()) == PnmHeader(width, height, len(out.getvalue()))
    check_page(out.getvalue())


def test_comments_in_the_header_are_read() -> None:
    page = b"P5\n# SANE data follows\n3 2\n255\nabcdef"
    assert parse_header(page) == PnmHeader(3, 2, len(page))


@pytest.mark.parametrize(
    "data", [b"", b"P", b"P5", b"P5 3 2", b"P5 3 2 255", b"P5 3 2 0 ", b"P2 3 2 255\n1", b"\x89PNG"]
)
def test_data_without_a_valid_header_is_refused(data: bytes) -> None:
    with pytest.raises(PnmError):
        parse_header(data)


@pytest.mark.parametrize(
    "page", [b"P5 3 2 255\nabcde", b"P5 3 2 255\nabcdefg", b"P5 0 2 255\n", b"P5 99999 99999 255\nab", b"nonsense"]
)
def test_truncated_and_invalid_pages_are_refused(page: bytes) -> None:
    with pytest.raises(ScanError):
        check_page(page)


@given(st.binary(max_size=200))
def test_parsing_any_bytes_raises_no_other_error(data: bytes) -> None:
    with contextlib.suppress(PnmError):
        assert parse_header(data).total_bytes > 0


@given(st.binary(max_size=60))
def test_parsing_any_bytes_after_a_magic_number_raises_no_other_error(data: bytes) -> None:
    with contextlib.suppress(PnmError):
        parse_header(b"P6 " + data)
