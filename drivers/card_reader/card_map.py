"""Where each field is on the Thai ID card, and the fewest reads that fetch the wanted ones.

Offsets and lengths are those of the citizen applet, card version 0003.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from drivers.card_reader.apdu import StatusWordError

APPLET: Final = bytes.fromhex("A000000054480001")
SELECT_APPLET: Final = bytes((0x00, 0xA4, 0x04, 0x00, len(APPLET))) + APPLET
# One GET RESPONSE carries at most 256 bytes, but "61 00" (= 256) is misread by some readers: stay below.
MAX_READ_BYTES: Final = 255
# Some cards return less than requested: how many reads one span may take. 255 bytes in pieces of 64 take four.
MAX_PARTIAL_READS: Final = 6


@dataclass(frozen=True)
class Span:
    """`length` bytes that begin at `offset`."""

    offset: int
    length: int

    @property
    def end(self) -> int:
        """First offset after the span."""
        return self.offset + self.length


class CardField(Enum):
    """Fields of the card. The signature is not here, because its key is not public. For the photo see photo.py."""

    VERSION = Span(0x0000, 4)
    CITIZEN_ID = Span(0x0004, 13)
    NAME_TH = Span(0x0011, 100)
    NAME_EN = Span(0x0075, 100)
    BIRTH_DATE = Span(0x00D9, 8)
    SEX = Span(0x00E1, 1)
    REQUEST_NUMBER = Span(0x00E2, 20)
    ISSUER = Span(0x00F6, 100)
    ISSUER_CODE = Span(0x015A, 13)
    ISSUE_DATE = Span(0x0167, 8)
    EXPIRY_DATE = Span(0x016F, 8)
    CARD_TYPE = Span(0x0177, 2)
    ADDRESS = Span(0x1579, 160)
    PHOTO_NUMBER = Span(0x1619, 14)


CITIZEN_FIELDS: Final = (
    CardField.VERSION,
    CardField.CITIZEN_ID,
    CardField.NAME_TH,
    CardField.BIRTH_DATE,
    CardField.SEX,
    CardField.ADDRESS,
)
"""The fields a visit needs; no other field is read in a visit."""


def plan_reads(fields: Iterable[CardField]) -> tuple[Span, ...]:
    """The fewest reads of at most 255 bytes that cover `fields` and no other byte."""
    runs: list[Span] = []
    for span in sorted({field.value for field in fields}, key=lambda span: span.offset):
        if runs and runs[-1].end == span.offset:
            runs[-1] = Span(runs[-1].offset, runs[-1].length + span.length)
        else:
            runs.append(span)
    return tuple(read for wanted_span in runs for read in split_into_reads(wanted_span))


def split_into_reads(wanted_span: Span) -> tuple[Span, ...]:
    """`wanted_span` split into reads of at most 255 bytes."""
    return tuple(
        Span(start, min(MAX_READ_BYTES, wanted_span.end - start))
        for start in range(wanted_span.offset, wanted_span.end, MAX_READ_BYTES)
    )


def read_command(span: Span) -> bytes:
    """The applet's READ BINARY: 80 B0 offset 02 length."""
    return bytes((0x80, 0xB0)) + span.offset.to_bytes(2, "big") + b"\x02" + span.length.to_bytes(2, "big")


def read_span(send: Callable[[bytes], bytes], span: Span) -> bytes:
    """Read `span` through `send` (of a CardChannel); shorter where the card returns no more. Raises StatusWordError."""
    content = b""
    for _ in range(MAX_PARTIAL_READS):
        try:
            content += send(read_command(Span(span.offset + len(content), span.length - len(content))))
        except StatusWordError:
            if not content:
                raise
            break
        if len(content) >= span.length:
            break
    return content[: span.length]


def read_fields(send: Callable[[bytes], bytes], fields: Iterable[CardField]) -> Mapping[CardField, bytes]:
    """Read `fields` through `send`. Raises StatusWordError when the citizen id is refused.

    A card of another version may end at another offset. Where it refuses a joint read, the fields are read one by one,
    and a field that is still refused is empty. A card that returns less than requested leaves fields short.
    """
    wanted = tuple(fields)
    image: dict[int, int] = {}
    for span in plan_reads(wanted):
        try:
            image.update(enumerate(read_span(send, span), span.offset))
        except StatusWordError:
            for field in wanted:
                if span.offset <= field.value.offset < span.end:
                    image.update(enumerate(_read_single_field(send, field), field.value.offset))
    return {
        field: bytes(image[at] for at in range(field.value.offset, field.value.end) if at in image) for field in wanted
    }


def _read_single_field(send: Callable[[bytes], bytes], field: CardField) -> bytes:
    try:
        return read_span(send, field.value)
    except StatusWordError:
        if field is CardField.CITIZEN_ID:
            raise
        return b""
