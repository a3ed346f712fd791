"""The header of a PNM picture, which shows without decoding whether the picture is whole."""

import re
from dataclasses import dataclass
from typing import Final

MAGIC_CHANNELS: Final = {b"P4": 0, b"P5": 1, b"P6": 3}  # P4 has eight dots a byte
# P4 has no maximum. A comment ends with its line and may precede each number.
HEADER: Final = re.compile(rb"(P[456])" + rb"(?:\s|#[^\n]*\n)+(\d{1,9})" * 2)
MAX_SAMPLE_VALUE: Final = re.compile(rb"(?:\s|#[^\n]*\n)+(\d{1,9})")
MAX_HEADER_BYTES: Final = 4096


class PnmError(ValueError):
    """The bytes do not begin with a PNM header."""


@dataclass(frozen=True)
class PnmHeader:
    """Size in dots, and in bytes including the header."""

    width: int
    height: int
    total_bytes: int


def parse_header(data: bytes) -> PnmHeader:
    """The header of a raw PNM (P4, P5, P6) at the start of `data`. Raises PnmError."""
    start = data[:MAX_HEADER_BYTES]
    header = HEADER.match(start)
    if header is None:
        raise PnmError("no PNM header")
    width, height = int(header[2]), int(header[3])
    end, sample_bytes = header.end(), 1
    channels = MAGIC_CHANNELS[header[1]]
    if channels:
        maximum = MAX_SAMPLE_VALUE.match(start, end)
        if maximum is None or not 0 < int(maximum[1]) < 65536:
            raise PnmError("no maximum")
        end, sample_bytes = maximum.end(), 1 if int(maximum[1]) < 256 else 2
    if not start[end : end + 1].isspace():
        raise PnmError("the header is cut off")
    row_bytes = width * channels * sample_bytes if channels else -(-width // 8)
    return PnmHeader(width, height, end + 1 + row_bytes * height)
