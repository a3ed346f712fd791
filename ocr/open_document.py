"""Opens a file of one page or of many: a picture, a TIFF file or a PDF document.

Runs in a confined child like every decoder. A scanner returns single pictures (`ocr.prepare_page`); documents of many
pages are attached or kept as files.
"""

import io
import struct

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from ocr.decode_picture import MAX_MEGAPIXELS, flatten
from ocr.errors import OcrError, OcrErrorReason
from ocr.prepare_page import prepare, prepare_picture
from ocr.prepared_page import MAX_LONG_SIDE_PX, MAX_PAGES, MAX_SHORT_SIDE_PX, PreparedPage

_PDF_MAGIC, _PDF_MAGIC_END = b"%PDF-", 1024  # some bytes may come before it
_TIFF_MAGIC = (b"II*\0", b"MM\0*")
_POINTS_PER_INCH, _PDF_DPI = 72, 200


def prepare_document_page(raw: bytes, index: int) -> tuple[PreparedPage, int]:
    """Page `index` (from 0) of the file as it is stored and read, and the number of pages.

    Raises OcrError: TOO_LARGE (also for more than 200 pages), TRUNCATED, NOT_AN_IMAGE."""
    if _PDF_MAGIC in raw[:_PDF_MAGIC_END]:
        return _prepare_pdf_page(raw, index)
    if raw.startswith(_TIFF_MAGIC):
        return _prepare_tiff_page(raw, index)
    return prepare(raw), 1


def _prepare_pdf_page(raw: bytes, index: int) -> tuple[PreparedPage, int]:
    try:
        document = pypdfium2.PdfDocument(raw)
        count = _check_count(len(document), index)
        page = document[index]
        width, height = page.get_size()
        long_side, short_side = max(width, height, 1), max(min(width, height), 1)
        scale = min(_PDF_DPI / _POINTS_PER_INCH, MAX_LONG_SIDE_PX / long_side, MAX_SHORT_SIDE_PX / short_side)
        picture = page.render(scale=scale).to_pil()
    except pypdfium2.PdfiumError:
        raise OcrError(OcrErrorReason.TRUNCATED) from None
    return prepare_picture(flatten(picture)), count


def _prepare_tiff_page(raw: bytes, index: int) -> tuple[PreparedPage, int]:
    try:
        with Image.open(io.BytesIO(raw), formats=("TIFF",)) as picture:
            count = _check_count(int(getattr(picture, "n_frames", 1)), index)
            picture.seek(index)
            if picture.width * picture.height > MAX_MEGAPIXELS * 1_000_000:
                raise OcrError(OcrErrorReason.TOO_LARGE, f"It has {picture.width} × {picture.height} pixels.")
            picture.load()
            return prepare_picture(flatten(ImageOps.exif_transpose(picture))), count
    except Image.DecompressionBombError:
        raise OcrError(OcrErrorReason.TOO_LARGE) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, KeyError, struct.error):
        raise OcrError(OcrErrorReason.TRUNCATED) from None


def _check_count(count: int, index: int) -> int:
    if count > MAX_PAGES:
        raise OcrError(OcrErrorReason.TOO_LARGE, f"It has {count} pages; {MAX_PAGES} are accepted.")
    if not 0 <= index < count:
        raise OcrError(OcrErrorReason.TRUNCATED)
    return count
