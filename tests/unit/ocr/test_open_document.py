"""Files of many pages: each page is prepared like a scan, and what is damaged or too long is refused."""

import io

import pytest
from PIL import Image

from ocr.confined import child_process
from ocr.confined.child_function import ChildFunction
from ocr.errors import OcrError, OcrErrorReason
from ocr.open_document import prepare_document_page
from ocr.prepared_page import MAX_LONG_SIDE_PX, MAX_PAGES, PreparedPage
from tests.unit.ocr.drawn_pages import WORDS, draw_lines

PAGES = [draw_lines([(60, 60 + 60 * row, WORDS)], size=(600, 800)) for row in range(3)]


def document(kind: str, pages: list[Image.Image], **options: object) -> bytes:
    file = io.BytesIO()
    pages = [page.copy() for page in pages]  # Pillow keeps the settings of a former file in the picture
    pages[0].save(file, kind, save_all=True, append_images=pages[1:], **options)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "options"), [("TIFF", {"compression": "tiff_lzw"}), ("PDF", {"resolution": 100})])
def test_each_page_of_a_document_is_prepared(kind: str, options: dict[str, object]) -> None:
    raw = document(kind, PAGES, **options)
    pages = [prepare_document_page(raw, index) for index in range(3)]
    assert [count for _, count in pages] == [3, 3, 3]
    assert len({page.jpeg for page, _ in pages}) == 3
    assert all(page.width < page.height for page, _ in pages)
    with pytest.raises(OcrError):
        prepare_document_page(raw, 3)


def test_a_picture_is_a_document_of_one_page() -> None:
    page, count = prepare_document_page(document("PNG", PAGES[:1]), 0)
    assert (page.width, page.height, count) == (600, 800, 1)


def test_a_huge_pdf_page_is_rendered_small() -> None:
    raw = document("PDF", [Image.new("L", (300, 400), 255)], resolution=2)  # five metres high
    page, _ = prepare_document_page(raw, 0)
    assert max(page.width, page.height) <= MAX_LONG_SIDE_PX


def test_a_document_of_too_many_pages_is_refused() -> None:
    raw = document("TIFF", [Image.new("1", (8, 8))] * (MAX_PAGES + 1))
    with pytest.raises(OcrError, match="pages") as refusal:
        prepare_document_page(raw, 0)
    assert refusal.value.reason is OcrErrorReason.TOO_LARGE


@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_a_damaged_document_is_refused(kind: str) -> None:
    raw = document(kind, PAGES)
    for part in (raw[:40], raw[:8] + bytes(len(raw) - 8)):
        with pytest.raises(OcrError):
            prepare_document_page(part, 0)


def test_a_pdf_is_rendered_in_the_confined_child() -> None:
    raw = document("PDF", PAGES, resolution=100)
    function: ChildFunction[tuple[PreparedPage, int]] = ChildFunction("ocr.open_document:prepare_document_page")
    assert child_process.run_in_child(function, raw, 1, deadline_s=60, memory_mb=1600) == prepare_document_page(raw, 1)
