"""Reads lines with Tesseract's program: one process for many lines, over files in the child's private directory."""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
from pytesseract import pytesseract as engine

from ocr.arrays import Grey
from ocr.errors import OcrError, OcrErrorReason
from ocr.models import Model, find_missing_ocr
from ocr.reading.line_reader import PAGE_SEGMENTATION_MODE, PICTURE_DPI, SETTINGS, Word, join_words

_PAGE_END = "\f"


class ProgramReader:
    """Starts Tesseract for each call of `read`."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def read(self, pictures: Sequence[Grey]) -> list[tuple[Word, ...]]:
        """The words of each picture. Raises OcrError: UNAVAILABLE, FAILED."""
        if not pictures:
            return []
        with tempfile.TemporaryDirectory() as directory:  # in memory and private to this child, see child_process.py
            try:
                return self._read_files(pictures, Path(directory))
            except (engine.TesseractNotFoundError, FileNotFoundError):
                raise OcrError(OcrErrorReason.UNAVAILABLE, find_missing_ocr() or "") from None
            except engine.TesseractError:
                reason = find_missing_ocr()
                raise OcrError(OcrErrorReason.UNAVAILABLE if reason else OcrErrorReason.FAILED, reason or "") from None

    def _read_files(self, pictures: Sequence[Grey], directory: Path) -> list[tuple[Word, ...]]:
        names = []
        for number, picture in enumerate(pictures):
            name = directory / f"{number}.pgm"
            name.write_bytes(cv2.imencode(".pgm", picture)[1].tobytes())
            names.append(str(name))
        (directory / "lines.txt").write_text("\n".join(names))
        # Variables, and no names of output formats: Tesseract searches those in the model's directory.
        variables = SETTINGS | {"tessedit_create_txt": "1", "tessedit_create_tsv": "1"}
        settings = " ".join(f"-c {name}={value}" for name, value in variables.items())
        config = f"--psm {PAGE_SEGMENTATION_MODE} --dpi {PICTURE_DPI} --tessdata-dir {self._model.directory} {settings}"
        engine.run_tesseract(str(directory / "lines.txt"), str(directory / "read"), "tsv", self._model.name, config)
        texts = (directory / "read.txt").read_text(encoding="utf-8", errors="replace").split(_PAGE_END)
        parts: list[list[tuple[str, float, int, int]]] = [[] for _ in pictures]
        for page, part in _rows((directory / "read.tsv").read_text(encoding="utf-8", errors="replace")):
            parts[page - 1].append(part)
        return [join_words(text, of_line) for text, of_line in zip(texts, parts, strict=False)]


def _rows(table: str) -> Iterator[tuple[int, tuple[str, float, int, int]]]:
    """(number of the picture, from 1; text, confidence, left, right) of each word in Tesseract's table."""
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == "5" and row["text"].strip():
            left = int(row["left"])
            yield int(row["page_num"]), (row["text"].strip(), float(row["conf"]), left, left + int(row["width"]))
