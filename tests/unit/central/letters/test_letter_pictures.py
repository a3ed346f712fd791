"""Every kind of letter as a picture, compared with the golden one: nothing cut, marks in their place, the same layout.

LETTER_PICTURES_DIR stores what was drawn, for looking at it and as the next golden pictures."""

import io
import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageStat
from pypdf import PdfReader

from central.centres.models import Centre
from central.letters.kinds import LetterKind
from central.letters.models import LetterOffice
from central.letters.page import LetterPage, sample_page
from central.letters.pdf import letter_pdf
from central.letters.texts import STANDARD_TEXTS, LetterText
from central.letters.word import letter_word

_TODAY = date(2026, 11, 30)
_GOLDEN = Path(__file__).parents[3] / "golden" / "letters"
_DPI = 75
_MAX_MEAN_DIFFERENCE = 2.0  # of 255, blurred; a line of text that moves by its own height gives 5


def _emblem() -> bytes:
    """A ring in place of the emblem: tests ship no picture of it."""
    picture, output = Image.new("RGB", (300, 300), "white"), io.BytesIO()
    ImageDraw.Draw(picture).ellipse((10, 10, 290, 290), outline="black", width=14)
    picture.save(output, "JPEG")
    return output.getvalue()


def office(centre: Centre, **columns: object) -> LetterOffice:
    values: dict[str, object] = {
        "code": "ขก 0018",
        "name": "ศูนย์ดำรงธรรมจังหวัดขอนแก่น",
        "address": "ศาลากลางจังหวัดขอนแก่น ถนนหน้าศูนย์ราชการ ขก 40000",
        "section": "กลุ่มงานศูนย์ดำรงธรรม สำนักงานจังหวัดขอนแก่น",
        "phone": "0 4300 0000 ต่อ 12",
        "signer_name": "นายตัวอย่าง ที่ปฏิบัติ",
        "signer_position": "ผู้อำนวยการกลุ่มงานศูนย์ดำรงธรรม ปฏิบัติราชการแทนผู้ว่าราชการจังหวัดขอนแก่น",
        "emblem": _emblem(),
        **columns,
    }
    return LetterOffice.objects.create(centre=centre, **values)


def _pages(pdf: bytes) -> list[Image.Image]:
    return [page.render(scale=_DPI / 72).to_pil().convert("L") for page in pypdfium2.PdfDocument(pdf)]


def _compare(name: str, page: LetterPage) -> None:
    pictures = _pages(letter_pdf(page))
    picture = Image.new("L", (sum(each.width for each in pictures), pictures[0].height), 255)
    for index, each in enumerate(pictures):
        picture.paste(each, (index * each.width, 0))
    if directory := os.environ.get("LETTER_PICTURES_DIR"):
        picture.quantize(16).save(Path(directory, f"{name}.png"), optimize=True)
        return
    golden = Image.open(_GOLDEN / f"{name}.png").convert("L")
    assert picture.size == golden.size
    blurred = [each.filter(ImageFilter.GaussianBlur(2)) for each in (picture, golden)]
    assert ImageStat.Stat(ImageChops.difference(*blurred)).mean[0] < _MAX_MEAN_DIFFERENCE


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_of_each_kind_looks_as_its_golden_picture(khonkaen: Centre, kind: LetterKind) -> None:
    office(khonkaen)
    _compare(kind.value, sample_page(khonkaen, kind, STANDARD_TEXTS[kind], _TODAY))


def test_a_long_letter_with_lists_has_a_numbered_second_page(khonkaen: Centre) -> None:
    office(khonkaen, emblem=b"", uses_thai_digits=False)
    paragraph = "น้ำป่าไหลท่วมหมู่บ้าน กู้ยืมเงินนอกระบบ ที่ดินซึ่งอยู่ริมฝั่งปิง ฐานันดร ญาติผู้ใหญ่ ปู่ ย่า ฟื้นฟูและเยียวยา "
    text = LetterText(
        "ขอให้ตรวจสอบ", "{agency}", "\n".join([paragraph * 6] * 5), "ขอแสดงความนับถือ", "หนังสือหนึ่ง\nหนังสือสอง", "แผนที่ 1 ฉบับ"
    )
    _compare("long", sample_page(khonkaen, LetterKind.EXTERNAL, text, _TODAY))


def test_the_file_is_pdf_a_and_the_word_file_has_every_part(khonkaen: Centre) -> None:
    office(khonkaen)
    page = sample_page(khonkaen, LetterKind.ORDER, STANDARD_TEXTS[LetterKind.ORDER], _TODAY)
    pdf = letter_pdf(page)
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    root: Any = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert re.search(rb"pdfaid:part\W+2\b", root["/Metadata"].get_data())
    assert "/OutputIntents" in root
    assert "ขอแสดงความนับถือ" in text
    assert "KKN07A-000123-41" in text, "a case number keeps its digits"
    assert letter_word(page).startswith(b"PK")
