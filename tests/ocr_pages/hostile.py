"""Files that a scanner, a stick or a stranger may deliver: damaged, enormous, or of a kind that is seldom tested.

Each has an expectation. They are made when needed: together they have hundreds of megabytes.
"""

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from PIL import Image, ImageDraw

from simulators.sample_letters import MARKET_LETTER, render_letter_page, strip_layout_marks
from tests.ocr_pages.picture_files import encode_picture, png_of_zeros

LETTER_TEXT = strip_layout_marks(MARKET_LETTER)  # on the pages that are to be read
_ORIENTATION_TAG = 0x0112  # of EXIF
_NOISE_SIZE = (7700, 7660)  # 59 megapixels, below the limit of 60


class Expectation(Enum):
    """What is right. A refusal is one sentence, without a traceback."""

    READ = "the letter's text"
    EMPTY = "a page without text"
    REFUSED = "a refusal"
    EITHER = "a page or a refusal"  # what matters is time and memory


@dataclass(frozen=True)
class HostileFile:
    """A file and what is expected of its reader."""

    name: str
    expectation: Expectation
    make: Callable[[], bytes]


def _letter() -> Image.Image:
    return render_letter_page(MARKET_LETTER)


def _letter_with_orientation(value: int) -> bytes:
    """The letter turned, with the EXIF orientation that turns it back."""
    back = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    exif = Image.Exif()
    exif[_ORIENTATION_TAG] = value
    return encode_picture(_letter().transpose(back[value]), "JPEG", quality=90, exif=exif.tobytes())


def _letter_in_16_bits() -> bytes:
    values = np.asarray(_letter(), np.uint16) * 257
    return encode_picture(Image.fromarray(values), "PNG")


def _letter_in_cmyk() -> bytes:
    return encode_picture(_letter().convert("RGB").convert("CMYK"), "JPEG", quality=90)


def _letter_transparent() -> bytes:
    """Black letters on nothing."""
    letter = _letter()
    page = Image.new("RGBA", letter.size, (0, 0, 0, 0))
    page.putalpha(letter.point(lambda grey: 255 - grey))
    return encode_picture(page, "PNG")


def _animation(kind: str) -> bytes:
    frames = [Image.new("L", (600, 800), 255 - index) for index in range(200)]
    return encode_picture(frames[0], kind, save_all=True, append_images=frames[1:])


def _noise(size: tuple[int, int]) -> bytes:
    """A PGM of random pixels: every pixel is a piece of ink."""
    width, height = size
    return b"P5 %d %d 255\n" % size + np.random.default_rng(59).integers(0, 256, (height, width), np.uint8).tobytes()


def _halftone(size: tuple[int, int]) -> bytes:
    """A grey area printed as dots: millions of equal pieces of ink, each as large as a tone mark."""
    width, height = size
    down, across = np.mgrid[0:height, 0:width]
    dots = np.where((down % 6 < 3) & (across % 6 < 3), 0, 255).astype(np.uint8)
    return b"P5 %d %d 255\n" % size + dots.tobytes()


def _ruled(size: tuple[int, int]) -> bytes:
    """Nothing but lines: a page of squared paper in solid black."""
    page = Image.new("L", size, 255)
    draw = ImageDraw.Draw(page)
    for x in range(0, size[0], 20):
        draw.line((x, 0, x, size[1]), fill=0, width=2)
    for y in range(0, size[1], 20):
        draw.line((0, y, size[0], y), fill=0, width=2)
    return encode_picture(page, "PPM")


def _grey_jpeg(width: int, height: int) -> bytes:
    """A valid JPEG of one grey: small, and enormous when decoded."""
    return encode_picture(Image.new("L", (width, height), 200), "JPEG", quality=30)


def make_pdf(pages: int, *, points: tuple[int, int] = (595, 842), content: bytes = b"") -> bytes:
    """A PDF of equal pages that share one compressed content stream; `points`: their size in 1/72 inch."""
    packed = zlib.compress(content, 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, b" ".join(b"%d 0 R" % (4 + n) for n in range(pages))),
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
    ]
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 3 0 R >>" % points
    objects += [page] * pages
    file, offsets = io.BytesIO(b"%PDF-1.7\n"), []
    file.seek(0, io.SEEK_END)
    for number, body in enumerate(objects, 1):
        offsets.append(file.tell())
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    file.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    file.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    return file.getvalue()


