"""A prepared page becomes lines of text, each with how sure the reading is.

Tesseract finds which way is up, then reads `tha+eng` on one thread. Its files lie in the child's own
directory in memory and go with it: a page of a citizen's letter touches no disk.
"""

import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from statistics import median

from PIL import Image
from pytesseract import pytesseract as engine

from ocr.decode_picture import decode
from ocr.errors import OcrError, Reason
from ocr.prepare_page import QUARTERS
from ocr.preprocess import fullest_strip, reading_copy
from ocr.repair_text import repair

PROGRAM = "tesseract"
LANGUAGES = ("tha", "eng")
READABLE_FROM = 60.0  # mean confidence of a page by its characters
UNSURE_BELOW = 80.0
SURE_OF_TURN = 5.0  # Tesseract's confidence in an orientation; pages tried had 9 and more
_CONFIG = "--psm 3 --dpi 200 -c tessedit_create_tsv=1"


@dataclass(frozen=True)
class Line:
    """One line of text; confidence 0..100, `unsure` marks it for the citizen's eye."""

    text: str = field(repr=False)
    confidence: float
    unsure: bool
    middle: float = 0.5  # its height on the upright page, 0 at the top, 1 at the bottom


@dataclass(frozen=True)
class Recognition:
    """A page's lines from top to bottom. `readable` False: handwriting, rubbish: show the picture only."""

    lines: tuple[Line, ...]
    readable: bool
    confidence: float
    turned: int = 0  # quarters clockwise by which the page had to be turned to be read


def available() -> str | None:
    """None when pages can be recognised here, else one sentence saying what is missing."""
    if shutil.which(PROGRAM) is None:
        return "Tesseract is not installed (Debian package tesseract-ocr)."
    listed = subprocess.run([PROGRAM, "--list-langs"], capture_output=True, text=True, check=False).stdout.split()
    missing = [language for language in (*LANGUAGES, "osd") if language not in listed]
    if missing:
        packages = ", ".join(f"tesseract-ocr-{language}" for language in missing)
        return f"Tesseract lacks the model {' and '.join(missing)} (Debian package {packages})."
    return None


def lately_available() -> str | None:
    """`available` as it was within the last minute: asking starts a process, and what is installed seldom changes."""
    return _available_in(int(time.monotonic() // 60))


@lru_cache(maxsize=1)
def _available_in(_minute: int) -> str | None:
    return available()


def recognise(jpeg: bytes) -> Recognition:
    """The text of a page prepared by `prepare`, however it lay.

    Raises OcrError: those of `decode`, UNAVAILABLE, FAILED. Threads are the caller's to limit: `ocr.child_process` does."""
    page = reading_copy(decode(jpeg))
    with tempfile.TemporaryDirectory() as place:  # in memory, and private to this child: see ocr.child_process
        try:
            turned = _quarters_to_upright(page, Path(place))
            if turned:
                page = page.transpose(QUARTERS[turned])
            lines = _read(page, Path(place))
        except (engine.TesseractNotFoundError, FileNotFoundError):
            raise OcrError(Reason.UNAVAILABLE, available() or "") from None
        except engine.TesseractError:
            raise OcrError(Reason.UNAVAILABLE, reason) if (reason := available()) else OcrError(Reason.FAILED) from None
    weight = sum(len(line.text) for line in lines)
    confidence = sum(line.confidence * len(line.text) for line in lines) / weight if weight else 0.0
    return Recognition(tuple(lines), confidence >= READABLE_FROM, confidence, turned)


def _quarters_to_upright(page: Image.Image, place: Path) -> int:
    """Quarters clockwise that set the page upright, 0 when unsure: asked of its fullest part by a few letters, then, in
    doubt, of the page.

    Turning the page before reading finds more than `--psm 1`, which turns what it has already cut into blocks."""
    for part, letters in ((fullest_strip(page), 10), (page, 50)):
        part.save(place / "page.ppm", "PPM")
        config = f"--psm 0 --dpi 200 -c min_characters_to_try={letters}"
        try:
            engine.run_tesseract(str(place / "page.ppm"), str(place / "page"), "osd", "osd", config)
        except engine.TesseractError:
            if available():
                raise
            continue  # too few letters to tell
        told = dict(row.split(": ", 1) for row in _told(place, "osd").splitlines() if ": " in row)
        if float(told.get("Orientation confidence", 0)) >= SURE_OF_TURN:
            return int(told.get("Rotate", 0)) // 90 % 4
    return 0


def _read(page: Image.Image, place: Path) -> list[Line]:
    """Text and table from one run. pytesseract's own image functions give one of them for each run, and write PNG."""
    page.save(place / "page.ppm", "PPM")
    engine.run_tesseract(str(place / "page.ppm"), str(place / "page"), "txt tsv", "+".join(LANGUAGES), _CONFIG)
    return _lines(_told(place, "txt") + _told(place, "tsv"), page.height)


def _told(place: Path, extension: str) -> str:
    return (place / f"page.{extension}").read_text(encoding="utf-8", errors="replace")


def _lines(told: str, page_height: int) -> list[Line]:
    """Tesseract's text and its table, paired line by line: the text has the spaces, the table the confidences (its
    "words" are single Thai characters, so they are averaged by line)."""
    table = [row.split("\t") for row in told.split("\n") if "\t" in row]
    texts = [row for row in told.split("\n") if "\t" not in row and row.strip()]
    heights = {tuple(row[2:5]): int(row[9]) for row in table if row[0] == "4"}
    tops = {tuple(row[2:5]): int(row[7]) for row in table if row[0] == "4"}
    usual = median(heights.values()) if heights else 0
    words = [row for row in table if row[0] == "5" and row[11].strip()]
    lines = []
    for text, (place, group) in zip(texts, groupby(words, key=lambda row: tuple(row[2:5])), strict=False):
        parts = list(group)
        confidence = sum(float(part[10]) for part in parts) / len(parts)
        repaired = repair(text)
        if repaired and not _marks_only(heights[place] / usual, confidence):
            middle = (tops[place] + heights[place] / 2) / page_height
            lines.append(Line(repaired, confidence, confidence < UNSURE_BELOW, middle))
    return lines


def _marks_only(height: float, confidence: float) -> bool:
    """Is a line of this height (of the page's usual) a row of tone marks taken for Latin, or specks?"""
    return height < 0.3 or (height < 0.7 and confidence < 70)
