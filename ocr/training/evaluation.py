"""Reads lines with Tesseract itself (`--psm 7`) and counts the characters that are wrong."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

THAI_DIGITS = frozenset("๐๑๒๓๔๕๖๗๘๙")
ARABIC_DIGITS = frozenset("0123456789")
LATIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_PAGE_END = "\f"


@dataclass(frozen=True)
class ErrorRate:
    """Wrong of all; `rate` in per cent, 0 where there is nothing to read."""

    wrong: int
    total: int

    @property
    def rate(self) -> float:
        return 100 * self.wrong / self.total if self.total else 0.0


@dataclass(frozen=True)
class Scores:
    """`characters`: edit distance by characters of the text; `thai_lines`: the same for lines without Latin letters.

    The others: characters of that kind not read right.
    """

    characters: ErrorRate
    thai_lines: ErrorRate
    thai_digits: ErrorRate
    arabic_digits: ErrorRate
    latin: ErrorRate


def read_lines(pictures: Sequence[Path], model: str, model_folder: Path) -> list[str]:
    """The text of each picture. One process reads them all, on one thread. `model` may be several: `tha+eng`."""
    command = [
        "tesseract",
        "stdin",
        "stdout",
        "-l",
        model,
        "--tessdata-dir",
        str(model_folder),
        "--psm",
        "7",
        "--oem",
        "1",
    ]
    names = "".join(f"{picture}\n" for picture in pictures)
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    result = subprocess.run(command, input=names, capture_output=True, text=True, check=True, env=environment)
    pages = result.stdout.split(_PAGE_END)[: len(pictures)]
    return [" ".join(page.split()) for page in pages]


def comparable(text: str) -> str:
    """Text without what is no error: spaces, the two spellings of ำ, kinds of dashes and quotation marks."""
    text = "".join(text.split()).replace("\u0e4d\u0e32", "ำ").replace("เเ", "แ")
    return text.translate(str.maketrans("–—‘’“”", "--''\"\""))


def _unread(reference: str, text: str) -> set[int]:
    """Places of `reference` that are missing or replaced in `text`."""
    edits = Levenshtein.editops(reference, text)
    return {edit.src_pos for edit in edits if edit.tag in ("delete", "replace")}


def scores(references: Sequence[str], texts: Sequence[str]) -> Scores:
    """Errors of `texts` against `references`, summed over all lines."""
    distance = length = thai_distance = thai_length = 0
    kinds = (THAI_DIGITS, ARABIC_DIGITS, LATIN)
    wrong, total = [0] * len(kinds), [0] * len(kinds)
    for raw_reference, raw_text in zip(references, texts, strict=True):
        reference, text = comparable(raw_reference), comparable(raw_text)
        edits = Levenshtein.distance(reference, text)
        distance, length = distance + edits, length + len(reference)
        if not LATIN & set(reference):
            thai_distance, thai_length = thai_distance + edits, thai_length + len(reference)
        unread = _unread(reference, text)
        for number, kind in enumerate(kinds):
            places = {place for place, character in enumerate(reference) if character in kind}
            total[number] += len(places)
            wrong[number] += len(places & unread)
    thai, arabic, latin = (ErrorRate(*pair) for pair in zip(wrong, total, strict=True))
    return Scores(ErrorRate(distance, length), ErrorRate(thai_distance, thai_length), thai, arabic, latin)
