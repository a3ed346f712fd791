"""A picture as its pixels: what a confined process hands to one that shows it, which then has nothing to decode.

Two numbers of two bytes, width and height, and one byte, 1 for grey or 3 for colours; then the rows from top to bottom.
A page of 1200 pixels takes 1 MB in grey and 3 MB in colours.
"""

import struct

from PIL import Image

LONGEST_SIDE = 1200  # pixels
_HEAD = struct.Struct(">HHB")
_MODES = {1: "L", 3: "RGB"}


def packed(picture: Image.Image) -> bytes:
    """A picture of mode 'L' or 'RGB', at most LONGEST_SIDE pixels wide and high."""
    return _HEAD.pack(*picture.size, len(picture.getbands())) + picture.tobytes()


def check(said: bytes) -> None:
    """Raise ValueError for bytes that are no such picture."""
    if len(said) < _HEAD.size:
        raise ValueError("It is no picture")
    width, height, channels = _HEAD.unpack_from(said)
    if channels not in _MODES or not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
        raise ValueError("No picture is like that")
    if len(said) != _HEAD.size + width * height * channels:
        raise ValueError("It has not as many pixels as it says")


def unpacked(said: bytes) -> Image.Image:
    """The picture, of mode 'L' or 'RGB'. Raises ValueError."""
    check(said)
    width, height, channels = _HEAD.unpack_from(said)
    return Image.frombuffer(_MODES[channels], (width, height), said[_HEAD.size :], "raw", _MODES[channels], 0, 1)
