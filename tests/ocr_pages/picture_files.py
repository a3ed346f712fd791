"""Pictures as files."""

import io

from PIL import Image


def encode_picture(picture: Image.Image, picture_format: str, **options: object) -> bytes:
    """The file's bytes; `options` are Pillow's for that format."""
    file = io.BytesIO()
    picture.save(file, picture_format, **options)
    return file.getvalue()


def encode_pnm(picture: Image.Image) -> bytes:
    """As `scanimage` delivers it."""
    return encode_picture(picture, "PPM")
