"""Print taken for handwriting, and handwriting taken for print: by line and by page."""

from dataclasses import dataclass, fields

from tests.bench._ocr_readers import ReadPage
from tests.ocr_pages.page_file import PageFile
from tests.ocr_pages.sheet import TrueLine


@dataclass(frozen=True)
class HandwritingCounts:
    """Lines, or pages written by hand as a whole. *Written* lines are those of forms by hand."""

    printed: int = 0
    printed_as_written: int = 0
    written: int = 0
    written_as_printed: int = 0
    pages: int = 0
    pages_as_readable: int = 0

    def __add__(self, other: "HandwritingCounts") -> "HandwritingCounts":
        names = [field.name for field in fields(self)]
        return HandwritingCounts(**{name: getattr(self, name) + getattr(other, name) for name in names})


def count_lines(page: PageFile, reading: ReadPage) -> HandwritingCounts:
    """How the kiosk took the lines of a page. A printed page counts by its read lines, because photographs have no
    places. A form by hand counts by true lines: a written one was taken for print when text was read in it."""
    written = [line for line in page.lines if line.is_handwritten]
    if not written:
        taken = sum(line.is_handwritten for line in reading.judged)
        return HandwritingCounts(printed=len(reading.judged), printed_as_written=taken)
    width, height = page.sheet_size
    printed = [line for line in page.lines if not line.is_handwritten]

    def is_in(line: TrueLine, centre: tuple[float, float]) -> bool:
        left, top, right, bottom = line.box
        return left <= centre[0] * width <= right and top <= centre[1] * height <= bottom

    text_centres = [line.centre for line in reading.judged if line.text and not line.is_handwritten]
    written_centres = [line.centre for line in reading.judged if line.is_handwritten]
    return HandwritingCounts(
        printed=len(printed),
        printed_as_written=sum(any(is_in(line, centre) for centre in written_centres) for line in printed),
        written=len(written),
        written_as_printed=sum(any(is_in(line, centre) for centre in text_centres) for line in written),
    )
