"""Checks and cleans uploaded files. Runs in a confined child process only (central/cases/attachments.py). No Django.

A photo is decoded and its pixels are written as a new JPEG: position, camera, thumbnails and anything hidden behind the
picture are gone. Its position is read before that if its sender wants to add it. A TIFF file of a scanner or fax is
written again in the same way: one page as a JPEG, several as a PDF of JPEGs, because browsers show no TIFF. A PDF keeps
its bytes, because a rewritten one loses its electronic signatures: it is read whole, and refused when it could do more
than show pages. The type is that of the content; the name of a file says nothing.
"""

import io
import math
import re
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from itertools import chain

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from central.cases.office_cleaning import OLE_START, ZIP_START, clean_office
from central.cases.refusals import Refusal, RefusedFileError

Position = tuple[float, float]  # latitude and longitude, degrees

MAX_PDF_PAGES = 100
MAX_MEGAPIXELS = 64  # the main camera of most telephones has 12 to 50
_MAX_EDGE_PIXELS = 3200  # a page of A4 at 270 dpi
_JPEG_QUALITY = 85
_MAX_PDF_OBJECTS = 200_000  # a hundred scanned pages have about 500
_PHOTO_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_PHOTO_FORMATS = ("JPEG", "PNG", "WEBP")
_TIFF_STARTS = (b"II*\0", b"MM\0*")
_TIFF_DPI = 200  # of its pages in the PDF: the size in print of a scan at the usual resolution

# What a PDF must not contain: programs, other files, and actions that leave the page.
_FORBIDDEN_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent"})
_FORBIDDEN_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound"}
)
_FORBIDDEN_ANNOTATIONS = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
# A reader that finds other objects than pypdf does, in a damaged file, must not find these either.
_FORBIDDEN_BYTES = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|RichMedia)")


def clean_files(
    contents: list[bytes], keep_positions: bool, from_offices: bool
) -> list[tuple[str, bytes, tuple[int, int], Position | None]]:
    """Media type, clean content, width and height in pixels, and kept position of each file. The list ends at the first
    refused one: ('', code of the Refusal, (0, 0), None)."""
    cleaned: list[tuple[str, bytes, tuple[int, int], Position | None]] = []
    for content in contents:
        try:
            media_type, clean, pixels = clean_file(content, from_offices=from_offices)
        except RefusedFileError as error:
            return [*cleaned, ("", error.refusal.value.encode(), (0, 0), None)]
        cleaned.append((media_type, clean, pixels, photo_position(content) if keep_positions else None))
    return cleaned


def clean_file(content: bytes, *, from_offices: bool = False) -> tuple[str, bytes, tuple[int, int]]:
    """Media type, clean content, and width and height in pixels of a photo; (0, 0) for another file. A TIFF file
    becomes a photo or a PDF. `from_offices`: Word and Excel files are accepted too. Raises RefusedFileError."""
    if content.startswith(b"%PDF-"):
        _check_pdf(content)
        return "application/pdf", content, (0, 0)
    if content.startswith(_PHOTO_STARTS) or (content[:4], content[8:12]) == (b"RIFF", b"WEBP"):
        photo = next(_decode_pages(content, _PHOTO_FORMATS))
        return "image/jpeg", _to_jpeg(photo), photo.size
    if content.startswith(_TIFF_STARTS):
        return _clean_tiff(content)
    if from_offices and content.startswith((ZIP_START, OLE_START)):
        return *clean_office(content), (0, 0)
    raise RefusedFileError(Refusal.UNKNOWN_TYPE)


def photo_position(content: bytes) -> Position | None:
    """Where a photo was taken, as its camera has written it. None without a position that can be one."""
    if not content.startswith(_PHOTO_STARTS) and content[8:12] != b"WEBP":
        return None
    try:
        with Image.open(io.BytesIO(content), formats=_PHOTO_FORMATS) as picture:
            gps = picture.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] == "S")
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] == "W")
    except (LookupError, TypeError, ValueError, ArithmeticError, OSError, SyntaxError, EOFError, struct.error):
        return None
    is_possible = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0)
    return (latitude, longitude) if is_possible else None


def _degrees(parts: Sequence[float], is_negative: bool) -> float:
    """Degrees, minutes and seconds as one number, to six decimals: ten centimetres. NaN, of 0/0, raises ValueError."""
    degrees, minutes, seconds = (float(part) for part in parts)
    value = round(degrees + minutes / 60 + seconds / 3600, 6)
    if not math.isfinite(value):
        raise ValueError("not a position")
    return -value if is_negative else value