def _truncated(kind: str, share: float) -> bytes:
    raw = encode_picture(_letter(), kind)
    return raw[: int(len(raw) * share)]


HOSTILE_FILES = (
    HostileFile("nothing", Expectation.REFUSED, lambda: b""),
    HostileFile("text", Expectation.REFUSED, lambda: b"hello " * 1000),
    HostileFile("random bytes", Expectation.REFUSED, lambda: np.random.default_rng(1).bytes(1_000_000)),
    HostileFile("PNG bomb, 100 megapixels", Expectation.REFUSED, lambda: png_of_zeros(10_000, 10_000)),
    HostileFile("PNG with 200 MB of comment", Expectation.EITHER, lambda: png_of_zeros(40, 40, text_bytes=200_000_000)),
    HostileFile("PNM header of 400 megapixels", Expectation.REFUSED, lambda: b"P5 20000 20000 255\n" + bytes(1000)),
    HostileFile("JPEG, 200 megapixels", Expectation.REFUSED, lambda: _grey_jpeg(20_000, 10_000)),
    HostileFile("JPEG, 59 megapixels, empty", Expectation.EMPTY, lambda: _grey_jpeg(*_NOISE_SIZE)),
    HostileFile("truncated PNG", Expectation.REFUSED, lambda: _truncated("PNG", 0.6)),
    HostileFile("truncated JPEG", Expectation.REFUSED, lambda: _truncated("JPEG", 0.6)),
    HostileFile("truncated PNM", Expectation.REFUSED, lambda: _truncated("PPM", 0.6)),
    HostileFile("truncated WebP", Expectation.REFUSED, lambda: _truncated("WEBP", 0.6)),
    HostileFile("WebP", Expectation.READ, lambda: encode_picture(_letter(), "WEBP")),
    HostileFile("WebP, 24 megapixels", Expectation.EMPTY, lambda: encode_picture(Image.new("L", (6000, 4000)), "WEBP")),
    HostileFile("animated WebP", Expectation.EITHER, lambda: _animation("WEBP")),
    HostileFile("one pixel", Expectation.EMPTY, lambda: encode_picture(Image.new("L", (1, 1)), "PNG")),
    HostileFile("one column", Expectation.EMPTY, lambda: encode_picture(Image.new("L", (1, 20_000), 255), "PNG")),
    HostileFile("one row of noise", Expectation.EITHER, lambda: _noise((20_000, 1))),
    HostileFile("animated GIF", Expectation.EITHER, lambda: _animation("GIF")),
    HostileFile("animated PNG", Expectation.EITHER, lambda: _animation("PNG")),
    HostileFile("200 page TIFF", Expectation.EITHER, lambda: _animation("TIFF")),
    HostileFile("CMYK JPEG", Expectation.READ, _letter_in_cmyk),
    HostileFile("16 bit PNG", Expectation.READ, _letter_in_16_bits),
    HostileFile("transparent PNG", Expectation.READ, _letter_transparent),
    HostileFile("black and white PNG", Expectation.READ, lambda: encode_picture(_letter().convert("1"), "PNG")),
    HostileFile("EXIF upside down", Expectation.READ, lambda: _letter_with_orientation(3)),
    HostileFile("EXIF quarter turn", Expectation.READ, lambda: _letter_with_orientation(6)),
    HostileFile("EXIF three quarters turn", Expectation.READ, lambda: _letter_with_orientation(8)),
    HostileFile("PDF, 5000 pages", Expectation.EITHER, lambda: make_pdf(5000)),
    HostileFile("PDF, page of 5 metres", Expectation.EITHER, lambda: make_pdf(1, points=(14_400, 14_400))),
    HostileFile("PDF bomb, 300 MB", Expectation.EITHER, lambda: make_pdf(1, content=b"0 0 m 9 9 l S " * 21_000_000)),
    HostileFile("noise, 59 megapixels", Expectation.EITHER, lambda: _noise(_NOISE_SIZE)),
    HostileFile("noise, A4 at 200 dpi", Expectation.EITHER, lambda: _noise((1654, 2339))),
    HostileFile("halftone, 59 megapixels", Expectation.EITHER, lambda: _halftone(_NOISE_SIZE)),
    HostileFile("halftone, A4 at 200 dpi", Expectation.EITHER, lambda: _halftone((1654, 2339))),
    HostileFile("squared paper, 59 megapixels", Expectation.EITHER, lambda: _ruled(_NOISE_SIZE)),
)
