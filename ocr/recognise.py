"""Recognises the lines of text of a prepared page, each with its confidence.

Tesseract detects the orientation, then reads `tha+eng` on one thread. Its files are in the child's private directory in
memory and are removed with it: no letter of a citizen may reach a disk.
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
from ocr.errors import OcrError, OcrErrorReason
from ocr.prepare_page import TRANSPOSE_BY_QUARTER_TURNS
from ocr.preprocess import find_densest_strip, preprocess_for_ocr
from ocr.repair_text import repair_thai_line

PROGRAM = "tesseract"
LANGUAGES = ("tha", "eng")
MIN_READABLE_CONFIDENCE = 60.0  # mean confidence of a page, weighted by characters
MIN_SURE_CONFIDENCE = 80.0
MIN_ORIENTATION_CONFIDENCE = 5.0  # Tesseract's confidence in an orientation; all measured pages had at least 9
_TESSERACT_CONFIG = "--psm 3 --dpi 200 -c tessedit_create_tsv=1"


@dataclass(frozen=True)
class Line:
    """One line of text; confidence 0..100. `is_uncertain` marks it for the citizen."""

    text: str = field(repr=False)
    confidence: float
    is_uncertain: bool
    centre_y: float = 0.5  # height of its centre on the upright page, 0 at the top, 1 at the bottom


@dataclass(frozen=True)
class Recognition:
    """A page's lines from top to bottom. `is_readable` False: handwriting or noise, only the picture is shown."""

    lines: tuple[Line, ...]
    is_readable: bool
    confidence: float
    quarter_turns: int = 0  # clockwise, by which the page was rotated to be read


def find_missing_ocr() -> str | None:
    """None where pages can be recognised, otherwise one sentence that says what is missing."""
    if shutil.which(PROGRAM) is None:
        return "Tesseract is not installed (Debian package tesseract-ocr)."
    installed = subprocess.run([PROGRAM, "--list-langs"], capture_output=True, text=True, check=False).stdout.split()
    missing = [language for language in (*LANGUAGES, "osd") if language not in installed]
    if missing:
        packages = ", ".join(f"tesseract-ocr-{language}" for language in missing)
        return f"Tesseract lacks the model {' and '.join(missing)} (Debian package {packages})."
    return None


def find_missing_ocr_cached() -> str | None:
    """`find_missing_ocr`, at most a minute old: each call starts a process, and what is installed seldom changes."""
    return _find_missing_ocr_in(int(time.monotonic() // 60))


@lru_cache(maxsize=1)
def _find_missing_ocr_in(_minute: int) -> str | None:
    return find_missing_ocr()


def recognise(jpeg: bytes) -> Recognition:
    """The text of a page prepared by `prepare`, in any orientation.

    Raises OcrError: those of `decode`, UNAVAILABLE, FAILED. `ocr.child_process` limits the threads."""
    page = preprocess_for_ocr(decode(jpeg))
    with tempfile.TemporaryDirectory() as directory:  # in memory and private to this child, see ocr.child_process
        try:
            quarter_turns = _detect_quarter_turns(page, Path(directory))
            if quarter_turns:
                page = page.transpose(TRANSPOSE_BY_QUARTER_TURNS[quarter_turns])
            lines = _recognise_lines(page, Path(directory))
        except (engine.TesseractNotFoundError, FileNotFoundError):
            raise OcrError(OcrErrorReason.UNAVAILABLE, find_missing_ocr() or "") from None
        except engine.TesseractError:
            raise (
                OcrError(OcrErrorReason.UNAVAILABLE, reason)
                if (reason := find_missing_ocr())
                else OcrError(OcrErrorReason.FAILED)
            ) from None
    weight = sum(len(line.text) for line in lines)
    confidence = sum(line.confidence * len(line.text) for line in lines) / weight if weight else 0.0
    return Recognition(tuple(lines), confidence >= MIN_READABLE_CONFIDENCE, confidence, quarter_turns)


def _detect_quarter_turns(page: Image.Image, directory: Path) -> int:
    """Quarter turns clockwise that make the page upright, 0 when uncertain. Detected in a few letters of its densest
    strip, then, if that is uncertain, on the whole page.

    Rotating the page before reading recognises more than `--psm 1`, which rotates after it has cut the page into
    blocks."""
    for part, letters in ((find_densest_strip(page), 10), (page, 50)):
        part.save(directory / "page.ppm", "PPM")
        config = f"--psm 0 --dpi 200 -c min_characters_to_try={letters}"
        try:
            engine.run_tesseract(str(directory / "page.ppm"), str(directory / "page"), "osd", "osd", config)
        except engine.TesseractError:
            if find_missing_ocr():
                raise
            continue  # too few letters
        output = dict(row.split(": ", 1) for row in _read_output(directory, "osd").splitlines() if ": " in row)
        if float(output.get("Orientation confidence", 0)) >= MIN_ORIENTATION_CONFIDENCE:
            return int(output.get("Rotate", 0)) // 90 % 4
    return 0


def _recognise_lines(page: Image.Image, directory: Path) -> list[Line]:
    """Text and table from one run. pytesseract's own image functions return one of them per run, and write PNG."""
    page.save(directory / "page.ppm", "PPM")
    engine.run_tesseract(
        str(directory / "page.ppm"), str(directory / "page"), "txt tsv", "+".join(LANGUAGES), _TESSERACT_CONFIG
    )
    return _parse_lines(_read_output(directory, "txt") + _read_output(directory, "tsv"), page.height)


def _read_output(directory: Path, extension: str) -> str:
    return (directory / f"page.{extension}").read_text(encoding="utf-8", errors="replace")


def _parse_lines(output: str, page_height: int) -> list[Line]:
    """Tesseract's text and table, joined line by line: the text has the spaces, the table the confidences. The table's
    "words" are single Thai characters, so their confidences are averaged by line."""
    table = [row.split("\t") for row in output.split("\n") if "\t" in row]
    texts = [row for row in output.split("\n") if "\t" not in row and row.strip()]
    heights = {tuple(row[2:5]): int(row[9]) for row in table if row[0] == "4"}
    tops = {tuple(row[2:5]): int(row[7]) for row in table if row[0] == "4"}
    median_height = median(heights.values()) if heights else 0
    words = [row for row in table if row[0] == "5" and row[11].strip()]
    lines = []
    for text, (line_key, group) in zip(texts, groupby(words, key=lambda row: tuple(row[2:5])), strict=False):
        parts = list(group)
        confidence = sum(float(part[10]) for part in parts) / len(parts)
        repaired = repair_thai_line(text)
        if repaired and not _is_noise_line(heights[line_key] / median_height, confidence):
            centre_y = (tops[line_key] + heights[line_key] / 2) / page_height
            lines.append(Line(repaired, confidence, confidence < MIN_SURE_CONFIDENCE, centre_y))
    return lines


def _is_noise_line(height: float, confidence: float) -> bool:
    """Whether a line of this height, relative to the page's median, is a row of tone marks read as Latin, or specks."""
    return height < 0.3 or (height < 0.7 and confidence < 70)