def _clean_tiff(content: bytes) -> tuple[str, bytes, tuple[int, int]]:
    pages = _decode_pages(content, ("TIFF",))
    first, second = next(pages), next(pages, None)
    if second is None:
        return "image/jpeg", _to_jpeg(first), first.size
    document, output = PdfWriter(), io.BytesIO()
    for page in chain((first, second), pages):  # one after the other: decoded, a hundred of them take 3 GB
        sheet = io.BytesIO()
        page.save(sheet, "PDF", quality=_JPEG_QUALITY, resolution=_TIFF_DPI)
        document.append(sheet)
    document.write(output)
    return "application/pdf", output.getvalue(), (0, 0)


def _decode_pages(content: bytes, formats: tuple[str, ...]) -> Iterator[Image.Image]:
    """The pictures of a file, upright, at most `_MAX_EDGE_PIXELS` wide and high, with their pixels alone. Raises
    RefusedFileError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is stricter
            picture: Image.Image = Image.open(io.BytesIO(content), formats=formats)
        count = int(getattr(picture, "n_frames", 1))
        if picture.format == "TIFF" and count > MAX_PDF_PAGES:
            raise RefusedFileError(Refusal.TOO_MANY_PAGES)
        for index in range(count):
            if index:
                picture.seek(index)
            if picture.width * picture.height > MAX_MEGAPIXELS * 1_000_000:
                raise RefusedFileError(Refusal.TOO_MANY_PIXELS)
            picture.draft("RGB", (_MAX_EDGE_PIXELS, _MAX_EDGE_PIXELS))  # a JPEG is decoded at a fraction of its size
            picture.load()
            yield _pixels_alone(_on_white(ImageOps.exif_transpose(picture)))
    except Image.DecompressionBombError:
        raise RefusedFileError(Refusal.TOO_MANY_PIXELS) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, KeyError, struct.error, zlib.error):
        raise RefusedFileError(Refusal.DAMAGED) from None


def _pixels_alone(picture: Image.Image) -> Image.Image:
    """The picture made smaller, without the comments of its file."""
    picture.thumbnail((_MAX_EDGE_PIXELS, _MAX_EDGE_PIXELS))
    pixels = Image.new("RGB", picture.size)
    pixels.paste(picture)
    return pixels


def _to_jpeg(picture: Image.Image) -> bytes:
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return output.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits a pixel
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        with_alpha = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", with_alpha.size, "white"), with_alpha).convert("RGB")
    return picture.convert("RGB")


def _check_pdf(content: bytes) -> None:
    if not content.rstrip(b"\0\t\n\f\r ").endswith(b"%%EOF"):
        raise RefusedFileError(Refusal.DAMAGED)  # cut off, or another file is behind it
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise RefusedFileError(Refusal.ENCRYPTED)
        pages = len(reader.pages)
        if not pages:
            raise RefusedFileError(Refusal.DAMAGED)
        if pages > MAX_PDF_PAGES:
            raise RefusedFileError(Refusal.TOO_MANY_PAGES)
        if any(_is_active(entries) for entries in _dictionaries(reader)):
            raise RefusedFileError(Refusal.ACTIVE_CONTENT)
    except (PyPdfError, OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError, zlib.error):
        raise RefusedFileError(Refusal.DAMAGED) from None
    if _FORBIDDEN_BYTES.search(content):
        raise RefusedFileError(Refusal.ACTIVE_CONTENT)


def _is_active(entries: DictionaryObject) -> bool:
    action, annotation = str(entries.get("/S", "")), str(entries.get("/Subtype", ""))
    return (
        not _FORBIDDEN_KEYS.isdisjoint(entries) or action in _FORBIDDEN_ACTIONS or annotation in _FORBIDDEN_ANNOTATIONS
    )


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary that can be reached from the trailer, each once. Raises RefusedFileError for too many."""
    waiting: list[object] = [reader.trailer]
    visited: set[tuple[int, int]] = set()
    count = 0
    while waiting:
        value = waiting.pop()
        count += 1
        if count > _MAX_PDF_OBJECTS:
            raise RefusedFileError(Refusal.TOO_MANY_PAGES)
        if isinstance(value, IndirectObject):
            if (value.idnum, value.generation) in visited:
                continue
            visited.add((value.idnum, value.generation))
            value = value.get_object()
        if isinstance(value, DictionaryObject):
            yield value
            waiting.extend(value.raw_get(key) for key in value)
        elif isinstance(value, ArrayObject):
            waiting.extend(list.__iter__(value))
