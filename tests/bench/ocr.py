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
    THREE_PAGES,
    letter_page,
    noisy,
    plain_text,
    shadowed,
    skewed,
    stamped,
    upside_down,
)

TLWG = Path("/usr/share/fonts/truetype/tlwg")
KINDS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "clean": lambda page: page,
    "skew": skewed,
    "noise": noisy,
    "shadow": shadowed,
    "stamp": stamped,
    "upside down": upside_down,
}


def character_error(read: str, meant: str) -> float:
    """Levenshtein distance in percent of the characters meant."""
    one, other = _counted(meant), _counted(read)
    symbols = np.array([ord(character) for character in other])
    steps = np.arange(len(other) + 1)
    distances = steps.copy()
    for row, character in enumerate(one, 1):
        replaced = distances[:-1] + (symbols != ord(character))
        cheapest = np.concatenate(([row], np.minimum(replaced, distances[1:] + 1)))
        distances = np.minimum.accumulate(cheapest - steps) + steps  # insertions run along the row
    return 100 * float(distances[-1]) / len(one)


def _counted(text: str) -> str:
    return "".join(text.split()).replace("\u0e4d\u0e32", "ำ").replace("เเ", "แ")


def _pages() -> list[tuple[str, Image.Image]]:
    faces = [(text, SARABUN, 16.0) for text in (*THREE_PAGES, MARKET_LETTER)]
    faces += [(OFFICE_LETTER, TLWG / "Norasi.ttf", 12.0), (MARKET_LETTER, TLWG / "Garuda.ttf", 12.0)]
    return [(text, letter_page(text, font=font, points=points)) for text, font, points in faces if font.exists()]


def _plain(raw: bytes) -> str:
    command = ["tesseract", "stdin", "stdout", "-l", "tha+eng", "--psm", "1"]
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    return subprocess.run(command, input=raw, capture_output=True, check=True, env=environment).stdout.decode()


def _ours(raw: bytes) -> str:
    page = child_process.run(prepare, raw, deadline_s=60, memory_mb=1024)
    return "\n".join(
        line.text
        for line in child_process.run(recognise, page.jpeg, deadline_s=60, memory_mb=1024, program=PROGRAM).lines
    )


def _timed(read: Callable[[bytes], str], raw: bytes) -> tuple[str, float]:
    begun = time.perf_counter()
    text = read(raw)
    return text, time.perf_counter() - begun


def main() -> int:
    """Print one row a kind; 0 when every kind keeps the budget."""
    pages = _pages()
    print(f"{'kind':12} {'plain':>8} {'ours':>8}   {'plain':>8} {'ours':>8} {'ratio':>6}   budget")
    kept = True
    for kind, spoil in KINDS.items():
        errors: list[tuple[float, float]] = []
        seconds: list[tuple[float, float]] = []
        for text, page in pages:
            held = io.BytesIO()
            spoil(page).save(held, "PPM")
            (plain, plain_s), (ours, ours_s) = (_timed(read, held.getvalue()) for read in (_plain, _ours))
            meant = plain_text(text)
            errors.append((character_error(plain, meant), character_error(ours, meant)))
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
