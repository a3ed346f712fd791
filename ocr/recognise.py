"""A prepared page becomes lines of text, each with how sure the reading is.

Tesseract reads `tha+eng` with `--psm 1` (which turns upside-down pages) on one thread. Its files lie in the child's own
directory in memory and go with it: a page of a citizen's letter touches no disk.
"""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from statistics import median

from PIL import Image
from pytesseract import pytesseract as engine

from ocr.errors import OcrError, Reason
from ocr.picture import decode
from ocr.prepare import PreparedPage, prepare
from ocr.reading_copy import reading_copy
from ocr.repair import repair

__all__ = ["Line", "PreparedPage", "Recognition", "available", "prepare", "recognise"]

LANGUAGES = ("tha", "eng")
READABLE_FROM = 60.0  # mean confidence of a page by its characters
UNSURE_BELOW = 80.0
_CONFIG = "--psm 1 --dpi 200 -c tessedit_create_tsv=1"


@dataclass(frozen=True)
class Line:
    """One line of text; confidence 0..100, `unsure` marks it for the citizen's eye."""

    text: str = field(repr=False)
    confidence: float
    unsure: bool


@dataclass(frozen=True)
class Recognition:
    """A page's lines from top to bottom. `readable` False: handwriting, rubbish: show the picture only."""

    lines: tuple[Line, ...]
    readable: bool
    confidence: float


def available() -> str | None:
    """None when pages can be recognised here, else one sentence saying what is missing."""
    if shutil.which("tesseract") is None:
        return "Tesseract is not installed (Debian package tesseract-ocr)."
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False).stdout.split()
    missing = [language for language in (*LANGUAGES, "osd") if language not in listed]
    if missing:
        packages = ", ".join(f"tesseract-ocr-{language}" for language in missing)
        return f"Tesseract lacks the model {' and '.join(missing)} (Debian package {packages})."
    return None


def recognise(jpeg: bytes) -> Recognition:
    """The text of a page prepared by `prepare`. Raises OcrError: those of `decode`, UNAVAILABLE, FAILED."""
    lines = _read(reading_copy(decode(jpeg)))
    weight = sum(len(line.text) for line in lines)
    confidence = sum(line.confidence * len(line.text) for line in lines) / weight if weight else 0.0
    return Recognition(tuple(lines), confidence >= READABLE_FROM, confidence)


def _read(page: Image.Image) -> list[Line]:
    """Text and table from one run. pytesseract's own image functions give one of them for each run, and write PNG."""
    with tempfile.TemporaryDirectory() as place:  # in memory, and private to this child: see ocr.child
        picture, told = Path(place, "page.ppm"), Path(place, "page")
        page.save(picture, "PPM")
        try:
            engine.run_tesseract(str(picture), str(told), "txt tsv", "+".join(LANGUAGES), _CONFIG)
            return _lines(_told(told, "txt") + _told(told, "tsv"))
        except (engine.TesseractNotFoundError, FileNotFoundError):
            raise OcrError(Reason.UNAVAILABLE, available() or "") from None
        except engine.TesseractError:
            raise OcrError(Reason.UNAVAILABLE, reason) if (reason := available()) else OcrError(Reason.FAILED) from None


def _told(base: Path, extension: str) -> str:
    return base.with_suffix(f".{extension}").read_text(encoding="utf-8", errors="replace")


def _lines(told: str) -> list[Line]:
    """Tesseract's text and its table, paired line by line: the text has the spaces, the table the confidences (its
    "words" are single Thai characters, so they are averaged by line)."""
    table = [row.split("\t") for row in told.splitlines() if "\t" in row]
    texts = [row for row in told.splitlines() if "\t" not in row and row.strip()]
    heights = {tuple(row[2:5]): int(row[9]) for row in table if row[0] == "4"}
    usual = median(heights.values()) if heights else 0
    words = [row for row in table if row[0] == "5" and row[11].strip()]
    lines = []
    for text, (place, group) in zip(texts, groupby(words, key=lambda row: tuple(row[2:5])), strict=True):
        parts = list(group)
        confidence = sum(float(part[10]) for part in parts) / len(parts)
        repaired = repair(text)
        if repaired and not _marks_only(heights[place] / usual, confidence):
            lines.append(Line(repaired, confidence, confidence < UNSURE_BELOW))
    return lines


def _marks_only(height: float, confidence: float) -> bool:
    """Is a line of this height (of the page's usual) a row of tone marks taken for Latin, or specks?"""
    return height < 0.3 or (height < 0.7 and confidence < 70)
