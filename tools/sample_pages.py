"""Sample pages of letters: as recognition returns them, and their pictures. Invented."""

import random

from PIL import Image, ImageDraw, ImageFont

from journey.complaint.draft import LetterOffer, LetterPage, RecognisedLine
from ocr import pixels
from screens.kivy_setup import ASSETS_DIR

LETTER_LINES = (
    ("เรื่อง ขอให้แก้ไขปัญหาน้ำประปาไม่ไหล", False),
    ("เรียน ผู้ว่าราชการจังหวัดขอนแก่น", False),
    ("ข้าพเจ้าพร้อมด้วยชาวบ้าน", False),
    ("หมู่ที่ ๗ จำนวน ๓๒ ครัวเรือน", True),
    ("ได้รับความเดือดร้อนจากน้ำประปาหมู่บ้านไม่ไหลติดต่อกันมานานกว่าสามสัปดาห์", False),
    ("โทรศัพท์ ๐๘๑ ๒๓๔ ๕๖๗๘", False),
)
_UNCLEAR_WORD = "๓๒"
_SIZE_PX = 620, 877
_LEFT_PX, _FIRST_ROW_PX, _ROW_PX, _TYPE_PX = 60, 90, 48, 22
_FONT = ImageFont.truetype(str(ASSETS_DIR / "fonts" / "Sarabun-Regular.ttf"), _TYPE_PX)


def _row_box(row: int, left: float, right: float) -> tuple[float, ...]:
    """A box in a row of the page, from pixels to fractions."""
    top, bottom = _FIRST_ROW_PX + _ROW_PX * row, _FIRST_ROW_PX + _ROW_PX * row + 36
    return left / _SIZE_PX[0], top / _SIZE_PX[1], right / _SIZE_PX[0], bottom / _SIZE_PX[1]


def _print(
    row: int, text: str, left: float = _LEFT_PX, *, is_uncertain: bool = False, unclear: str = ""
) -> RecognisedLine:
    box = _row_box(row, left, left + _FONT.getlength(text))
    start = text.find(unclear) if unclear else -1
    doubts = (start, start + len(unclear)) if start >= 0 else ()
    confidence = 60.0 if is_uncertain else 93.0
    return RecognisedLine(text, confidence, is_uncertain, (box[1] + box[3]) / 2, box, doubts=doubts)


def _handwriting(row: int, left: float, right: float) -> RecognisedLine:
    box = _row_box(row, left, right)
    return RecognisedLine("", 58.0, is_uncertain=True, centre_y=(box[1] + box[3]) / 2, box=box, is_handwritten=True)


_READ_LINES = tuple(
    _print(row, text, is_uncertain=is_unsure, unclear=_UNCLEAR_WORD if is_unsure else "")
    for row, (text, is_unsure) in enumerate(LETTER_LINES)
)
_SUBJECT = LETTER_LINES[0][0].removeprefix("เรื่อง ")
_PHONE = LETTER_LINES[-1][0].removeprefix("โทรศัพท์ ")
RECOGNISED_PAGE = LetterPage(
    "page-1",
    1240,
    1754,
    lines=_READ_LINES,
    is_readable=True,
    confidence=90.0,
    offers=(
        LetterOffer("text", _SUBJECT, _SUBJECT, is_uncertain=False, box=_READ_LINES[0].box),
        LetterOffer("phone", _PHONE, "0812345678", is_uncertain=True, box=_READ_LINES[-1].box),
    ),
)
HANDWRITTEN_PAGE = LetterPage(
    "page-2", 1240, 1754, lines=tuple(_handwriting(row, _LEFT_PX, 560) for row in range(5)), is_readable=False
)
PAGE_IN_RECOGNITION = LetterPage("page-3", 1240, 1754)
UNREADABLE_PAGE = LetterPage("page-1", 1240, 1754, lines=(), is_readable=False)
# A printed form that was filled in by hand. In the line that is read well, one number is unclear.
FORM_PAGE = LetterPage(
    "form",
    1240,
    1754,
    lines=(
        _print(0, "แบบคำร้องทุกข์", 240),
        _print(1, "ข้าพเจ้า"),
        _handwriting(1, 150, 520),
        _print(2, "อยู่บ้านเลขที่"),
        _handwriting(2, 190, 290),
        _print(2, "หมู่ที่", 310),
        _handwriting(2, 370, 450),
        _print(3, "ขอร้องเรียนเรื่อง"),
        _handwriting(4, _LEFT_PX, 560),
        _handwriting(5, _LEFT_PX, 430),
        _print(6, "ยื่นต่อศูนย์ดำรงธรรม ชั้น ๑ ห้อง ๑๔๘", unclear="๑๔๘"),
    ),
    is_readable=True,
    confidence=91.0,
)
_PAGES = {page.page_id: page for page in (RECOGNISED_PAGE, HANDWRITTEN_PAGE, FORM_PAGE)}


def page_preview(page_id: str) -> bytes:
    """The packed picture of a sample page; of any other page the one with `LETTER_LINES`."""
    page = Image.new("L", _SIZE_PX, 255)
    draw = ImageDraw.Draw(page)
    for line in _PAGES.get(page_id, RECOGNISED_PAGE).lines or ():
        left, top, right, bottom = (share * side for share, side in zip(line.box, _SIZE_PX * 2, strict=True))
        if line.is_handwritten:
            _scribble(draw, (left, top, right, bottom))
        else:
            draw.text((left, top), line.text, fill=0, font=_FONT)
    return pixels.pack(page)


def _scribble(draw: ImageDraw.ImageDraw, box: tuple[float, ...]) -> None:
    """Strokes like hurried handwriting, the same for the same place."""
    left, top, right, bottom = box
    chance = random.Random(str(box))
    points, x = [], left
    while x < right:
        points.append((x, chance.uniform(top + 6, bottom - 6)))
        x += chance.uniform(2, 9)
    for first in range(0, len(points), 6):
        draw.line(points[first : first + 6], fill=40, width=2, joint="curve")
