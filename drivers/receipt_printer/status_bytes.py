"""The status bytes of an ESC/POS printer (DLE EOT n, GS r), as pure functions."""

from collections.abc import Mapping, Sequence
from typing import Final

from drivers.ports.receipt_printer import PrinterStatus

STATUS_QUERIES: Final = (1, 2, 3, 4)  # printer, offline cause, error cause, paper


def build_query(n: int) -> bytes:
    """DLE EOT n: a real-time command; the response is one byte, even without paper."""
    return bytes((0x10, 0x04, n))


def is_realtime(byte: int) -> bool:
    """Whether `byte` can be a response to DLE EOT: bits 0 and 7 clear, 1 and 4 set. XON, ASB and GS r differ."""
    return byte & 0x93 == 0x12


def is_barrier(byte: int) -> bool:
    """Whether `byte` can be a response to GS r: bits 4 and 7 clear."""
    return byte & 0x90 == 0


def is_invalid_response(data: bytes) -> bool:
    """Whether `data` contains a byte that no printer sends: bit 7 is clear in every response (DLE EOT, GS r, ASB, XON,
    XOFF)."""
    return any(byte & 0x80 for byte in data)


def status_from_responses(responses: Mapping[int, int], queries: Sequence[int] = STATUS_QUERIES) -> PrinterStatus:
    """The status for `responses`, response bytes by n of DLE EOT. A fault in any response counts; READY needs a
    response to each of `queries`."""
    valid = {n: byte for n, byte in responses.items() if is_realtime(byte)}
    offline, cause, error, paper = (valid.get(n, 0) for n in STATUS_QUERIES)
    if cause & 0x04:
        return PrinterStatus.COVER_OPEN
    if cause & 0x20 or paper & 0x60:
        return PrinterStatus.PAPER_OUT
    if error & 0x08:
        return PrinterStatus.CUTTER_ERROR
    if error & 0x60 or cause & 0x40:
        return PrinterStatus.ERROR
    if offline & 0x08:
        return PrinterStatus.OFFLINE
    if any(n not in valid for n in queries):
        return PrinterStatus.UNKNOWN
    return PrinterStatus.PAPER_NEAR_END if paper & 0x0C else PrinterStatus.READY
