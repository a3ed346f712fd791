"""Reads the QR codes on the pages of scans, and parts a PDF. Runs in a confined child process only. No Django."""

import io

import pypdfium2
from PIL import Image
from pypdf import PdfReader, PdfWriter

from central.page_codes import codes_on

_DPI, _POINTS_PER_INCH = 200, 72  # the code of 17 mm has 37 modules: 3.6 pixels each
_MAX_EDGE_PIXELS = 3200
_PDF = b"%PDF-"


def read_codes(contents: list[bytes]) -> list[list[list[str]]]:
    """The texts of the QR codes on each page of each file. The files are clean: JPEG or PDF (`cases.file_cleaning`)."""
    return [_codes_of_file(content) for content in contents]


def part_pdf(content: bytes, parts: list[list[int]]) -> list[bytes]:
    """A PDF for each list of page numbers, from 0."""
    reader = PdfReader(io.BytesIO(content))
    written = []
    for pages in parts:
        writer, output = PdfWriter(), io.BytesIO()
        for index in pages:
            writer.add_page(reader.pages[index])
        writer.write(output)
        written.append(output.getvalue())
    return written


def _codes_of_file(content: bytes) -> list[list[str]]:
    if not content.startswith(_PDF):
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
            return [codes_on(picture.convert("L"))]
    codes = []
    for page in pypdfium2.PdfDocument(content):
        scale = min(_DPI / _POINTS_PER_INCH, _MAX_EDGE_PIXELS / max(*page.get_size(), 1))
        codes.append(codes_on(page.render(scale=scale, grayscale=True).to_pil().convert("L")))
        page.close()
    return codes
