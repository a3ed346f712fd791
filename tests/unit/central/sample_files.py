"""Files as agencies attach them, good and bad."""

import io
import struct
import zlib

from PIL import Image
from PIL.TiffImagePlugin import IFDRational
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject


def photo(image_format: str = "JPEG", size: tuple[int, int] = (60, 40), *, position: bool = False) -> bytes:
    """A small photo; `position`: with the place where it was taken."""
    picture, output = Image.new("RGB", size, "olive"), io.BytesIO()
    exif = Image.Exif()
    if position:
        exif[0x0110] = "Camera of Somchai"
        gps = exif.get_ifd(0x8825)
        place = (IFDRational(16), IFDRational(26), IFDRational(30)), (IFDRational(102), IFDRational(50), IFDRational(0))
        gps.update({1: "N", 2: place[0], 3: "E", 4: place[1]})
    picture.save(output, image_format, exif=exif)
    return output.getvalue()


def png_bomb() -> bytes:
    """A file of 100 bytes whose header announces 60,000 × 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels, header = zlib.compress(b"\0" * 999), struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def pdf(pages: int = 1) -> bytes:
    """A PDF of blank pages."""
    return _written(_writer(pages))


def pdf_with_script() -> bytes:
    """A PDF that runs a program when it is opened."""
    writer = _writer(1)
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('x')")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    return _written(writer)


def pdf_with_hidden_launch() -> bytes:
    """A PDF whose page starts a program by an annotation, with the action in another object and its name escaped."""
    writer = _writer(1)
    action = writer._add_object(
        DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("a.exe")})
    )
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})
    return _written(writer).replace(b"/Launch", b"/L#61unch")


def pdf_with_file() -> bytes:
    """A PDF with another file inside."""
    writer = _writer(1)
    writer.add_attachment("a.exe", b"MZ")
    return _written(writer)


def pdf_with_password() -> bytes:
    """An encrypted PDF."""
    writer = _writer(1)
    writer.encrypt("secret", algorithm="AES-256")
    return _written(writer)


def _writer(pages: int) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    return writer


def _written(writer: PdfWriter) -> bytes:
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()
