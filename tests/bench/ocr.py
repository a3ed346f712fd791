"""How well and how fast letters are read, beside plain Tesseract in the same run: `python -m tests.bench.ocr`.

Anchor: `OMP_THREAD_LIMIT=1 tesseract -l tha+eng --psm 1` on the page as scanned. Ours: preparation (decoding, the kept
JPEG) and recognition, each in a child process as the kiosk does it. Error is the share of wrong characters, white
space not counted, ำ and แ in one spelling on both sides. Pages are set in Sarabun, and in Norasi and Garuda where
Debian's fonts-tlwg-* are there.
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
from ocr.prepare_page import prepare
from ocr.recognise import PROGRAM, recognise
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
    """Levenshtein distance in percent of the characters meant."""
    one, other = _normalise(expected), _normalise(read)
    symbols = np.array([ord(character) for character in other])
    steps = np.arange(len(other) + 1)
    distances = steps.copy()
    for row, character in enumerate(one, 1):
        replaced = distances[:-1] + (symbols != ord(character))
        cheapest = np.concatenate(([row], np.minimum(replaced, distances[1:] + 1)))
        distances = np.minimum.accumulate(cheapest - steps) + steps  # insertions run along the row
    return 100 * float(distances[-1]) / len(one)


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
            recognise, page.jpeg, deadline_s=60, memory_mb=1024, program=PROGRAM
        ).lines
    )


def _time_reading(read: Callable[[bytes], str], raw: bytes) -> tuple[str, float]:
    begun = time.perf_counter()
    text = read(raw)
    return text, time.perf_counter() - begun


def main() -> int:
    """Print one row a kind; 0 when every kind keeps the budget."""
    pages = _letter_pages()
    print(f"{'kind':12} {'plain':>8} {'ours':>8}   {'plain':>8} {'ours':>8} {'ratio':>6}   budget")
    kept = True
    for kind, spoil in DISTORTIONS.items():
        errors: list[tuple[float, float]] = []
        seconds: list[tuple[float, float]] = []
        for text, page in pages:
            held = io.BytesIO()
            spoil(page).save(held, "PPM")
            (plain, plain_s), (ours, ours_s) = (
                _time_reading(read, held.getvalue()) for read in (_read_with_tesseract, _read_with_kiosk)
            )
            expected = strip_layout_marks(text)
            errors.append((character_error_percent(plain, expected), character_error_percent(ours, expected)))
            seconds.append((plain_s, ours_s))
        plain_error, our_error = np.mean(errors, axis=0)
        plain_time, our_time = np.mean(seconds, axis=0)
        limit = plain_error / 2 if plain_error > 2 else plain_error + 0.2
        fits = our_error <= limit and our_time <= 1.5 * plain_time
        kept = kept and bool(fits)
        print(
            f"{kind:12} {plain_error:6.2f} % {our_error:6.2f} %   {plain_time:6.2f} s {our_time:6.2f} s "
            f"{our_time / plain_time:6.2f}   {'kept' if fits else 'MISSED'}"
        )
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
