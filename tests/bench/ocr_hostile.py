"""Hostile and unusual files: right or one clear sentence, in bounded time and memory.

    ./run bench ocr_hostile
    python -m tests.bench.ocr_hostile [NAME]...

Time is processor time of all processes, which is the time on an idle machine; memory that of the largest process. A
reading must contain the letter's text with at most 3 % wrong characters.
"""

import sys
from collections.abc import Sequence

from tests.bench._ocr_cost import Reading, measure_reading
from tests.bench._ocr_readers import read_with_kiosk
from tests.ocr_pages.hostile import HOSTILE_FILES, LETTER_TEXT, Expectation
from tests.ocr_pages.metrics import character_error_percent

MAX_S, MAX_MB, MAX_ERROR_PERCENT = 20.0, 600.0, 3.0


def main(names: Sequence[str] = ()) -> int:
    """Print one row per file. 0 when every file is handled as expected within time and memory."""
    is_kept = True
    print(f"{'file':30} {'expected':22} {'s':>6} {'MB':>6}  result")
    for file in HOSTILE_FILES:
        if names and file.name not in names:
            continue
        reading = measure_reading(read_with_kiosk, file.make())
        is_right = _is_expected(file.expectation, reading)
        is_within = reading.processor_s <= MAX_S and reading.peak_mb <= MAX_MB
        is_kept = is_kept and is_right and is_within
        outcome = reading.failure or f"{len(reading.page.lines)} lines"
        verdict = "" if is_right and is_within else "  EXCEEDED" if is_right else "  WRONG"
        row = f"{file.name:30} {file.expectation.value:22} {reading.processor_s:6.1f} {reading.peak_mb:6.0f}"
        print(f"{row}  {outcome[:110]}{verdict}", flush=True)
    return 0 if is_kept else 1


def _is_expected(expectation: Expectation, reading: Reading) -> bool:
    text = "\n".join(reading.page.lines)
    is_refusal = reading.failure.startswith("OcrError")
    if expectation is Expectation.READ:
        return not reading.failure and character_error_percent(text, LETTER_TEXT) <= MAX_ERROR_PERCENT
    if expectation is Expectation.EMPTY:
        return not reading.failure and not text
    if expectation is Expectation.REFUSED:
        return is_refusal
    return is_refusal or not reading.failure


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
