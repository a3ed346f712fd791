"""The head of a PNM picture: enough to know whether it is whole, without decoding it."""

import re
from dataclasses import dataclass
from typing import Final

MAGIC_CHANNELS: Final = {b"P4": 0, b"P5": 1, b"P6": 3}  # P4 has eight dots a byte
# P4 has no maximum; comments reach to the line's end and may stand before each number.
HEADER: Final = re.compile(rb"(P[456])" + rb"(?:\s|#[^\n]*\n)+(\d{1,9})" * 2)
MAX_SAMPLE_VALUE: Final = re.compile(rb"(?:\s|#[^\n]*\n)+(\d{1,9})")
MAX_HEADER_BYTES: Final = 4096


class PnmError(ValueError):
    """These bytes begin no PNM picture."""


@dataclass(frozen=True)
class PnmHeader:
    """Size in dots, and in bytes with the head."""

    width: int
    height: int
    total_bytes: int


def parse_header(data: bytes) -> PnmHeader:
    """Head of a raw PNM (P4, P5, P6) at the start of `data`. Raises PnmError."""
    start = data[:MAX_HEADER_BYTES]
    head = HEADER.match(start)
    if head is None:
        raise PnmError("no PNM head")
    width, height = int(head[2]), int(head[3])
    end, sample_bytes = head.end(), 1
    channels = MAGIC_CHANNELS[head[1]]
    if channels:
        maximum = MAX_SAMPLE_VALUE.match(start, end)
        if maximum is None or not 0 < int(maximum[1]) < 65536:
            raise PnmError("no maximum")
        end, sample_bytes = maximum.end(), 1 if int(maximum[1]) < 256 else 2
    if not start[end : end + 1].isspace():
        raise PnmError("head is cut off")
    row_bytes = width * channels * sample_bytes if channels else -(-width // 8)
    return PnmHeader(width, height, end + 1 + row_bytes * height)
