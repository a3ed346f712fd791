"""A picture as its pixels: what a confined process hands to one that shows it, which then has nothing to decode.

Two numbers of two bytes, width and height, and one byte, 1 for grey or 3 for colours; then the rows from top to bottom.
A page of 1200 pixels takes 1 MB in grey and 3 MB in colours.
"""

import struct

from PIL import Image

MAX_SIDE_PX = 1200  # pixels
_HEADER = struct.Struct(">HHB")
_MODES = {1: "L", 3: "RGB"}


def pack(picture: Image.Image) -> bytes:
    """A picture of mode 'L' or 'RGB', at most MAX_SIDE_PX pixels wide and high."""
    return _HEADER.pack(*picture.size, len(picture.getbands())) + picture.tobytes()


def check(data: bytes) -> None:
    """Raise ValueError for bytes that are no such picture."""
    if len(data) < _HEADER.size:
        raise ValueError("It is no picture")
    width, height, channels = _HEADER.unpack_from(data)
    if channels not in _MODES or not (0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX):
        raise ValueError("No picture is like that")
    if len(data) != _HEADER.size + width * height * channels:
        raise ValueError("It has not as many pixels as it says")


def unpack(data: bytes) -> Image.Image:
    """The picture, of mode 'L' or 'RGB'. Raises ValueError."""
    check(data)
    width, height, channels = _HEADER.unpack_from(data)
    return Image.frombuffer(_MODES[channels], (width, height), data[_HEADER.size :], "raw", _MODES[channels], 0, 1)
