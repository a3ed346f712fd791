"""Reads a picture or a document page by page. `kiosk ocr` and the centre's worker use the same two calls.

Each call runs in a confined child with limits of memory and time, so that a page that exploits, crashes or overloads a
decoder affects only that page.
"""

from ocr.confined.child_function import ChildFunction
from ocr.confined.child_process import run_in_child
from ocr.models import required_program
from ocr.prepared_page import PreparedPage
from ocr.recognise import Recognition, recognise

DEADLINE_S = 90.0  # of each call; the slowest hostile page takes 20 s on two cores, and a busy machine is slower
MEMORY_MB = 1600  # of address space; a picture of 60 megapixels in colour needs a third of it for its pixels
_prepare_document_page: ChildFunction[tuple[PreparedPage, int]] = ChildFunction(
    "ocr.open_document:prepare_document_page"
)


def prepare_page(raw: bytes, index: int, *, deadline_s: float = DEADLINE_S) -> tuple[PreparedPage, int]:
    """Page `index` (from 0) of the file as it is shown and read, and the number of pages. Raises OcrError: those of
    `ocr.open_document.prepare_document_page`, and those of `ocr.confined.child_process.run_in_child`."""
    return run_in_child(_prepare_document_page, raw, index, deadline_s=deadline_s, memory_mb=MEMORY_MB)


def recognise_page(page: PreparedPage) -> Recognition:
    """The text of a prepared page. Raises OcrError: UNAVAILABLE, and those of `run_in_child`."""
    return run_in_child(recognise, page.jpeg, deadline_s=DEADLINE_S, memory_mb=MEMORY_MB, program=required_program())
