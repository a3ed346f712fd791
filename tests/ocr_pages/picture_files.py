"""Pictures as files."""

import io
import struct
import zlib
from typing import Any

from PIL import Image


def encode_picture(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The file in Pillow's format `kind`; `options` are those of that format."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def png_of_zeros(width: int, height: int, *, text_bytes: int = 0) -> bytes:
    """A PNG bomb: a few kilobytes that decode to width × height pixels, and to a comment of `text_bytes`."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    compressor = zlib.compressobj(9)
    rows = b"".join(compressor.compress(bytes(width + 1)) for _ in range(height)) + compressor.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    comment = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(text_bytes), 9)) if text_bytes else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + comment + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
