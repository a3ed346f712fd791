"""Accuracy and speed of letter recognition, against plain Tesseract in the same run.

    python -m tests.bench.ocr

The baseline is `OMP_THREAD_LIMIT=1 tesseract -l tha+eng --psm 1` on the page as scanned. The kiosk's time contains
preparation (decoding, compression to the stored JPEG) and recognition, each in a child process. The error is the share
of wrong characters without white space, with one spelling of ำ and แ on both sides. Pages are set in Sarabun, and in
Norasi and Garuda where Debian's fonts-tlwg-* are installed.
"""

import io
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from ocr import child_process
from ocr.models import required_program
from ocr.prepare_page import prepare
from ocr.recognise import recognise
from simulators.sample_letters import (
    MARKET_LETTER,
    OFFICE_LETTER,
    SARABUN,
    THREE_PAGE_LETTER,
    add_noise,
    add_shadow,
    add_skew,
    add_stamps,
    render_letter_page,
    strip_layout_marks,
    turn_upside_down,
)

TLWG_FONTS_DIR = Path("/usr/share/fonts/truetype/tlwg")
DISTORTIONS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "clean": lambda page: page,
    "skew": add_skew,
    "noise": add_noise,
    "shadow": add_shadow,
    "stamp": add_stamps,
    "upside down": turn_upside_down,
}


def character_error_percent(read: str, expected: str) -> float:
    """Levenshtein distance in percent of the expected characters."""
    expected_text, read_text = _normalise(expected), _normalise(read)
    symbols = np.array([ord(character) for character in read_text])
    steps = np.arange(len(read_text) + 1)
    distances = steps.copy()
    for row, character in enumerate(expected_text, 1):
        replaced = distances[:-1] + (symbols != ord(character))
        cheapest = np.concatenate(([row], np.minimum(replaced, distances[1:] + 1)))
        distances = np.minimum.accumulate(cheapest - steps) + steps  # insertions run along the row
    return 100 * float(distances[-1]) / len(expected_text)


def _normalise(text: str) -> str:
    return "".join(text.split()).replace("\u0e4d\u0e32", "ำ").replace("เเ", "แ")


def _letter_pages() -> list[tuple[str, Image.Image]]:
    faces = [(text, SARABUN, 16.0) for text in (*THREE_PAGE_LETTER, MARKET_LETTER)]
    faces += [
        (OFFICE_LETTER, TLWG_FONTS_DIR / "Norasi.ttf", 12.0),
        (MARKET_LETTER, TLWG_FONTS_DIR / "Garuda.ttf", 12.0),
    ]
    return [(text, render_letter_page(text, font=font, points=points)) for text, font, points in faces if font.exists()]


def _read_with_tesseract(raw: bytes) -> str:
    command = ["tesseract", "stdin", "stdout", "-l", "tha+eng", "--psm", "1"]
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    return subprocess.run(command, input=raw, capture_output=True, check=True, env=environment).stdout.decode()


def _read_with_kiosk(raw: bytes) -> str:
    page = child_process.run_in_child(prepare, raw, deadline_s=60, memory_mb=1024)
    return "\n".join(
        line.text
        for line in child_process.run_in_child(
            recognise, page.jpeg, deadline_s=60, memory_mb=1024, program=required_program()
        ).lines
    )


def _time_reading(read: Callable[[bytes], str], raw: bytes) -> tuple[str, float]:
    start = time.perf_counter()
    text = read(raw)
    return text, time.perf_counter() - start


def main() -> int:
    """Print one row per distortion. 0 when the budget is kept for each."""
    pages = _letter_pages()
    print(f"{'kind':12} {'plain':>8} {'kiosk':>8}   {'plain':>8} {'kiosk':>8} {'ratio':>6}   budget")
    is_budget_kept = True
    for kind, distort in DISTORTIONS.items():
        errors: list[tuple[float, float]] = []
        times: list[tuple[float, float]] = []
        for text, page in pages:
            scanned = io.BytesIO()
            distort(page).save(scanned, "PPM")
            plain_text, plain_s = _time_reading(_read_with_tesseract, scanned.getvalue())
            kiosk_text, kiosk_s = _time_reading(_read_with_kiosk, scanned.getvalue())
            expected = strip_layout_marks(text)
            errors.append(
                (character_error_percent(plain_text, expected), character_error_percent(kiosk_text, expected))
            )
            times.append((plain_s, kiosk_s))
        plain_error, kiosk_error = np.mean(errors, axis=0)
        plain_s, kiosk_s = np.mean(times, axis=0)
        max_error = plain_error / 2 if plain_error > 2 else plain_error + 0.2
        is_within = bool(kiosk_error <= max_error and kiosk_s <= 1.5 * plain_s)
        is_budget_kept = is_budget_kept and is_within
        print(
            f"{kind:12} {plain_error:6.2f} % {kiosk_error:6.2f} %   {plain_s:6.2f} s {kiosk_s:6.2f} s "
            f"{kiosk_s / plain_s:6.2f}   {'kept' if is_within else 'EXCEEDED'}"
        )
    return 0 if is_budget_kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
