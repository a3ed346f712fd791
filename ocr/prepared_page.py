"""A page in the form in which it is shown, stored and sent, and its limits.

Apart from `ocr.prepare_page`, which makes it: a process that only passes pages on imports neither NumPy nor a decoder.
"""

from dataclasses import dataclass, field

from ocr import pixels

# A4 at 200 dpi, a folio at 195; recognition gains nothing above (docs/facts.md §4).
MAX_SHORT_SIDE_PX, MAX_LONG_SIDE_PX = 1654, 2600
MAX_JPEG_BYTES = 300_000
EXIF_BLOCK_BYTES = 36  # a rotated page has a block with its orientation in addition
MAX_PAGES = 200  # of a document
_JPEG_MAGIC = b"\xff\xd8"


@dataclass(frozen=True)
class PreparedPage:
    """A page upright, at most 200 dpi, as one compact JPEG with a preview."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    preview: bytes = field(repr=False)  # raw pixels, see ocr.pixels
    blank: bool = False  # an empty back: no ink, at most print that shines through

    def __post_init__(self) -> None:
        """Raises ValueError for values that `ocr.prepare_page.prepare` never returns, because they may come from a
        compromised child process."""
        if not self.jpeg.startswith(_JPEG_MAGIC) or len(self.jpeg) > MAX_JPEG_BYTES + EXIF_BLOCK_BYTES:
            raise ValueError("not a prepared page")
        if not (0 < self.width <= MAX_LONG_SIDE_PX and 0 < self.height <= MAX_LONG_SIDE_PX):
            raise ValueError("no page has that size")
        pixels.check(self.preview)
