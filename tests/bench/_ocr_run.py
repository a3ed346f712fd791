"""Generates pages and has them read, several at a time, each page by every reader in turn."""

import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from tests.bench._ocr_cost import measure_reading
from tests.bench._ocr_handwriting import HandwritingCounts, count_lines
from tests.bench._ocr_readers import PRODUCT, find_reader
from tests.bench._ocr_results import PageResult, counts_of
from tests.ocr_pages.catalogue import KINDS, PageName, list_pages, make_page
from tests.ocr_pages.handwriting import draw_page
from tests.ocr_pages.metrics import line_error_share, score_page
from tests.ocr_pages.picture_files import encode_picture
from tests.ocr_pages.split import Split
from tests.ocr_pages.unseen import make_unseen_page

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

QUICK_PAGES = 30
_HANDWRITING_SEED = 25690


@dataclass(frozen=True)
class LineResult:
    """A line of the kiosk's reading: its certainty, whether it is marked, and the share of its characters that are
    wrong."""

    certainty: float
    is_uncertain: bool
    error_share: float


@dataclass(frozen=True)
class PageOutcome:
    """The rows of one page, one a reader; the printed lines and the handwriting of the kiosk's reading."""

    rows: tuple[PageResult, ...]
    lines: tuple[LineResult, ...]
    handwriting: HandwritingCounts


def select_pages(split: Split, *, is_quick: bool) -> list[PageName]:
    """All pages of a split, or QUICK_PAGES of them: every kind at least once, at different strengths."""
    pages = list_pages(split)
    if not is_quick:
        return pages
    per_kind = len(pages) // len(KINDS)
    chosen = [pages[number * per_kind + number * 2 % per_kind] for number in range(len(KINDS))]
    return (chosen + [page for page in pages if page not in chosen])[:QUICK_PAGES]


def read_pages(names: Sequence[PageName | str], readers: Sequence[str], jobs: int) -> Iterator[PageOutcome]:
    """Every page by every reader; a str names an unseen page. Progress goes to stderr."""
    return _map_with_progress(partial(read_page, readers=tuple(readers)), names, jobs)


def read_handwriting(count: int, jobs: int) -> Iterator[HandwritingCounts]:
    """How the kiosk takes pages written by hand, one by one."""
    return _map_with_progress(_read_handwritten_page, range(count), jobs)


def read_page(name: PageName | str, readers: Sequence[str]) -> PageOutcome:
    """Generate the page of that name, or the unseen one, and have it read."""
    page = make_unseen_page(name) if isinstance(name, str) else make_page(name)
    rows, lines, handwriting = [], list[LineResult](), HandwritingCounts()
    for reader in readers:
        reading = measure_reading(find_reader(reader), page.file)
        score = score_page(page.lines, reading.page.lines, marks=page.marks, is_by_paragraph=page.is_by_paragraph)
        rows.append(
            PageResult(
                split=page.split,
                kind=page.kind,
                index=page.index,
                typeface=page.typeface,
                strength=page.strength,
                reader=reader,
                processor_s=round(reading.processor_s, 3),
                wall_s=round(reading.wall_s, 3),
                peak_mb=round(reading.peak_mb, 1),
                first_line_s=reading.page.first_line_s,
                is_readable=reading.page.is_readable,
                failure=reading.failure,
                **counts_of(score),
            )
        )
        if reader == PRODUCT:
            handwriting = count_lines(page, reading.page)
            lines = [
                LineResult(line.certainty, line.is_uncertain, line_error_share(line.text, page.lines))
                for line in reading.page.judged
                if line.text and not handwriting.written
            ]
    return PageOutcome(tuple(rows), tuple(lines), handwriting)


def _read_handwritten_page(number: int) -> HandwritingCounts:
    page = draw_page(np.random.default_rng([_HANDWRITING_SEED, number]))
    reading = measure_reading(find_reader(PRODUCT), encode_picture(page, "PPM"))
    return HandwritingCounts(pages=1, pages_as_readable=int(reading.page.is_readable))


def _map_with_progress(work: Callable[[_Item], _Result], items: Sequence[_Item], jobs: int) -> Iterator[_Result]:
    start = time.monotonic()
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for number, result in enumerate(pool.imap(work, items), 1):
            elapsed = time.monotonic() - start
            print(f"\r{number}/{len(items)} pages, {elapsed:.0f} s", end="", file=sys.stderr, flush=True)
            yield result
    print(file=sys.stderr)
