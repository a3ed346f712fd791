"""The photo on the card. No visit needs it; it is read only where kiosk.toml says so."""

from collections.abc import Callable
from threading import Event
from typing import Final

from drivers.card_reader.card_map import Span, read_span, split_into_reads

PHOTO_LENGTH_SPAN: Final = Span(0x0179, 2)  # big-endian
PHOTO_SPAN: Final = Span(0x017B, 5118)
JPEG_START_MARKER, JPEG_END_MARKER = b"\xff\xd8", b"\xff\xd9"


class BadPhotoError(Exception):
    """The content of the photo field is not a JPEG."""


def read_photo(send: Callable[[bytes], bytes], on_progress: Callable[[float], None], cancel: Event) -> bytes:
    """The JPEG; b"" for a card without one or when `cancel` was set. Progress goes from 0 to 1.

    Only as many bytes are read as the length field states: most cards use fewer than the 5,118 bytes, and each 255
    bytes take 0.3 s on an old card. Raises BadPhotoError, and what `send` raises.
    """
    length = int.from_bytes(read_span(send, PHOTO_LENGTH_SPAN), "big")
    if length == 0:
        return b""
    if length > PHOTO_SPAN.length:
        raise BadPhotoError
    photo = b""
    for span in split_into_reads(Span(PHOTO_SPAN.offset, length)):
        if cancel.is_set():
            return b""
        photo += read_span(send, span)
        on_progress(len(photo) / length)
    end = photo.rfind(JPEG_END_MARKER)
    if len(photo) != length or not photo.startswith(JPEG_START_MARKER) or end < 0:
        raise BadPhotoError
    return photo[: end + len(JPEG_END_MARKER)]
