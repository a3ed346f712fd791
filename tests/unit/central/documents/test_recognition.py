"""Files of cases read end to end by real children: a PDF in Thai, a bomb, a cut-off file."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from central.centres.models import Centre
from central.documents.models import Document
from central.documents.states import DocumentState, PageState, Refusal
from ocr.models import find_missing_ocr, find_model_version
from tests.unit.central import sample_files
from tests.unit.central.documents.stored_files import attach, run_queue, thai_pdf

PAGES = ("ถนนสายหลักชำรุดตั้งแต่ตลาดถึงวัด ขอให้ซ่อมแซมโดยเร็ว", "เทศบาลซ่อมถนนเสร็จแล้วเมื่อวันที่ ๑๕ ตุลาคม ๒๕๖๙")


def read(content: bytes, centre: Centre, name: str = "report.pdf") -> Document:
    attachment = attach(centre, content, name)
    run_queue()
    return Document.objects.get(attachment=attachment)


@pytest.mark.skipif(find_missing_ocr() is not None, reason="Tesseract is not installed here")
@pytest.mark.django_db(transaction=True)
def test_a_thai_pdf_is_read_page_by_page(khonkaen: Centre, caplog: Any) -> None:
    with caplog.at_level("INFO"):
        document = read(thai_pdf(PAGES), khonkaen)
    assert (document.state, document.page_count, document.pages_read) == ("read", 2, 2)
    assert document.model == find_model_version()
    pages = list(document.pages.all())
    texts = ["".join(page.text.split()) for page in pages]
    assert "ถนนสายหลัก" in texts[0] and "เทศบาลซ่อมถนน" in texts[1] and "๒๕๖๙" in texts[1]
    line = pages[0].lines[0]
    assert line["confidence"] > 80 and line["certainty"] > 50 and not line["unsure"]
    left, top, right, bottom = line["box"]
    assert 0 < left < right < 1 and 0 < top < bottom < 0.5, "the text is in the upper half of the page"
    messages = [record.getMessage() for record in caplog.records if record.name.startswith("central.documents")]
    assert len(messages) == 2 and "page 2 of 2 read" in messages[1]
    assert not any("ถนน" in record.getMessage() for record in caplog.records), "log lines have no text"


@pytest.mark.django_db(transaction=True)
def test_a_tiff_file_of_two_pages_without_text_says_so(khonkaen: Centre) -> None:
    output, page = io.BytesIO(), Image.new("L", (200, 300), 255)
    page.save(output, "TIFF", save_all=True, append_images=[page], compression="tiff_lzw")
    document = read(output.getvalue(), khonkaen, "fax.jpg")
    assert (document.state, document.page_count, document.pages.count()) == ("no_text", 2, 2)


def pdf_bomb() -> bytes:
    """A PDF of one page whose picture has 400 megapixels, packed twice into some hundred bytes."""
    packed = zlib.compress(zlib.compress(b"\xff" * (20_000 * 2_500), 1), 9)
    picture = (
        b"<</Type/XObject/Subtype/Image/Width 20000/Height 20000/ColorSpace/DeviceGray/BitsPerComponent 1"
        b"/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\nendstream" % (len(packed), packed)
    )
    content = b"q 600 0 0 600 0 0 cm /P Do Q"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 600]/Resources<</XObject<</P 5 0 R>>>>/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        picture,
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (sample_files.png_bomb(), "bomb.jpg", Refusal.TOO_LARGE),
        (sample_files.photo(size=(600, 800))[:-200], "cut.jpg", Refusal.TRUNCATED),
        (sample_files.pdf(3)[:300], "cut.pdf", Refusal.TRUNCATED),
        (b"GIF89a" + struct.pack("<HH", 1, 1), "page.jpg", Refusal.NOT_AN_IMAGE),
    ],
    ids=["bomb", "cut-off picture", "cut-off PDF", "other type"],
)
def test_a_hostile_file_is_refused_with_its_reason(
    khonkaen: Centre, content: bytes, name: str, refusal: Refusal
) -> None:
    document = read(content, khonkaen, name)
    assert (document.state, document.refusal) == (DocumentState.REFUSED.value, refusal.value)
    assert not document.pages.exists()


@pytest.mark.django_db(transaction=True)
def test_a_bomb_in_a_pdf_neither_stops_the_worker_nor_gives_text(khonkaen: Centre) -> None:
    document = read(pdf_bomb(), khonkaen)
    assert document.is_finished and document.state != DocumentState.READ.value
    assert not document.pages.filter(state=PageState.READ.value).exists()
