"""Decodes pictures, and the QR codes in them. A picture that is too large, and data that is no picture, is refused
before decoding."""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from ocr.errors import OcrError, OcrErrorReason

MAX_MEGAPIXELS = 60  # an A3 page at 600 dpi has 70, an A4 page at 600 dpi 35
_MAX_WEBP_MEGAPIXELS = 24  # its decoder holds three copies of four bytes a pixel: 290 MB
FORMATS = ("PPM", "PNG", "JPEG", "WEBP")
_MAGIC_BYTES = (b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"\x89PNG", b"\xff\xd8")


def decode(raw: bytes) -> Image.Image:
    """The picture in mode 'L' or 'RGB', turned upright by its EXIF tag, on white where it was transparent.

    Only the header is read before the size is checked. Raises OcrError: TOO_LARGE, TRUNCATED, NOT_AN_IMAGE."""
    with _load(raw) as picture:
        return flatten(ImageOps.exif_transpose(picture))


def convert(raw: bytes, image_format: str) -> tuple[bytes, int, int]:
    """The unchanged picture as a file of another format ('PNG', 'JPEG' or 'PPM'), and its width and height in pixels.
    Raises OcrError as `decode` does."""
    output = io.BytesIO()
    with _load(raw) as picture:
        picture.save(output, image_format)
        return output.getvalue(), picture.width, picture.height


def find_qr(raw: bytes) -> list[str]:
    """The texts of the QR codes in a PNM, PNG, JPEG or WebP picture, in no order; [] for none. Raises OcrError."""
    qr_only = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    codes = zxingcpp.read_barcodes(decode(raw), formats=qr_only)
    return [code.text for code in codes if code.valid]


@contextmanager
def _load(raw: bytes) -> Iterator[Image.Image]:
    """Raises OcrError, also for Pillow's exceptions inside the block."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is stricter
            picture = Image.open(io.BytesIO(raw), formats=FORMATS)
        limit = _MAX_WEBP_MEGAPIXELS if picture.format == "WEBP" else MAX_MEGAPIXELS
        if picture.width * picture.height > limit * 1_000_000:
            raise OcrError(OcrErrorReason.TOO_LARGE, f"It has {picture.width} × {picture.height} pixels.")
        picture.load()
        yield picture
    except Image.DecompressionBombError:
        raise OcrError(OcrErrorReason.TOO_LARGE) from None
    except UnidentifiedImageError:
        is_picture = raw.startswith(_MAGIC_BYTES) or raw[8:12] == b"WEBP"
        reason = OcrErrorReason.TRUNCATED if is_picture else OcrErrorReason.NOT_AN_IMAGE
        raise OcrError(reason) from None
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error):
        # The header is valid, so what Pillow cannot read after it is cut off or damaged.
        raise OcrError(OcrErrorReason.TRUNCATED) from None


def flatten(picture: Image.Image) -> Image.Image:
    """The picture in mode 'L' or 'RGB', on white where it was transparent."""
    if picture.mode.startswith("I"):  # 16 bits a pixel
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        with_alpha = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", with_alpha.size, "white"), with_alpha).convert("RGB")
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")
