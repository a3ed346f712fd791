"""Opens the pages of scans and makes the files of cases from them. Runs in a confined child process only. No Django."""

import io

from PIL import Image
from pypdf import PdfWriter

from central.page_codes import codes_on
from central.scan_batches.separator import SEPARATOR_TEXT
from ocr import pixels
from ocr.decode_picture import flatten
from ocr.open_document import prepare_document_page
from ocr.prepare_page import prepare

_THUMBNAIL_PIXELS = (300, 400)
_DPI = 200

ReadPage = tuple[bytes, int, int, bytes, bool, bool, int]


def read_scan_page(raw: bytes, index: int) -> ReadPage:
    """Page `index` (from 0) of a file: JPEG, width, height, JPEG of the thumbnail, whether it is a separator sheet,
    whether it is blank, number of pages of the file. Raises OcrError."""
    page, count = prepare_document_page(raw, index)
    with Image.open(io.BytesIO(page.jpeg), formats=("JPEG",)) as picture:
        is_separator = SEPARATOR_TEXT in codes_on(picture.convert("L"))
    thumbnail, output = flatten(pixels.unpack(page.preview)), io.BytesIO()
    thumbnail.thumbnail(_THUMBNAIL_PIXELS)
    thumbnail.save(output, "JPEG", quality=70, optimize=True)
    return page.jpeg, page.width, page.height, output.getvalue(), is_separator, page.blank, count


def turned_pages(pages: list[tuple[bytes, int]]) -> list[tuple[bytes, int, int]]:
    """JPEG, width and height of each page (a JPEG, quarter turns clockwise), turned."""
    turned = []
    for jpeg, quarter_turns in pages:
        page = prepare(jpeg, quarter_turns)
        turned.append((page.jpeg, page.width, page.height))
    return turned


def pages_as_pdf(pages: list[tuple[bytes, int]]) -> bytes:
    """One PDF of the pages, turned."""
    document, output = PdfWriter(), io.BytesIO()
    for jpeg, quarter_turns in pages:
        sheet = io.BytesIO()
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
            picture.save(sheet, "PDF", resolution=_DPI, quality=85)
        document.append(sheet)
        document.pages[-1].rotate(90 * (quarter_turns % 4))
    document.write(output)
    return output.getvalue()
