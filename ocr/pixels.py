"""A picture as raw pixels, as a confined process returns it; the process that shows it decodes nothing.

The format: width and height in two bytes each, one byte for the channels (1 grey, 3 colour), then the rows from top to
bottom. A page of 1200 pixels takes 1 MB in grey and 3 MB in colour.
"""

import struct

from PIL import Image

MAX_SIDE_PX = 1200
_HEADER = struct.Struct(">HHB")
_MODES = {1: "L", 3: "RGB"}


def pack(picture: Image.Image) -> bytes:
    """A picture of mode 'L' or 'RGB', at most MAX_SIDE_PX pixels wide and high."""
    return _HEADER.pack(*picture.size, len(picture.getbands())) + picture.tobytes()


def check(data: bytes) -> None:
    """Raises ValueError for bytes that are not in this format."""
    if len(data) < _HEADER.size:
        raise ValueError("too short for a picture")
    width, height, channels = _HEADER.unpack_from(data)
    if channels not in _MODES or not (0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX):
        raise ValueError("size or channels are not valid")
    if len(data) != _HEADER.size + width * height * channels:
        raise ValueError("the number of pixels differs from the header")


def unpack(data: bytes) -> Image.Image:
    """The picture, of mode 'L' or 'RGB'. Raises ValueError."""
    check(data)
    width, height, channels = _HEADER.unpack_from(data)
    return Image.frombuffer(_MODES[channels], (width, height), data[_HEADER.size :], "raw", _MODES[channels], 0, 1)
